/// How a request delimits its body. Requests that do so twice are a means of request smuggling (RFC 9112, section
/// 11.2), so they are refused and not interpreted.
package enum Framing {
    case none
    case length(UInt64)
    case chunked

    /// - Parameter version: as sent, for example "HTTP/1.1". HTTP/1.0 clients need not send `Host`.
    package init(of headers: HTTPRequestHead.Headers, version: String) throws(HTTPRequestError) {
        var lengths = 0
        var encodings = 0
        var hosts = 0
        self = .none
        for (name, value) in headers.fields {
            if name.equalsIgnoringASCIICase("Content-Length") {
                lengths += 1
                guard !value.isEmpty, value.utf8.allSatisfy({ 48...57 ~= $0 }), let length = UInt64(value)
                else {
                    throw .malformed(reason: "Content-Length is not a number")
                }
                self = .length(length)
            } else if name.equalsIgnoringASCIICase("Transfer-Encoding") {
                encodings += 1
                guard value.equalsIgnoringASCIICase("chunked") else {
                    throw .unknownTransferEncoding
                }
                self = .chunked
            } else if name.equalsIgnoringASCIICase("Host") {
                hosts += 1
            }
        }
        if lengths + encodings > 1 { throw .malformed(reason: "it states its length more than once") }
        if hosts > 1 || hosts == 0 && version != "HTTP/1.0" {
            throw .malformed(reason: "it must have one Host")
        }
    }

    var isEmpty: Bool {
        switch self {
        case .none, .length(0): true
        case .length, .chunked: false
        }
    }

    /// nil if the length is known only at the end.
    package var lengthBytes: UInt64? {
        switch self {
        case .none: 0
        case .length(let length): length
        case .chunked: nil
        }
    }
}
