internal import QuipuStorage

/// A record as it was when it was read.
public struct Record: Sendable, Identifiable {
    public let id: RecordID
    public let fields: Fields
    public let isDeleted: Bool
    /// It was forgotten for good.
    public let isPurged: Bool
    /// People gave one of its fields different values, without knowing of each other; see `Snapshot.conflicts(of:)`.
    public let isInConflict: Bool
    /// The latest transaction that made one of its values.
    public let version: Version
    /// What a listing calls it: its title, name, quotation or text.
    public let caption: String?

    public var kind: RecordKind { id.kind }

    init(_ record: QuipuStorage.Record) {
        id = RecordID(record.id, kind: record.kind)
        fields = Fields(Dictionary(record.fields.map { ($0.name, $0.json) }) { _, last in last })
        isDeleted = record.isDeleted
        isPurged = record.isPurged
        isInConflict = record.isInConflict
        version = Version(record.version)
        caption = record.caption
    }
}
