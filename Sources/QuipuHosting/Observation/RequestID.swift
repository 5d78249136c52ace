internal import QuipuHTTPServer

/// The id of a request, which connects a caller's report, a proxy's log and this server's.
enum RequestID {
    static let field = "X-Request-Id"
    static let maximumBytes = 64

    /// The id that the caller sent, if it is safe for any log: letters, digits, `.`, `_` and `-`.
    static func given(in headers: HTTPRequestHead.Headers) -> String? {
        guard let name = headers[field], (1...maximumBytes).contains(name.utf8.count),
            name.utf8.allSatisfy(isPlain)
        else { return nil }
        return name
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
