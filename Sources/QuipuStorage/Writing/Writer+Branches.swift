public import QuipuCausality
internal import QuipuSQLite

/// Copies and roll-backs made two transactions claim one name. From there on names start again: a transaction is
/// named after the nearest branch start behind it and its distance from there. Chains, versions, heads and digest do
/// not depend on names, so nothing but the two columns of the log that spell them, and the vector, changes.
extension Writer {
    /// - Parameter new: chain hashes that are no branch starts yet.
    func join(branchStarts new: [ChainHash]) throws {
        for chain in new {
            try database.run("INSERT OR IGNORE INTO branch_start (chain) VALUES (?)", .blob(chain.bytes))
        }
        branchStarts.formUnion(new)
        keptVersions = nil
        // Chains have no index: this happens once for each copy or roll-back.
        var positions: [Int64] = []
        do {
            var rows = try database.rows(
                "SELECT position FROM log WHERE chain IN (SELECT chain FROM branch_start) ORDER BY position")
            while try rows.next() { positions.append(rows.integer(0)) }
        }
        for position in positions { try startName(at: position) }
        archive.interning.forget()
    }

    /// Names the transaction at a position, and those that follow it under its present name, after its chain.
    private func startName(at position: Int64) throws {
        let (old, first, chain) = try place(at: position)
        let derived = Origin(branchStart: chain)
        if try archive.interning.origin(old, in: database) == derived { return }
        guard let end = try end(ofRow: old) else {
            throw StorageError.damaged(database.path, "origin \(old) is missing")
        }

        guard try archive.interning.originRow(derived, in: database) == nil else {
            throw StorageError(
                .badName, "a replica writes under a name that belongs to a branch: \(derived.hexadecimal)",
                hint: "nothing was written; that name is not one that Quipu makes")
        }
        try tellPredecessor(of: position, origin: old, sequence: first)
        try database.run(
            "INSERT INTO origin (id, sequence, chain) VALUES (?, ?, ?)", .blob(derived.bytes),
            .integer(end.sequence - first + 1), .blob(end.chain))
        let row = database.lastInsertedRow
        try database.run(
            "UPDATE log SET origin = ?, sequence = sequence - ? WHERE origin = ? AND sequence >= ?",
            .integer(row), .integer(first - 1), .integer(old), .integer(first))
        if first == 1 {
            try database.run("DELETE FROM origin WHERE row = ?", .integer(old))
        } else {
            try database.run(
                """
                UPDATE origin
                SET sequence = ?, chain = (SELECT chain FROM log WHERE log.origin = origin.row AND log.sequence = ?)
                WHERE row = ?
                """, .integer(first - 1), .integer(first - 1), .integer(old))
        }
        archive.interning.forget()
    }

    private func place(at position: Int64) throws -> (origin: Int64, sequence: Int64, chain: ChainHash) {
        var rows = try database.rows(
            "SELECT origin, sequence, chain FROM log WHERE position = ?", .integer(position))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(2)) else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        return (rows.integer(0), rows.integer(1), chain)
    }

    private func end(ofRow row: Int64) throws -> (sequence: Int64, chain: [UInt8])? {
        var rows = try database.rows("SELECT sequence, chain FROM origin WHERE row = ?", .integer(row))
        return try rows.next() ? (rows.integer(0), rows.bytes(1)) : nil
    }

    /// The first of a derived name says itself what the name no longer tells: what is before it or, where nothing is,
    /// the original origin.
    private func tellPredecessor(of position: Int64, origin row: Int64, sequence: Int64) throws {
        var body = try archive.log.body(at: position)
        if body.previous != nil || body.root != nil { return }
        if sequence == 1 {
            body.root = try archive.interning.origin(row, in: database)
        } else {
            body.previous = try database.integer(
                "SELECT position FROM log WHERE origin = ? AND sequence = ?", .integer(row),
                .integer(sequence - 1))
        }
        try database.run(
            "UPDATE log SET body = ? WHERE position = ?", .blob(body.encoded(at: position)),
            .integer(position))
    }

    /// Refuses a transaction whose name is not the one that its chain and the branch starts imply.
    func checkName(of transaction: Transaction, chain: ChainHash) throws {
        let isStart = branchStarts.contains(chain)
        let saysStart = transaction.previous != nil || transaction.root != nil
        guard isStart == saysStart else {
            throw InvalidTransaction(
                name: transaction.name,
                reason: isStart
                    ? "its name does not begin a branch" : "its name begins a branch where none starts")
        }
        guard !isStart || transaction.name.origin == Origin(branchStart: chain) else {
            throw InvalidTransaction(
                name: transaction.name, reason: "it is not named after its chain")
        }
    }

    /// Whether another replica continued from the end of a chain: a copy of this folder did.
    func hasBranch(after end: Vector.Entry) throws -> Bool {
        if branchStarts.isEmpty { return false }
        guard let tip = try archive.log.locate(end.name)?.position else { return false }
        for start in branchStarts {
            let first = TransactionName(origin: Origin(branchStart: start), sequence: 1)
            guard let position = try archive.log.locate(first)?.position else { continue }
            if try archive.log.body(at: position).previous == tip { return true }
        }
        return false
    }
}

extension Log {
    /// Adds branch starts that were found or received from another replica, and renames the transactions after them.
    ///
    /// - Returns: whether any was new.
    /// - Throws: `StorageError.tooManyBranches` when there would be more than a replica keeps: nothing was written.
    @discardableResult
    public func join(branchStarts: some Sequence<ChainHash>) throws -> Bool {
        let known = Set(try self.branchStarts)
        let new = Set(branchStarts).subtracting(known)
        if new.isEmpty { return false }
        guard known.count + new.count <= Limits.branchStarts else {
            throw StorageError(
                .tooManyBranches,
                "this archive was copied or rolled back more often than \(Limits.branchStarts / 2) times, or a mirror says so",
                hint: "nothing was written; export it into a new archive")
        }
        try writing { try $0.join(branchStarts: new.sorted()) }
        // They are listed by names that may mean something else now; what is malformed will be refused again.
        try local.forgetRefusals()
        return true
    }
}
