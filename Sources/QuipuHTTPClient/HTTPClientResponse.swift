/// A response, without its body.
public struct HTTPClientResponse: Sendable {
    /// As sent by the server: redirections are reported, not followed.
    public let status: Int
    public let headers: Headers
    /// The bytes of the request on the connection, header and framing included, TLS excluded.
    public let bytesSent: UInt64
    /// The bytes of the response, interim responses included.
    public let bytesReceived: UInt64
    /// From the call to the end of the body.
    public let milliseconds: Int
    /// Whether an earlier request's connection was reused.
    public let reusedConnection: Bool
    /// Whether the server, or the proxy on the way to it, has an address of this machine or of its networks.
    public let isFromPrivateAddress: Bool
}

extension HTTPClientResponse {
    /// The status and header fields, known before the body.
    public struct Head: Sendable {
        public internal(set) var status: Int
        public internal(set) var headers: Headers
    }

    /// Header fields in the order received. Names compare without regard to case (RFC 9110, section 5.1).
    public struct Headers: Sendable {
        public internal(set) var fields: [(name: String, value: String)] = []

        /// The first value under this name.
        public subscript(name: String) -> String? { values(of: name).first }

        /// All values under this name, in the order received.
        public func values(of name: String) -> [String] {
            fields.filter { field in
                field.name.utf8.elementsEqual(name.utf8) { $0.loweredASCII == $1.loweredASCII }
            }.map(\.value)
        }
    }
}

extension UInt8 {
    var loweredASCII: UInt8 { self &- 65 < 26 ? self | 0x20 : self }
}
