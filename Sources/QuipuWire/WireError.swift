/// Why bytes from a peer are not what they should be.
public struct WireError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Not CBOR in its deterministic form, or not compressed as agreed.
        case malformed
        /// Well-formed, and beyond a bound.
        case tooLarge
        /// Well-formed, and not what the exchange allows at this place.
        case unexpected
        /// It ended before its end.
        case cut
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
