internal import CQuipuMicroHTTPD
internal import Glibc

/// A response that is sent before the request's body has been read, written directly to the socket of a connection
/// that is then closed. What the kernel does not accept at once is lost, and so is a streamed body.
struct EarlyResponse {
    private static let limitBytes = 16 << 10

    private var bytes: [UInt8]

    init(_ response: HTTPResponse) {
        let isPresentable = response.isPresentable
        let status = isPresentable ? response.status : 500
        var text = "HTTP/1.1 \(status) "
        text += MHD_get_reason_phrase_for(UInt32(status)).map { String(cString: $0) } ?? ""
        text += "\r\nConnection: close\r\n"
        var body: [UInt8] = []
        if isPresentable, case .bytes(let given) = response.body, given.count <= Self.limitBytes {
            body = given
        }
        if isPresentable {
            for (name, value) in response.headers where !HTTPResponse.isOfTransport(name) {
                text += "\(name): \(value)\r\n"
            }
        }
        text += "Content-Length: \(body.count)\r\n\r\n"
        bytes = Array(text.utf8) + body
    }

    func send(to descriptor: Int32) {
        _ = bytes.withUnsafeBytes { bytes in
            Glibc.send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }
}
