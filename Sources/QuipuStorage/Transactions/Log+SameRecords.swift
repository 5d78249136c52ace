public import QuipuCausality
internal import QuipuSQLite

extension Log {
    /// The transaction that has a name, as it travels; nil where it is not held.
    public func transaction(_ name: TransactionName) throws -> Transaction? {
        try locate(name).flatMap { try transaction(at: $0.position) }
    }

    /// The transaction at a log position, as it travels; nil where there is none.
    public func transaction(at position: Int64) throws -> Transaction? {
        var found: Transaction?
        try walkLog(after: position - 1, through: position, isByHash: false) { transaction, _, _ in
            found = transaction
            return false
        }
        return found
    }

    /// Transactions that may say of a record what another one says of it: those that gave a field of it the same value. Of a
    /// record that one transaction alone wrote nothing more is read.
    ///
    /// - Parameters:
    ///   - change: one of the changes.
    ///   - limit: of those that are found.
    ///   - isSought: of those that are looked at, of which there may be very many.
    public func transactionsLikely(
        toSayTheSameOf record: RecordID, kind: String, change: FieldChange, limit: Int,
        where isSought: (TransactionName) -> Bool
    ) throws -> [TransactionName] {
        guard let kindRow = try interning.knownNameRow(kind, in: database) else { return [] }
        var rows = try database.rows(
            "SELECT row, base, state FROM record INDEXED BY record_by_handle WHERE handle = ? AND id = ? AND kind = ?",
            .integer(record.handle), .blob(record.bytes), .integer(kindRow))
        guard try rows.next() else { return [] }
        let (row, base) = (rows.integer(0), rows.integer(1))
        let flags = RecordState.Flags(rawValue: rows.integer(2))
        guard !flags.isDisjoint(with: [.hasTwins, .hasVersions]) else { return [] }
        var found: [TransactionName] = []
        func look(at position: Int64) throws {
            let name = try name(at: position)
            if isSought(name), !found.contains(name) { found.append(name) }
        }
        if flags.contains(.hasVersions), let field = try interning.knownNameRow(change.field, in: database) {
            var rows = try database.rows(
                """
                SELECT position FROM version
                WHERE record = ? AND field = ? AND value = ?
                ORDER BY position
                LIMIT ?
                """, .integer(row), .integer(field), .blob(change.value.hash.bytes),
                .integer(Self.maximumLookedAt))
            var isPlain = true
            while found.count < limit, try rows.next() {
                isPlain = false
                try look(at: rows.integer(0))
            }
            if !isPlain { return found }
        }
        try look(at: base)
        if flags.contains(.hasTwins) {
            var rows = try database.rows(
                "SELECT position FROM twin WHERE record = ? ORDER BY position LIMIT ?", .integer(row),
                .integer(Self.maximumLookedAt))
            while found.count < limit, try rows.next() { try look(at: rows.integer(0)) }
        }
        return found
    }

    private static let maximumLookedAt = 256
}
