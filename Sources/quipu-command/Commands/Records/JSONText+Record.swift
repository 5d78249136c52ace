internal import Quipu

/// The members that stand for a record in `list`, `show` and `search`.
extension JSONText {
    /// - Parameter collections: the names of those it is in.
    static func members(of record: Record, collections: [String]) -> [(String, JSONText)] {
        [
            ("id", JSONText(record.id.uuid)),
            ("handle", JSONText(record.id.handle)),
            ("kind", JSONText(record.kind.rawValue)),
            ("fields", JSONText(members: record.fields.all.map { ($0.name, JSONText(raw: $0.json)) })),
            ("tags", JSONText(record.tags)),
            ("collections", JSONText(collections)),
            ("version", JSONText(record.version.description)),
            ("conflicted", JSONText(record.isInConflict)),
            ("deleted", JSONText(record.isDeleted)),
            ("purged", JSONText(record.isPurged)),
            ("mergedInto", JSONText(record.mergedInto?.uuid)),
            ("members", JSONText(record.members.map(\.uuid))),
        ]
    }

    init(timeMilliseconds: Int64) { self.init(Timestamp.rfc3339(milliseconds: timeMilliseconds)) }
}
