internal import CQuipuSQLite

/// What SQLite refused: its code, its words, the statement (never the values bound to it) and the database.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// An extended result code; compare with the members, each of which stands for its whole primary class.
    public struct Code: Sendable, Hashable {
        public let rawValue: Int32

        public init(rawValue: Int32) { self.rawValue = rawValue }

        private static func extendedIOError(_ detail: Int32) -> Code {
            Code(rawValue: SQLITE_IOERR | detail << 8)
        }

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
        /// Memory could not be shared with other processes; extended codes, macros that Swift does not import.
        public static let sharedMemory: Set<Code> = Set([18, 19, 20, 21].map(extendedIOError))
        /// A lock could neither be taken nor refused.
        public static let locking: Set<Code> = Set([8, 9, 14, 15].map(extendedIOError))
        public static let misuse = Code(rawValue: SQLITE_MISUSE)
    }

    public let code: Code
    public let message: String
    public let sql: String?
    public let path: String
    /// The `errno` behind a code of class `ioError` or `cannotOpen`; 0 where there is none.
    public let systemError: Int32

    public init(code: Code, message: String, sql: String?, path: String, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.sql = sql
        self.path = path
        self.systemError = systemError
    }

    public var description: String {
        var text = "SQLite error \(code.rawValue): \(message) (\(path))"
        if let sql { text += " in: \(sql)" }
        return text
    }
}
