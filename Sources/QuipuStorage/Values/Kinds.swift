internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuEmbeddedSchema

/// The kinds of records that this version knows, and what their fields hold: `Schema/kinds.json`.
///
/// Only what people type is held against them. What arrives from elsewhere is kept whatever it is.
public struct Kinds: Sendable {
    public struct Kind: Sendable, Equatable {
        public let name: String
        public let summary: String?
        /// In the order of the schema, which is the order to show them in.
        public let fields: [Field]

        public subscript(field: String) -> Field? { fields.first { $0.name == field } }
    }

    public struct Field: Sendable, Equatable {
        public let name: String
        public let type: FieldType
        public let isRequired: Bool
        /// Prose, which can be merged, unlike a name, an address or a code.
        public let isProse: Bool
        /// The only texts that it takes; nil for any.
        public let values: [String]?
        /// What its text must look like when a person types it; nil for any.
        public let form: FieldForm?
        public let summary: String?
    }

    public enum FieldType: String, Sendable, Equatable {
        case text
        case textOrList = "text or list"
        case boolean
        case number
        case date
        /// The id of a record.
        case reference
        case object
        /// One field for each element: `tags/strike`.
        case set
        /// A type of a later schema: anything goes.
        case unknown
    }

    /// What this build carries.
    public static let known = Kinds(parsing: Definitions.kinds)

    /// What names of fields begin with that people add of their own.
    public static let ownFieldPrefix = "x-"

    public let all: [Kind]

    public subscript(name: String) -> Kind? { all.first { $0.name == name } }

    public var names: [String] { all.map(\.name) }

    init(parsing json: [UInt8]) {
        guard let members = (try? JSONParser().parse(json))?.members else {
            preconditionFailure("Schema/kinds.json is no JSON object")
        }
        all = members.map { kind in
            Kind(
                name: kind.name, summary: kind.value["summary"]?.string,
                fields: (kind.value["fields"]?.members ?? []).map { field in
                    Field(
                        name: field.name,
                        type: field.value["type"]?.string.flatMap { FieldType(rawValue: $0) } ?? .unknown,
                        isRequired: field.value["required"] == true, isProse: field.value["prose"] == true,
                        values: field.value["values"]?.array?.compactMap(\.string),
                        form: field.value["form"]?.string.flatMap { FieldForm(rawValue: $0) },
                        summary: field.value["summary"]?.string)
                })
        }
    }

    /// - Throws: `StorageError.unknownKind`, with the list.
    public func kind(named name: String) throws(StorageError) -> Kind {
        if let kind = self[name] { return kind }
        throw StorageError(
            .unknownKind, "there is no kind '\(name)'", hint: "kinds are: \(names.joined(separator: ", "))")
    }
}

/// The elements of sets that records have (`tags/strike` → `true`), each a field: by them records are found.
enum SetElement {
    static func isElement(_ field: String) -> Bool { field.utf8.contains(UInt8(ascii: "/")) }
}
