/// Why bytes are not I-JSON (RFC 7493: RFC 8259 with UTF-8, distinct names and no lone surrogates).
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case unexpectedByte
        case unexpectedEnd
        case trailingBytes
        case tooDeep
        case duplicateName
        case invalidUTF8
        case loneSurrogate
        case invalidEscape
        case controlCharacter
        case invalidNumber
        case numberOutOfRange
    }

    public let code: Code
    /// Bytes before the one at fault.
    public let offset: Int
    /// What is wrong, in words, without the place.
    public let message: String

    public init(code: Code, offset: Int, message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    public var description: String { "\(message) at byte \(offset)" }
}
