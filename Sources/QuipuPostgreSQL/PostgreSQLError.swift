/// What PostgreSQL refused, or what became of the connection to it: the SQLSTATE, the server's own words, and the
/// statement. Never a value that was bound to it, and never a password.
public struct PostgreSQLError: Error, Sendable, CustomStringConvertible {
    /// A SQLSTATE: five letters and digits, of which the first two are the class (PostgreSQL, appendix A).
    public struct Code: Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// The class that the code belongs to.
        public var category: Substring { rawValue.prefix(2) }

        /// Nobody answers, or not in time.
        public static let cannotConnect = Code(rawValue: "08001")
        /// The connection broke, or the server did not answer in time.
        public static let connectionLost = Code(rawValue: "08006")
        /// The connection broke at `COMMIT`: whether it took place is to be found out by reading.
        public static let outcomeUnknown = Code(rawValue: "08007")
        public static let serializationFailure = Code(rawValue: "40001")
        public static let uniqueViolation = Code(rawValue: "23505")
        public static let lockNotAvailable = Code(rawValue: "55P03")
        public static let insufficientPrivilege = Code(rawValue: "42501")
        public static let undefinedTable = Code(rawValue: "42P01")
        public static let undefinedSchema = Code(rawValue: "3F000")
        public static let readOnlyTransaction = Code(rawValue: "25006")
        /// It took longer than `statement_timeout`, or somebody ended it.
        public static let queryCanceled = Code(rawValue: "57014")
        public static let diskFull = Code(rawValue: "53100")
        /// The address of the database is not one.
        public static let badAddress = Code(rawValue: "QP001")
        /// A value is not of the type that the program asked for.
        public static let unexpectedResult = Code(rawValue: "QP002")
    }

    public let code: Code
    public let message: String
    public let sql: String?

    public init(code: Code, message: String, sql: String? = nil) {
        self.code = code
        self.message = message
        self.sql = sql
    }

    /// Two transactions got in each other's way: the same once more may well pass.
    public var isContention: Bool {
        code.category == "40" && !isOutcomeUnknown || code == .lockNotAvailable
    }

    /// The connection is of no use any more, or there was none: it was cut (class 08), the server goes down or is not
    /// up yet (57P01 to 57P05), or has no room for another (53300).
    public var isConnectionFailure: Bool {
        if isPoolingStatements { return false }
        if code.category == "08" { return true }
        return code.rawValue.hasPrefix("57P") || code.rawValue == "53300" || code.rawValue == "25P03"
    }

    /// What was asked may have been done all the same.
    public var isOutcomeUnknown: Bool { code == .outcomeUnknown || code.rawValue == "40003" }

    public var description: String {
        var text = "PostgreSQL \(code.rawValue): \(message)"
        if let sql { text += " in: \(sql)" }
        return text
    }
}
