internal import CQuipuSQLite

extension Connection {
    public enum TransactionKind: Sendable {
        /// One consistent view for reading.
        case deferred
        /// The right to write from the start, so that it cannot be refused half-way.
        case immediate
    }

    /// Runs `body` in a transaction, or in a savepoint when one is open: all of it is kept, or, when it throws,
    /// none.
    public func transaction<Result>(_ kind: TransactionKind, _ body: () throws -> Result) throws -> Result {
        if transactionDepth > 0 { return try savepoint(body) }
        try execute(kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
        transactionDepth = 1
        defer { transactionDepth = 0 }
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // Some failures (disk full, I/O) have rolled back already; then there is nothing left to undo.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    private func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        let name = "nested\(transactionDepth)"
        try execute("SAVEPOINT \(name)")
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do {
            let result = try body()
            try execute("RELEASE \(name)")
            return result
        } catch {
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK TO \(name); RELEASE \(name)") }
            throw error
        }
    }

    /// Fails if a transaction was begun and SQLite has rolled it back automatically since (disk full, I/O): what
    /// runs now would be kept though what went before is gone.
    func checkTransaction(sql: @autoclosure () -> String) throws(SQLiteError) {
        if transactionDepth == 0 || isInTransaction { return }
        throw SQLiteError(
            code: .abortedByRollback, message: "the transaction was rolled back by an earlier failure",
            sql: sql(),
            path: path)
    }

    /// Whether a transaction holds the right to write.
    public var isWriting: Bool { sqlite3_txn_state(handle, "main") == SQLITE_TXN_WRITE }

    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}
