/// Why bytes that were read are not the CBOR that they should be.
public struct CBORError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Not CBOR in its deterministic form.
        case malformed
        /// Well-formed, and beyond a bound.
        case tooLarge
        /// Well-formed, and not what is allowed at this place.
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
