internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuNaturalKeys
internal import QuipuSQLite
internal import QuipuTextFolding

// Each filter from the index that has it. One that fits nothing as things are says so, and what is near.
extension QueryEvaluation {
    mutating func rows(of filter: Query.Filter) throws -> MatchingRows {
        let value = filter.value
        switch filter.field {
        case .kind: return try rows(ofKind: value)
        case .tag: return try rows(tagged: value)
        case .in: return try rows(inCollection: value)
        case .title, .author: return try rows(headed: filter)
        case .lang: return try rows(inLanguage: value)
        case .url: return try rows(at: value)
        case .doi: return try rows(withDOI: value)
        case .by: return try rows(changedBy: value)
        case .before, .after, .date: return try rows(dated: filter)
        case .changed: return try rows(changed: filter)
        case .has: return try rows(possessing: value)
        case .is: return try rows(being: value)
        case .id: return try rows(called: value)
        }
    }

    /// - Parameter isMalformed: the value is none that the filter takes.
    mutating func never(_ message: String, near: String? = nil, isMalformed: Bool = false) -> MatchingRows {
        note(
            .neverMatches, message + (near.map { "; did you mean '\($0)'?" } ?? ""),
            isMistake: isMalformed || (isNegated && near != nil))
        return .none
    }

    // MARK: what the archive itself has indexes for

    private mutating func rows(ofKind value: String) throws -> MatchingRows {
        let known = Set(Kinds.known.names + (try log.kindsEverUsed())).sorted()
        let kind = known.contains(value) ? value : value.lowercased()
        guard known.contains(kind) else {
            return never("there is no kind '\(value)'", near: NearName.closest(to: kind, among: known))
        }
        guard let row = try interning.knownNameRow(kind, in: database) else { return .none }
        return try collected(
            "SELECT row FROM record INDEXED BY record_by_kind WHERE kind = ?", .integer(row))
    }

    /// A tag as it is spelled; where none is spelled so, those that differ in case and accents, so that `agua` is found under
    /// `Água`. With `*` all that begin so.
    private mutating func rows(tagged value: String) throws -> MatchingRows {
        if try interning.knownNameRow("tags/" + value, in: database) != nil {
            return try rows(having: "tags/" + value)
        }
        let isPrefix = value.unicodeScalars.last == "*"
        let typed = isPrefix ? String(value.unicodeScalars.dropLast()) : value
        let wanted = folded(typed)
        let all = try log.elementsEverUsed(of: "tags")
        let fitting = all.filter { tag in
            if isPrefix && tag.hasPrefix(typed) { return true }
            if wanted.isEmpty { return false }
            let tag = folded(tag)
            return isPrefix ? tag.starts(with: wanted) : tag == wanted
        }
        if fitting.isEmpty {
            return never(
                "no record was ever tagged '\(value)'", near: NearName.closest(to: typed, among: all))
        }
        return try fitting.reduce(.none) { found, tag in found.union(try rows(having: "tags/" + tag)) }
    }

    /// Words as they are compared, a space between them.
    mutating func folded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        folder.append(wordsOf: text, to: &bytes)
        return bytes.dropLast().map(\.self)
    }

    func rows(having element: String) throws -> MatchingRows {
        guard let name = try interning.knownNameRow(element, in: database) else { return .none }
        return try folded(
            collected("SELECT record FROM element WHERE name = ?", .integer(name)), showing: element)
    }

    private mutating func rows(possessing value: String) throws -> MatchingRows {
        guard let wanted = QueryPossession(typed: value) else {
            let names = QueryPossession.allCases.map(\.rawValue)
            return never(
                "'has:' takes \(names.joined(separator: ", ")), not '\(value)'",
                near: NearName.closest(to: value.lowercased(), among: names), isMalformed: true)
        }
        if wanted == .conflict { return try inConflict() }
        guard let kind = try interning.knownNameRow(wanted.rawValue, in: database) else { return .none }
        return try folded(
            collected(
                in: cardIndex.upToDate(),
                """
                SELECT DISTINCT target FROM card INDEXED BY card_by_target
                WHERE kind = ? AND target IS NOT NULL AND NOT flags & 1
                """, [.integer(kind)]))
    }

    private mutating func rows(being value: String) throws -> MatchingRows {
        switch QueryState(typed: value) {
        case .deleted: return try deleted()
        case .orphaned:
            return try collected(
                in: cardIndex.upToDate(), "SELECT record FROM card INDEXED BY card_orphaned WHERE flags & 2",
                [])
        case .unsettled:
            var found = try inConflict()
            let cards = try cardIndex.upToDate()
            for row in found.rows {
                let target = try cards.integer(
                    "SELECT target FROM card WHERE record = ? AND NOT flags & 1", .integer(row))
                if let target { found.insert(target) }
            }
            return try folded(found)
        case nil:
            let names = QueryState.allCases.map(\.rawValue)
            return never(
                "'is:' takes \(names.joined(separator: ", ")), not '\(value)'",
                near: NearName.closest(to: value.lowercased(), among: names), isMalformed: true)
        }
    }

    // MARK: one record

    private mutating func rows(called value: String) throws -> MatchingRows {
        var found = MatchingRows()
        for row in try records.candidates(for: value) { found.insert(row) }
        found = try folded(found)
        return found == .none ? never("there is no record '\(value)'") : found
    }

    /// The records that a web address, a DOI, an id or a whole handle stands for, where nothing else was typed; nil where it
    /// stands for none, so that it is searched as words.
    func rowsOfName(_ node: Query.Node) throws -> MatchingRows? {
        try rowsOfName(node, among: present())
    }

    /// Likewise, if the query also asks for deleted records only.
    func deletedRowsOfName(_ node: Query.Node) throws -> MatchingRows? {
        guard case .all(let nodes) = node, nodes.count == 2, case .filter(let filter) = nodes[1],
            filter.field == .is, QueryState(typed: filter.value) == .deleted
        else { return nil }
        let deleted = try deleted()
        guard let found = try rowsOfName(nodes[0], among: deleted)?.intersection(deleted) else { return nil }
        return found == .none ? nil : found
    }

    /// - Parameter wanted: those that an address or a DOI may stand for.
    private func rowsOfName(_ node: Query.Node, among wanted: @autoclosure () throws -> MatchingRows) throws
        -> MatchingRows?
    {
        guard case .words(let words) = node, !words.isPhrase, !words.isPrefix else { return nil }
        let text = words.text
        if RecordID(text: text) != nil || text.utf8.count == 8 && ShortHandle.range(ofPrefix: text) != nil {
            var found = MatchingRows()
            for row in try records.candidates(for: text) { found.insert(row) }
            if found != .none { return try folded(found).intersection(hidden().complement) }
        }
        if let doi = CanonicalDOI.canonicalize(text) {
            let found = try folded(rows(named: .doi(doi))).intersection(wanted())
            if found != .none { return found }
        }
        if text.contains("://"), let address = WebName(address: text) {
            let found = try folded(rows(named: address)).intersection(wanted())
            if found != .none { return found }
        }
        return nil
    }

    private func rows(named name: WebName) throws -> MatchingRows {
        var found = MatchingRows()
        for row in try cardIndex.rows(named: name) { found.insert(row) }
        return found
    }
}
