internal import QuipuCausality
internal import QuipuNaturalKeys
internal import QuipuSQLite
internal import QuipuTextFolding

// Filters that the cards of records answer.
extension QueryEvaluation {
    static func words(of filter: Query.Filter) -> Query.Words {
        let isPrefix = filter.value.unicodeScalars.last == "*"
        var text = String.UnicodeScalarView()
        text.append(
            contentsOf: isPrefix ? filter.value.unicodeScalars.dropLast() : filter.value.unicodeScalars[...])
        return Query.Words(text: String(text), isPrefix: isPrefix, isPhrase: true)
    }

    mutating func rows(headed filter: Query.Filter) throws -> MatchingRows {
        guard let term = SearchQuery(Self.words(of: filter), &folder).terms.first else {
            return never(
                "'\(filter.field.rawValue):\(filter.value)' has no letter to search for", isMalformed: true)
        }
        let cards = try cardIndex.upToDate()
        let found = try collected(
            in: cards, "SELECT rowid FROM heading WHERE heading MATCH ?",
            [.text("{\(filter.field.rawValue)} : \(term.expression)")])
        if found != .none { return try folded(found) }
        guard filter.field == .author else { return never("no record has '\(filter.value)' in its title") }
        return never(
            "no record has an author '\(filter.value)'",
            near: NearName.closest(
                to: String(decoding: folded(filter.value), as: UTF8.self), among: try authors(in: cards)))
    }

    mutating func rows(inLanguage value: String) throws -> MatchingRows {
        let cards = try cardIndex.upToDate()
        let wanted = value.lowercased()
        // "." follows "-", which stands before a region or a script.
        let found = try collected(
            in: cards,
            """
            SELECT record FROM card INDEXED BY card_by_language
            WHERE language IS NOT NULL AND (language = ?1 OR language > ?1 || '-' AND language < ?1 || '.')
            """, [.text(wanted)])
        if found != .none { return try folded(found, showing: "language") }
        var known: [String] = []
        var rows = try cards.rows(
            "SELECT DISTINCT language FROM card INDEXED BY card_by_language WHERE language IS NOT NULL ORDER BY 1 LIMIT 500"
        )
        while try rows.next() { known.append(rows.text(0)) }
        let near = NearName.closest(to: wanted, among: known)
        return never(
            "no record is in the language '\(value)'" + (near == nil ? Self.list(known) : ""), near: near)
    }

    mutating func rows(at value: String) throws -> MatchingRows {
        let isOpen = value.unicodeScalars.last == "*"
        let typed = isOpen ? String(value.unicodeScalars.dropLast()) : value
        guard let key = AddressKey(typed: typed) else {
            return never("'\(value)' is no web address or host", isMalformed: true)
        }
        var found = MatchingRows()
        let cards = try cardIndex.upToDate()
        var rows = try cards.rows(
            """
            SELECT record, address FROM card INDEXED BY card_by_address
            WHERE address >= ?1 AND address < ?1 || char(1114111)
            """, [.text(key.text)])
        while try rows.next() {
            if isOpen || AddressKey.isBelow(rows.text(1), key.text) { found.insert(rows.integer(0)) }
        }
        if found != .none { return try folded(found) }
        // Pages of a host are too many to look through.
        let isHost = !key.text.contains { "/?#:".contains($0) }
        let hosts = try isHost ? self.hosts(in: cards) : []
        return never(
            "no record has an address at '\(value)'",
            near: NearName.closest(to: AddressKey.host(key.text), among: hosts))
    }

    mutating func rows(withDOI value: String) throws -> MatchingRows {
        let isOpen = value.unicodeScalars.last == "*"
        let typed = isOpen ? String(value.unicodeScalars.dropLast()) : value
        let cards = try cardIndex.upToDate()
        if !isOpen, let doi = CanonicalDOI.canonicalize(typed) {
            let found = try collected(
                in: cards, "SELECT record FROM card INDEXED BY card_by_doi WHERE doi = ?", [.text(doi)])
            if found != .none { return try folded(found) }
            let registrant = String(doi.prefix { $0 != "/" }) + "/"
            return never(
                "no record has the DOI '\(doi)'",
                near: NearName.closest(to: doi, among: try dois(in: cards, from: registrant)))
        }
        // Who registered it.
        let start = typed.lowercased()
        guard start.hasPrefix("10.") else {
            return never("'\(value)' is no DOI; one begins with 10.", isMalformed: true)
        }
        let found = try collected(
            in: cards,
            "SELECT record FROM card INDEXED BY card_by_doi WHERE doi >= ?1 AND doi < ?1 || char(1114111)",
            [.text(isOpen || start.hasSuffix("/") ? start : start + "/")])
        if found == .none { return never("no record has a DOI that begins with '\(start)'") }
        return try folded(found)
    }

    mutating func rows(changedBy value: String) throws -> MatchingRows {
        let cards = try cardIndex.upToDate()
        var editors: [(row: Int64, name: String)] = []
        do {
            var rows = try cards.rows("SELECT row, name FROM editor ORDER BY name")
            while try rows.next() { editors.append((rows.integer(0), rows.text(1))) }
        }
        let query = SearchQuery(Self.words(of: .init(field: .by, value: value)), &folder)
        let fitting = editors.filter {
            $0.name == value || !query.matches(in: folder.words(of: $0.name)).isEmpty
        }
        if fitting.isEmpty {
            let names = editors.map(\.name)
            let near = NearName.closest(to: value, among: names)
            return never(
                "nobody named '\(value)' changed a record last" + (near == nil ? Self.list(names) : ""),
                near: near)
        }
        return try fitting.reduce(.none) { found, editor in
            found.union(
                try collected(
                    in: cards, "SELECT record FROM card INDEXED BY card_by_editor WHERE editor = ?",
                    [.integer(editor.row)]))
        }
    }
}
