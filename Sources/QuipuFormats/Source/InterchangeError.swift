/// A source or an export as a whole that cannot be used: what was being done, to what, and what to do next.
public struct InterchangeError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        /// A stable word, fit for `--json`.
        public let name: String

        public init(name: String) { self.name = name }

        public static let noSuchFile = Code(name: "no-such-file")
        public static let unreadable = Code(name: "unreadable")
        public static let emptyFile = Code(name: "empty-file")
        public static let binaryFile = Code(name: "binary-file")
        public static let unsupportedEncoding = Code(name: "unsupported-encoding")
        public static let unknownFormat = Code(name: "unknown-format")
        public static let unsupportedFormat = Code(name: "unsupported-format")
        public static let wrongFormat = Code(name: "wrong-format")
        public static let nothingFound = Code(name: "nothing-found")
        public static let tooLarge = Code(name: "too-large")
        public static let invalidRecord = Code(name: "invalid-record")
        /// A field or a column that a map names.
        public static let unknownField = Code(name: "unknown-field")
        public static let unknownColumn = Code(name: "unknown-column")
        public static let unwritable = Code(name: "unwritable")
    }

    public let code: Code
    /// What was being done: `open`, `read`, `write`, …
    public let operation: String
    /// The file, folder or record it was done to.
    public let path: String
    public let message: String
    /// What the user can do next.
    public let hint: String
    /// What would help, for a program to say in its own words.
    public let remedy: Remedy?

    public init(
        code: Code, operation: String, path: String, message: String, hint: String, remedy: Remedy? = nil
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.message = message
        self.hint = hint
        self.remedy = remedy
    }

    public var description: String { "cannot \(operation) \(path): \(message). \(hint)" }
}
