public import QuipuCausality
internal import QuipuSQLite

extension Log {
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
}
