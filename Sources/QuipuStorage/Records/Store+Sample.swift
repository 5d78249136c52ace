internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuSQLite

extension Store {
    /// What some records show, in a form that is the same wherever the same is held and no text is missing.
    ///
    /// - Parameters:
    ///   - nonce: picks the records.
    ///   - count: of records; one may be picked more than once.
    /// - Returns: deterministic CBOR: an array of `[id, kind, fields]`, the fields as the bytes of their canonical JSON, or
    ///   null of a deleted record. Empty where nothing is asked for.
    public func sample(pickedBy nonce: UInt128, count: Int) throws -> [UInt8] {
        if count == 0 { return [] }
        let rows = try AgreementKey.places(nonce: nonce, count: count).compactMap { place in
            try firstRow(from: RecordID(rawValue: place).handle)
        }
        var writer = CBORWriter(capacityBytes: 16 << 10)
        writer.array(count: rows.count)
        for row in rows {
            let record = try record(row: row)
            writer.array(count: 3)
            writer.identifier(record.id)
            writer.text(record.kind)
            if record.flags.contains(.isDeleted) {
                writer.null()
            } else {
                writer.byteString(record.fields.encoded)
            }
        }
        return writer.bytes
    }

    /// Of the records with the least handle that is not below one, else of those with the least of all, the first.
    private func firstRow(from handle: Int64) throws -> Int64? {
        let found =
            try database.integer(
                "SELECT min(handle) FROM record INDEXED BY record_by_handle WHERE handle >= ?",
                .integer(handle))
            ?? database.integer("SELECT min(handle) FROM record INDEXED BY record_by_handle")
        guard let found else { return nil }
        return try database.integer(
            """
            SELECT record.row
            FROM record INDEXED BY record_by_handle
            JOIN name ON name.row = record.kind
            WHERE record.handle = ?
            ORDER BY record.id, name.text
            LIMIT 1
            """, .integer(found))
    }
}
