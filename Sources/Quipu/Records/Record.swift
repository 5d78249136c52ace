internal import QuipuStorage

/// A record as it was when it was read.
public struct Record: Sendable, Identifiable {
    private let box: Boxed<QuipuStorage.Record>
    var stored: QuipuStorage.Record { box.value }
    public let id: RecordID
    public let fields: Fields

    public var kind: RecordKind { id.kind }

    /// The record under which this one is shown, because it was merged into it. Only `Snapshot.recordByItself` returns such
    /// records, and those of `Snapshot.record` that are deleted while that one is not.
    public var mergedInto: RecordID? { stored.mergedInto.map { RecordID($0, kind: stored.kind) } }

    /// The records that were merged into this one and are shown as part of it, in the order of their ids.
    public var members: [RecordID] { stored.members.map { RecordID($0, kind: stored.kind) } }

    public var isDeleted: Bool { stored.isDeleted }

    /// Whether the record was purged.
    public var isPurged: Bool { stored.isPurged }

    /// One of its fields has concurrent values; see `Snapshot.conflicts(of:)`.
    public var isInConflict: Bool { stored.isInConflict }

    /// The latest transaction that made one of its values.
    public var version: Version { Version(stored.version) }

    /// Its caption in listings: its title, name, quotation or text.
    public var caption: String? { stored.caption }

    /// Its tags, in the order of their UTF-8 names.
    public var tags: [String] { fields.elements(of: "tags") }

    /// The items of sources that imports read into it.
    public var sourceItems: [ImportedItem] { stored.sourceItems.map { ImportedItem($0) } }

    init(_ record: QuipuStorage.Record) {
        box = Boxed(record)
        id = RecordID(record.id, kind: record.kind)
        fields = Fields(record.fields)
    }
}
