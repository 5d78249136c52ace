internal import CQuipuSQLite

/// The rows of a running statement, one at a time; the statement is reset when this value ends.
///
/// Columns count from 0. What `withBytes` shows is valid inside its closure only.
public struct Rows: ~Copyable {
    let connection: Connection
    let statement: OpaquePointer
    let sql: StaticString

    deinit { connection.statements.giveBack(statement, key: sql.address) }

    /// Moves to the next row; false when there is none.
    public mutating func next() throws(SQLiteError) -> Bool {
        let status = sqlite3_step(statement)
        switch status {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw connection.failure(status, sql: sql.description)
        }
    }

    public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    public func isBlob(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_BLOB }

    public func isText(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_TEXT }

    public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    public func boolean(_ column: Int32) -> Bool { integer(column) != 0 }

    public func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    public func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    /// Text; ill-formed UTF-8 is repaired with replacement characters.
    public func text(_ column: Int32) -> String {
        withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The bytes of a TEXT or BLOB column.
    public func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

    public func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    public func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // `sqlite3_column_blob` first: the size is of the form that the last conversion made.
        let start = sqlite3_column_blob(statement, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }
}

extension StaticString {
    /// Identifies a literal in this program.
    var address: UInt { UInt(bitPattern: utf8Start) }
}
