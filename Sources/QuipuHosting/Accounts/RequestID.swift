internal import QuipuHTTPServer

/// What a request is called, so that a caller's complaint, a proxy's log and this one can be held together.
enum RequestID {
    static let field = "X-Request-Id"
    static let maximumBytes = 64

    /// The name that a caller gave, if it is one that can stand in any log: letters, digits, `.`, `_` and `-`.
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
