internal import Causality
internal import Storage

/// The members that stand for a record in `list`, `show` and `search`.
extension JSONText {
    static func members(of record: Record) -> [(String, JSONText)] {
        [
            ("id", JSONText(record.id.text)),
            ("handle", JSONText(record.id.shortHandle)),
            ("kind", JSONText(record.kind)),
            ("fields", JSONText(members: record.fields.map { ($0.name, JSONText(raw: $0.json)) })),
            ("tags", JSONText(record.tags)),
            ("collections", JSONText(record.elements(of: "collections"))),
            ("version", JSONText(record.version.description)),
            ("conflicted", JSONText(record.isInConflict)),
            ("deleted", JSONText(record.isDeleted)),
        ]
    }

    init(_ record: Record) { self.init(members: Self.members(of: record)) }

    init(timeMilliseconds: Int64) { self.init(Timestamp.rfc3339(milliseconds: timeMilliseconds)) }
}
