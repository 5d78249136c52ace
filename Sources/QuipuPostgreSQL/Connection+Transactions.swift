extension Connection {
    /// Runs `body` in a transaction: all of it is kept, or, when it throws, none.
    ///
    /// - Throws: what `body` throws; `outcomeUnknown` when the connection was lost at `COMMIT`, and then all of it is
    ///   kept or none, which only reading can tell.
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        precondition(!isInTransaction, "a transaction is open already on this connection")
        try run("BEGIN")
        isInTransaction = true
        defer { isInTransaction = false }
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            // With the connection goes what was not committed.
            if !isBroken, (try? run("ROLLBACK")) == nil { isBroken = true }
            throw error
        }
    }

    private func commit() throws(PostgreSQLError) {
        let done: Rows
        do throws(PostgreSQLError) {
            done = try run("COMMIT")
        } catch {
            guard isBroken || error.isConnectionFailure else { throw error }
            isBroken = true
            throw PostgreSQLError(code: .outcomeUnknown, message: error.message, sql: error.sql)
        }
        // A transaction that had failed is rolled back, and that is no error to the server.
        guard done.commandTag == "COMMIT" else {
            throw PostgreSQLError(
                code: .init(rawValue: "40000"), message: "the transaction was rolled back", sql: "COMMIT")
        }
    }
}
