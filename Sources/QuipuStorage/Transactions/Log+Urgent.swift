package import QuipuCausality
internal import QuipuSQLite

extension Log {
    /// What must be sent so that everything that people made arrives: for each origin the sequence up to which.
    ///
    /// The transactions within are closed under what they depend on: those before them in their chains, and those whose
    /// versions they name. Everything that a transaction depends on stands before it in the log, so one pass from the end
    /// finds them.
    ///
    /// - Parameters:
    ///   - first: the position of the first transaction that is not in `held`.
    ///   - held: what the receiver has.
    package func neededByHand(from first: Int64, notIn held: Vector) throws -> [Origin: UInt64] {
        var needed: [Origin: UInt64] = [:]
        var positions: Set<Int64> = []
        var rows = try database.rows(
            "SELECT position, origin, sequence, by_program, body FROM log WHERE position >= ? ORDER BY position DESC",
            .integer(first))
        while try rows.next() {
            let position = rows.integer(0)
            let name = TransactionName(
                origin: try interning.origin(rows.integer(1), in: database),
                sequence: UInt64(clamping: rows.integer(2)))
            let isNamed = positions.remove(position) != nil
            guard !held.contains(name) else { continue }
            guard isNamed || !rows.boolean(3) || name.sequence <= needed[name.origin] ?? 0 else { continue }
            needed[name.origin] = max(needed[name.origin] ?? 0, name.sequence)
            guard let body = LogBody(decoding: rows.bytes(4), at: position) else {
                throw StorageError.damaged(database.path, "log position \(position) is not readable")
            }
            for dependency in body.dependencies where dependency >= first { positions.insert(dependency) }
        }
        return needed
    }
}

extension LogBody {
    /// Positions of the transactions that it names.
    fileprivate var dependencies: [Int64] {
        records.flatMap { $0.fields.flatMap(\.replaces) } + observed + (note?.spans.map(\.last) ?? [])
            + (previous.map { [$0] } ?? [])
    }
}
