internal import QuipuStorage

/// A record as it was when it was read.
public struct Record: Sendable, Identifiable {
    let stored: QuipuStorage.Record
    public let id: RecordID
    public let fields: Fields

    public var kind: RecordKind { id.kind }

    public var isDeleted: Bool { stored.isDeleted }

    /// It was forgotten for good.
    public var isPurged: Bool { stored.isPurged }

    /// People gave one of its fields different values, without knowing of each other; see `Snapshot.conflicts(of:)`.
    public var isInConflict: Bool { stored.isInConflict }

    /// The latest transaction that made one of its values.
    public var version: Version { Version(stored.version) }

    /// What a listing calls it: its title, name, quotation or text.
    public var caption: String? { stored.caption }

    /// Its tags, in the order of their UTF-8 names.
    public var tags: [String] { fields.elements(of: "tags") }

    init(_ record: QuipuStorage.Record) {
        stored = record
        id = RecordID(record.id, kind: record.kind)
        fields = Fields(record.fields)
    }
}
