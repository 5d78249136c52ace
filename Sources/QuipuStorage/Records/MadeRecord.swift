internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuSQLite

extension RecordStates {
    /// The value that the transaction at a position gave a field.
    func content(
        of field: String, row: Int64, in record: RecordState, at position: Int64, isByHash: Bool
    ) throws -> Content {
        var place = 0
        return try content(
            of: field, row: row, in: record, at: position, isByHash: isByHash, near: &place)
    }

    /// Likewise.
    /// - Parameter place: where among the record's fields this one is likely to stand; afterwards the place behind it.
    func content(
        of field: String, row: Int64, in record: RecordState, at position: Int64, isByHash: Bool,
        near place: inout Int
    ) throws -> Content {
        if record.flags.contains(.hasVersions) {
            var rows = try database.rows(
                "SELECT value, flags FROM version WHERE record = ? AND field = ? AND position = ?",
                .integer(record.row), .integer(row), .integer(position))
            if try rows.next() {
                guard let hash = ValueHash(bytes: rows.bytes(0)) else {
                    throw StorageError.damaged(
                        database.path, "a version of record \(record.row) is not readable")
                }
                if isByHash { return .hash(hash) }
                if VersionFlags(rawValue: rows.integer(1)).contains(.isVisible),
                    let json = record.fields[field]
                {
                    return .text(json)
                }
                if let json = try texts.hidden(hash) { return .text(json) }
                // A version that was superseded by one with the same value shares the text that is shown.
                if let json = record.fields[field], ValueHash(of: json) == hash { return .text(json) }
                return .hash(hash)
            }
        }
        guard let json = record.fields.json(of: field, near: &place) else {
            // No JSON has this hash: what is lost is found out as anything else that was changed.
            if isByHash { return .hash(ValueHash(of: [])) }
            throw StorageError.damaged(database.path, "a value of record \(record.row) is missing")
        }
        return .text(json)
    }
}

/// A record to which nothing has happened since a transaction made it, by the hashes of its values: what a check needs,
/// without an array for each text.
struct MadeRecord {
    /// Of its fields only those that are held against something else.
    var state: RecordState
    /// In the order of its fields.
    var values: [ValueHash]
}

extension RecordStates {
    /// - Parameter names: of the fields that the transaction at a position gave it, in order.
    /// - Returns: nil where the record is another than this transaction made.
    func madeRecord(row: Int64, at position: Int64, of names: [String]) throws -> MadeRecord? {
        var rows = try database.rows(
            """
            SELECT id, kind, fields, handle FROM record WHERE row = ? AND base = ? AND state = 0
            """, .integer(row), .integer(position))
        guard try rows.next(), let id = rows.withBytes(0, { RecordID(bytes: $0) }) else { return nil }
        let found = rows.withBytes(2) { Self.hashed($0, names: names) }
        guard let (values, fields) = found else { return nil }
        return MadeRecord(
            state: RecordState(
                row: row, id: id, kind: try interning.name(rows.integer(1), in: database), base: position,
                flags: [], fields: fields, storedHandle: rows.integer(3)),
            values: values)
    }

    /// Hashes the members of an object where they stand; nil where it has others than these.
    private static func hashed(
        _ object: UnsafeRawBufferPointer, names: [String]
    ) -> (values: [ValueHash], fields: VisibleFields)? {
        var members = JSONMembers(object)
        var values: [ValueHash] = []
        values.reserveCapacity(names.count)
        var fields = VisibleFields()
        while let member = members.next() {
            guard values.count < names.count else { return nil }
            let name = names[values.count]
            guard members.name(of: member, likely: name) == name, name != "deleted" else { return nil }
            let value = members.value(of: member)
            values.append(ValueHash(of: value))
            if name == "target" || name == MergedInto.field { fields.append(name, Array(value)) }
        }
        return members.isDamaged || values.count < names.count ? nil : (values, fields)
    }
}
