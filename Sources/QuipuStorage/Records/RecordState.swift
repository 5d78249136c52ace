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
    /// What the row has in the place of `id.handle`; nil where nobody asked.
    var storedHandle: Int64?
}

extension RecordID {
    /// The last 40 bits, under which records are found.
    var handle: Int64 { Int64(truncatingIfNeeded: rawValue & 0xff_ffff_ffff) }
}

extension Store {
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

    func facts(at position: Int64) throws -> TransactionFacts {
        var rows = try database.rows(
            "SELECT chain, stamp, correction, by_program FROM log WHERE position = ?", .integer(position))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(0)) else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        let stamp = Stamp(rawValue: UInt64(clamping: rows.integer(1)))
        return TransactionFacts(
            position: position, chain: chain, stamp: stamp.corrected(offsetMilliseconds: rows.integer(2)),
            isByProgram: rows.boolean(3))
    }

    func body(at position: Int64) throws -> LogBody {
        guard let bytes = try database.bytes("SELECT body FROM log WHERE position = ?", .integer(position)),
            let body = LogBody(decoding: bytes, at: position)
        else { throw StorageError.damaged(database.path, "log position \(position) is not readable") }
        return body
    }
}
