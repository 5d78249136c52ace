/// Why there is no response, or no complete one.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// No connection: no such name, refused, no route, no answer in time, or the proxy failed. Nothing
        /// was sent.
        case unreachable
        /// The connection ended before the response did. The server may have acted on the request.
        case cut
        /// Connected, but then idle for too long, or too slow as a whole.
        case timedOut
        /// The server's certificate is not trusted, or TLS failed.
        case tls
        /// The server's key is not the pinned one. Nothing was sent.
        case otherKey
        /// The response is larger than the configuration allows.
        case tooLarge
        /// Not an http or https URL, or one with credentials in it.
        case badURL
        /// A method or header field that HTTP cannot carry.
        case badRequest
        /// The caller's `onHead`, `onBody` or body producer threw; see `underlying`.
        case aborted
        /// Ended by the session's `canceller`.
        case cancelled
        /// The response is not HTTP.
        case protocolViolation
        /// The address is of this machine or of its networks, where the configuration refuses those. Nothing was sent.
        case privateAddress
        /// Memory or descriptors ran out, or libcurl failed for another reason.
        case failed
    }

    public let code: Code
    /// Without credentials and query.
    public let url: String
    /// libcurl's error message.
    public let message: String
    /// The error that the caller's closure threw.
    public let underlying: (any Error)?

    init(code: Code, url: String, message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.url = url
        self.message = message
        self.underlying = underlying
    }

    /// What to do next.
    public var hint: String {
        switch code {
        case .unreachable: "check the address and the network, and try again later"
        case .cut, .timedOut: "try again; if it keeps happening, the link may be too slow or the server busy"
        case .tls:
            "check this machine's clock, then the server's certificate (SSL_CERT_FILE names others to trust)"
        case .otherKey: "another machine may answer there: check the address, and from where the key is known"
        case .tooLarge: "the server sends more than is taken here; check that the address is the right one"
        case .badURL: "write it as http://host or https://host, without user name and password"
        case .badRequest: "leave out control characters"
        case .aborted: "see the cause"
        case .cancelled: "nothing; it was asked for"
        case .protocolViolation: "check that the address and port are those of an HTTP server"
        case .privateAddress: "only an address that you type yourself may lead there"
        case .failed: "try again; if it keeps happening, look at the limits for memory and open files"
        }
    }

    public var description: String { "\(url): \(message); \(hint)" }
}
