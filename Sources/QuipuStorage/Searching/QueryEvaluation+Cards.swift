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
        return try folded(
            collected(
                in: cardIndex.upToDate(), "SELECT rowid FROM heading WHERE heading MATCH ?",
                [.text("{\(filter.field.rawValue)} : \(term.expression)")]))
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
        let all = known.isEmpty || known.count > 12 ? "" : "; there are: \(known.joined(separator: ", "))"
        return never("no record is in the language '\(value)'" + (near == nil ? all : ""), near: near)
    }

    mutating func rows(at value: String) throws -> MatchingRows {
        let isOpen = value.unicodeScalars.last == "*"
        let typed = isOpen ? String(value.unicodeScalars.dropLast()) : value
        guard let key = AddressKey(typed: typed) else {
            return never("'\(value)' is no web address or host", isMalformed: true)
        }
        var found = MatchingRows()
        var rows = try cardIndex.upToDate().rows(
            """
            SELECT record, address FROM card INDEXED BY card_by_address
            WHERE address >= ?1 AND address < ?1 || char(1114111)
            """, [.text(key.text)])
        while try rows.next() {
            if isOpen || AddressKey.isBelow(rows.text(1), key.text) { found.insert(rows.integer(0)) }
        }
        return try folded(found)
    }

    mutating func rows(withDOI value: String) throws -> MatchingRows {
        let isOpen = value.unicodeScalars.last == "*"
        let typed = isOpen ? String(value.unicodeScalars.dropLast()) : value
        let cards = try cardIndex.upToDate()
        if !isOpen, let doi = CanonicalDOI.canonicalize(typed) {
            return try folded(
                collected(
                    in: cards, "SELECT record FROM card INDEXED BY card_by_doi WHERE doi = ?", [.text(doi)]))
        }
        // Who registered it.
        let start = typed.lowercased()
        guard start.hasPrefix("10.") else {
            return never("'\(value)' is no DOI; one begins with 10.", isMalformed: true)
        }
        return try folded(
            collected(
                in: cards,
                "SELECT record FROM card INDEXED BY card_by_doi WHERE doi >= ?1 AND doi < ?1 || char(1114111)",
                [.text(isOpen || start.hasSuffix("/") ? start : start + "/")]))
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
            return never(
                "nobody named '\(value)' changed a record last",
                near: NearName.closest(to: value, among: editors.map(\.name)))
        }
        return try fitting.reduce(.none) { found, editor in
            found.union(
                try collected(
                    in: cards, "SELECT record FROM card INDEXED BY card_by_editor WHERE editor = ?",
                    [.integer(editor.row)]))
        }
    }

    mutating func rows(dated filter: Query.Filter) throws -> MatchingRows {
        let name = filter.field.rawValue
        guard var days = QueryDays(typed: filter.value), filter.field == .date || days.isPeriod else {
            return never(
                "'\(name):' takes a date as 2026, 2026-03 or 2026-03-04"
                    + (filter.field == .date ? ", A..B, or one behind >, >=, < or <=" : "")
                    + ", not '\(filter.value)'", isMalformed: true)
        }
        switch filter.field {
        case .before: days = QueryDays(first: nil, last: days.first.map { $0 - 1 })
        case .after: days = QueryDays(first: days.last.map { $0 + 1 }, last: nil)
        default: break
        }
        let found = try collected(
            in: cardIndex.upToDate(),
            """
            SELECT record FROM card INDEXED BY card_by_moment
            WHERE moment IS NOT NULL AND moment >= ?1 AND moment < ?2 AND last_day <= ?3
            """,
            [
                .integer(days.first.map { $0 * 86_400 } ?? .min),
                .integer(days.last.map { ($0 + 1) * 86_400 } ?? .max), .integer(days.last ?? .max),
            ])
        return try folded(found, showing: "date")
    }

    mutating func rows(changed value: String) throws -> MatchingRows {
        guard let days = QueryDays(typed: value) else {
            return never(
                "'changed:' takes a date as 2026, 2026-03 or 2026-03-04, A..B, or one behind >, >=, < or <=, not '\(value)'",
                isMalformed: true)
        }
        return try collected(
            in: cardIndex.upToDate(),
            "SELECT record FROM card INDEXED BY card_by_changed WHERE changed >= ? AND changed < ?",
            [
                .integer(days.first.map { $0 * 86_400_000 } ?? .min),
                .integer(days.last.map { ($0 + 1) * 86_400_000 } ?? .max),
            ])
    }
}
