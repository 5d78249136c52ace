/// The head of a request: request line and header fields.
public struct HTTPRequestHead: Sendable {
    /// As sent, in capitals: "GET", "POST", …
    public let method: String
    /// Begins with "/" (or is "*", of OPTIONS); percent-encoded as received, without the query.
    public let path: String
    /// The part after the first "?", percent-encoded as received; nil if there is no "?".
    public let query: String?
    public let headers: Headers
    /// The numeric address of the peer (of the nearest proxy, if there is one), without its port.
    public let remoteAddress: String
    /// The server's port; 0 if it is not known.
    public internal(set) var localPort: UInt16
    /// The observer of this request, if the server was configured with observers.
    public internal(set) var observer: (any HTTPRequestObserver)?

    public init(
        method: String, path: String, query: String? = nil, headers: Headers = Headers(),
        remoteAddress: String = "", localPort: UInt16 = 0
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.localPort = localPort
    }
}

extension HTTPRequestHead {
    /// Header fields in the order received. Names compare without regard to case (RFC 9110, section 5.1).
    public struct Headers: Sendable {
        public private(set) var fields: [(name: String, value: String)]

        public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

        /// The first value under this name.
        public subscript(name: String) -> String? {
            fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value
        }

        /// All values under this name, in the order received.
        public func values(of name: String) -> [String] {
            fields.filter { $0.name.equalsIgnoringASCIICase(name) }.map(\.value)
        }

        mutating func append(name: String, value: String) { fields.append((name, value)) }
    }
}
