/// The property that a filter `NAME:VALUE` tests.
package enum QueryField: String, Sendable, CaseIterable {
    case kind, tag
    /// A collection or a saved search, by its name, handle or id.
    case `in`
    case author, title, lang, url, doi
    /// Who changed the record last.
    case by
    /// Of the field `date`.
    case before, after, date
    /// When the record was changed last.
    case changed
    case has, `is`
    case id

    /// Other names by which people know them.
    private static let synonyms: [String: QueryField] = [
        "type": .kind, "tags": .tag, "collection": .in, "language": .lang, "editor": .by, "site": .url,
        "modified": .changed,
    ]

    /// Every name that is understood.
    static let names = allCases.map(\.rawValue) + synonyms.keys.sorted()

    package init?(typed name: String) {
        let name = name.lowercased()
        guard let field = QueryField(rawValue: name) ?? Self.synonyms[name] else { return nil }
        self = field
    }
}

/// The values of `has:`.
enum QueryPossession: String, CaseIterable {
    case conflict, annotation, attachment, note

    init?(typed value: String) {
        let value = value.lowercased()
        guard
            let found = Self.allCases.first(where: { value == $0.rawValue || value == $0.rawValue + "s" })
        else { return nil }
        self = found
    }
}

/// The values of `is:`.
enum QueryState: String, CaseIterable {
    case deleted
    /// It hangs on something that is gone: a record that is deleted or not here, or a passage that is no longer in the text.
    case orphaned
    /// It, or something that hangs on it, has an open conflict.
    case unsettled

    init?(typed value: String) { self.init(rawValue: value.lowercased()) }
}
