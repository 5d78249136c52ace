internal import CQuipuSQLite

extension Connection {
    /// Starts a query. The statement belongs to the returned rows until they end.
    public func rows(_ sql: StaticString, _ arguments: Argument...) throws(SQLiteError) -> Rows {
        try rows(sql, arguments)
    }

    public func rows(_ sql: StaticString, _ arguments: [Argument]) throws(SQLiteError) -> Rows {
        let rows = Rows(connection: self, statement: try prepared(sql), sql: sql)
        for (index, argument) in arguments.enumerated() {
            let status = bind(argument, at: Int32(index + 1), of: rows.statement)
            if status != SQLITE_OK { throw failure(status, sql: sql.description) }
        }
        return rows
    }

    /// Runs a statement to its end.
    public func run(_ sql: StaticString, _ arguments: Argument...) throws(SQLiteError) {
        var rows = try rows(sql, arguments)
        while try rows.next() {}
    }

    /// The first column of the first row as an integer; nil when there is no row or it is NULL.
    public func integer(_ sql: StaticString, _ arguments: Argument...) throws(SQLiteError) -> Int64? {
        var rows = try rows(sql, arguments)
        return try rows.next() ? rows.optionalInteger(0) : nil
    }

    /// The first column of the first row as text; nil when there is no row or it is NULL.
    public func text(_ sql: StaticString, _ arguments: Argument...) throws(SQLiteError) -> String? {
        var rows = try rows(sql, arguments)
        return try rows.next() ? rows.optionalText(0) : nil
    }

    /// The first column of the first row as bytes; nil when there is no row or it is NULL.
    public func bytes(_ sql: StaticString, _ arguments: Argument...) throws(SQLiteError) -> [UInt8]? {
        var rows = try rows(sql, arguments)
        return try rows.next() ? rows.optionalBytes(0) : nil
    }

    private func prepared(_ sql: StaticString) throws(SQLiteError) -> OpaquePointer {
        try checkTransaction(sql: sql.description)
        statementCount &+= 1
        if let statement = statements.take(sql.address) { return statement }
        var statement: OpaquePointer?
        var rest: UnsafePointer<CChar>?
        let status = sqlite3_prepare_v3(
            handle, UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self),
            Int32(sql.utf8CodeUnitCount), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &rest)
        guard status == SQLITE_OK, let statement else {
            statements.failedToPrepare()
            throw failure(status, sql: sql.description)
        }
        // Only the first statement of a literal would run; a second one is not forgotten in silence.
        var second: OpaquePointer?
        let restStatus = sqlite3_prepare_v3(handle, rest, -1, 0, &second, nil)
        if restStatus == SQLITE_OK && second == nil { return statement }
        sqlite3_finalize(second)
        sqlite3_finalize(statement)
        statements.failedToPrepare()
        throw SQLiteError(
            code: .misuse, message: "more than one statement where one is prepared", sql: sql.description,
            path: path)
    }

    private func bind(_ argument: Argument, at index: Int32, of statement: OpaquePointer) -> Int32 {
        switch argument {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .real(let value): sqlite3_bind_double(statement, index, value)
        case .text(var value):
            value.withUTF8 { bindText($0, at: index, of: statement) }
        case .utf8(let value):
            value.withUnsafeBufferPointer { bindText($0, at: index, of: statement) }
        case .blob(let value):
            value.withUnsafeBytes { bytes in
                // A null pointer would bind NULL where an empty blob is meant.
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : quipu_sqlite3_bind_blob(
                        statement, index, bytes.baseAddress, Int32(clamping: bytes.count))
            }
        }
    }

    private func bindText(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32, of statement: OpaquePointer)
        -> Int32
    {
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            return quipu_sqlite3_bind_text(statement, index, "", 0)
        }
        let characters = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
        return quipu_sqlite3_bind_text(statement, index, characters, Int32(clamping: bytes.count))
    }
}
