internal import QuipuCausality
internal import QuipuSQLite

/// A row of `record`, as a writer changes it.
struct RecordState {
    /// Bits of `record.state`.
    struct Flags: OptionSet {
        let rawValue: Int64
        static let hasVersions = Flags(rawValue: 1)
        static let isDeleted = Flags(rawValue: 2)
        static let isInConflict = Flags(rawValue: 4)
        static let hasTwins = Flags(rawValue: 8)
    }

    let row: Int64
    let id: RecordID
    let kind: String
    /// The log position of the transaction that made every field without rows in `version`.
    let base: Int64
    var flags: Flags
    var fields: VisibleFields
    /// The row's value for `id.handle`; nil if it was not read.
    var storedHandle: Int64?
}

/// Records as their rows hold them, and the versions of their fields.
struct RecordStates: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var recordStates: RecordStates { RecordStates(archive: archive) }
}

extension RecordStates {
    func record(_ id: RecordID, kind: String) throws -> RecordState? {
        guard let kindRow = try interning.knownNameRow(kind, in: database) else { return nil }
        var rows = try database.rows(
            "SELECT row, base, state, fields FROM record INDEXED BY record_by_handle WHERE handle = ? AND id = ? AND kind = ?",
            .integer(id.handle), .blob(id.bytes), .integer(kindRow))
        guard try rows.next() else { return nil }
        guard let fields = rows.withBytes(3, { VisibleFields(parsing: $0) }) else {
            throw StorageError.damaged(
                database.path, "the fields of record \(id.hexadecimal) are not readable")
        }
        return RecordState(
            row: rows.integer(0), id: id, kind: kind, base: rows.integer(1),
            flags: .init(rawValue: rows.integer(2)), fields: fields)
    }

    /// Where a record stands; nil when there is none.
    func recordRow(_ id: RecordID, kind: String) throws -> Int64? {
        guard let kindRow = try interning.knownNameRow(kind, in: database) else { return nil }
        return try database.integer(
            "SELECT row FROM record INDEXED BY record_by_handle WHERE handle = ? AND id = ? AND kind = ?",
            .integer(id.handle), .blob(id.bytes), .integer(kindRow))
    }

    /// - Parameter likely: names that its fields are likely to have, in order.
    func record(row: Int64, likely: [String] = []) throws -> RecordState {
        var rows = try database.rows(
            "SELECT id, kind, base, state, fields, handle FROM record WHERE row = ?", .integer(row))
        guard try rows.next(), let id = rows.withBytes(0, { RecordID(bytes: $0) }),
            let fields = rows.withBytes(4, { VisibleFields(parsing: $0, likely: likely) })
        else { throw StorageError.damaged(database.path, "record \(row) is not readable") }
        return RecordState(
            row: row, id: id, kind: try interning.name(rows.integer(1), in: database), base: rows.integer(2),
            flags: .init(rawValue: rows.integer(3)), fields: fields, storedHandle: rows.integer(5))
    }
}
