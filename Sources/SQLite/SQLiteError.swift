internal import CSQLite

/// What SQLite refused: its code, its words, the statement (never the values bound to it) and the database.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// An extended result code; compare with the members, each of which stands for its whole primary class.
    public struct Code: Sendable, Hashable {
        public let rawValue: Int32

        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// The class that the extended code belongs to.
        public var primary: Code { Code(rawValue: rawValue & 0xff) }

        public static let busy = Code(rawValue: SQLITE_BUSY)
        public static let locked = Code(rawValue: SQLITE_LOCKED)
        public static let readOnly = Code(rawValue: SQLITE_READONLY)
        public static let ioError = Code(rawValue: SQLITE_IOERR)
        public static let corrupt = Code(rawValue: SQLITE_CORRUPT)
        public static let full = Code(rawValue: SQLITE_FULL)
        public static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
        public static let notADatabase = Code(rawValue: SQLITE_NOTADB)
        public static let constraint = Code(rawValue: SQLITE_CONSTRAINT)
        /// `SQLITE_ABORT_ROLLBACK`, a macro that Swift does not import.
        public static let abortedByRollback = Code(rawValue: SQLITE_ABORT | 2 << 8)
        public static let misuse = Code(rawValue: SQLITE_MISUSE)
    }

    public let code: Code
    public let message: String
    public let sql: String?
    public let path: String

    public init(code: Code, message: String, sql: String?, path: String) {
        self.code = code
        self.message = message
        self.sql = sql
        self.path = path
    }

    public var description: String {
        var text = "SQLite error \(code.rawValue): \(message) (\(path))"
        if let sql { text += " in: \(sql)" }
        return text
    }
}
