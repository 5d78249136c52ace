public import QuipuCausality
internal import QuipuSQLite

extension Store {
    /// What this replica knows, as it is told to others.
    public func knowledge() throws -> Knowledge {
        Knowledge(vector: try vector(), branchStarts: Set(try branchStarts))
    }

    /// What it knew when the log ended at `position`, told under the branch starts of today.
    public func knowledge(at position: Int64) throws -> Knowledge {
        Knowledge(vector: try vector(at: position), branchStarts: Set(try branchStarts))
    }

    public var branchStarts: [ChainHash] {
        get throws {
            var found: [ChainHash] = []
            var rows = try database.rows("SELECT chain FROM branch_start ORDER BY chain")
            while try rows.next() { if let chain = ChainHash(bytes: rows.bytes(0)) { found.append(chain) } }
            return found
        }
    }

    /// Adds branch starts that were found or that another replica told, and names anew what lies behind them.
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
