internal import QuipuStorage

/// The fields of a kind, as this version knows them. Only typed values are checked against it: what comes from
/// elsewhere is kept as it is.
///
///     for field in RecordKind.article.schema?.fields ?? [] { print(field.name, field.isRequired) }
public struct KindSchema: Sendable {
    public struct Field: Sendable {
        public let name: String
        /// One field for each element: `tags/strike`.
        public let isSet: Bool
        public let isRequired: Bool
        /// Prose, which can be merged, unlike a name, an address or a code.
        public let isProse: Bool
        /// One sentence on what it is for.
        public let summary: String?
    }

    public let kind: RecordKind
    /// One sentence on what it is for.
    public let summary: String?
    /// In the order in which to show them.
    public let fields: [Field]

    /// The names of fields that are not sets.
    public var settableFields: [String] {
        fields.filter { !$0.isSet && $0.name != "deleted" && $0.name != "mergedInto" }.map(\.name)
    }

    /// The prefix of the names of custom fields.
    public static let ownFieldPrefix = Kinds.ownFieldPrefix

    /// Fields whose typed values are kept in a canonical spelling.
    package static let respelledFields: Set<String> = Set(
        Kinds.known.all.flatMap { $0.fields.filter { $0.form != nil }.map(\.name) })

    init(_ kind: Kinds.Kind) {
        self.kind = RecordKind(rawValue: kind.name)
        summary = kind.summary
        fields = kind.fields.map {
            Field(
                name: $0.name, isSet: $0.type == .set, isRequired: $0.isRequired, isProse: $0.isProse,
                summary: $0.summary)
        }
    }
}

extension RecordKind {
    /// The kinds that this version knows.
    public static let known: [RecordKind] = Kinds.known.names.map { RecordKind(rawValue: $0) }

    /// The kind's schema; nil for a kind that this version does not know.
    public var schema: KindSchema? { Kinds.known[rawValue].map { KindSchema($0) } }
}
