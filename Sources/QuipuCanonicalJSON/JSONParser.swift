/// Reads JSON text (RFC 8259), as strictly as I-JSON (RFC 7493) asks: UTF-8 without a byte order mark,
/// distinct names, no lone surrogates, nesting bounded.
public struct JSONParser: Sendable {
    public struct Options: OptionSet, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Keeps the literal of a number that a double would change (an integer beyond ±2^53, too many
        /// digits, out of range) as a string, where RFC 8785 wants such; else the nearest double is taken
        /// and a number out of range is an error.
        public static let bigNumbersAsStrings = Options(rawValue: 1)
    }

    /// Arrays and objects inside one another.
    public static let maximumDepth = 64

    public var options: Options
    /// Arrays and objects inside one another that this parser takes.
    public var depth: Int

    /// - Parameter extraDepth: levels beyond ``maximumDepth``, of what values stand in.
    public init(options: Options = [], extraDepth: Int = 0) {
        self.options = options
        depth = Self.maximumDepth + extraDepth
    }

    public func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
        guard let base = bytes.baseAddress else {
            throw JSONError(code: .unexpectedEnd, offset: 0, message: "no JSON value")
        }
        var reader = JSONReader(base: base, end: bytes.count, options: options, maximumDepth: depth)
        return try reader.readDocument()
    }

    public func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        try parse(bytes.assumingMemoryBound(to: UInt8.self))
    }

    public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer) }
    }

    /// Offsets in errors count from the start of the slice.
    public func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer) }
    }

    public func parse(_ text: String) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8))
    }
}
