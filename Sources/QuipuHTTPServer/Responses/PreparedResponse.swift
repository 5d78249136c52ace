internal import CQuipuMicroHTTPD
internal import Glibc

/// A response as an object of libmicrohttpd, owned until it is queued.
struct PreparedResponse: ~Copyable {
    /// Larger bodies are passed on piece by piece: libmicrohttpd would copy them whole.
    private static let copyLimitBytes = 64 << 10

    private let handle: OpaquePointer
    private let status: UInt32

    /// nil if memory ran out.
    ///
    /// - Parameters:
    ///   - isHead: whether the request is a HEAD. For a body in chunks libmicrohttpd would send the last chunk, which
    ///     the client would take for the beginning of the next response; so that connection is closed.
    ///   - fallback: the response to send instead of one that HTTP cannot carry.
    init?(
        _ response: HTTPResponse, closes: Bool, isHead: Bool = false,
        fallback: @autoclosure () -> HTTPResponse
    ) {
        guard response.isPresentable, let handle = Self.make(response, closes: closes) else {
            guard let handle = Self.make(fallback(), closes: closes) else { return nil }
            self.handle = handle
            status = 500
            return
        }
        self.handle = handle
        if isHead, response.body.isOfUnknownLength { _ = quipu_MHD_end_with_connection(handle) }
        status = UInt32(response.status)
    }

    deinit { MHD_destroy_response(handle) }

    /// False if libmicrohttpd does not accept it.
    consuming func queue(on connection: OpaquePointer) -> Bool {
        MHD_queue_response(connection, status, handle) == .YES
    }

    private static func make(_ response: HTTPResponse, closes: Bool) -> OpaquePointer? {
        guard let handle = make(response.body) else { return nil }
        var isComplete = true
        for (name, value) in response.headers where !value.isEmpty && !HTTPResponse.isOfTransport(name) {
            isComplete = isComplete && MHD_add_response_header(handle, name, value) == .YES
        }
        if closes {
            isComplete = isComplete && MHD_add_response_header(handle, "Connection", "close") == .YES
        }
        guard isComplete else {
            MHD_destroy_response(handle)
            return nil
        }
        return handle
    }

    private static func make(_ body: HTTPBody) -> OpaquePointer? {
        switch body {
        case .none:
            return MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
        case .bytes(let bytes) where bytes.count <= copyLimitBytes:
            // libmicrohttpd does not write to a buffer that it copies; its parameter merely is not const.
            return bytes.withUnsafeBytes { bytes in
                MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .bytes(let bytes):
            return PullBody.response(source: .bytes(bytes), lengthBytes: UInt64(bytes.count))
        case .file(let file, let range):
            guard !range.isEmpty else { return make(.none) }
            // libmicrohttpd closes the descriptor that it is given.
            let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { return nil }
            let handle = MHD_create_response_from_fd_at_offset64(
                UInt64(range.count), copy, range.lowerBound)
            if handle == nil { close(copy) }
            return handle
        case .stream(let lengthBytes, let next):
            return PullBody.response(source: .producer(next), lengthBytes: lengthBytes)
        case .push(let body):
            return PullBody.response(source: .push(body), lengthBytes: nil)
        }
    }
}

extension HTTPBody {
    fileprivate var isOfUnknownLength: Bool {
        switch self {
        case .stream(nil, _), .push: true
        default: false
        }
    }
}

extension HTTPResponse {
    /// Whether the transport sets this field itself.
    static func isOfTransport(_ name: String) -> Bool {
        ["Date", "Content-Length", "Transfer-Encoding", "Connection"]
            .contains { $0.equalsIgnoringASCIICase(name) }
    }

    /// Whether HTTP can carry its status and header fields (RFC 9110, section 5).
    var isPresentable: Bool {
        (200...599).contains(status)
            && headers.allSatisfy { name, value in
                !name.isEmpty && name.utf8.allSatisfy { 33...126 ~= $0 && $0 != UInt8(ascii: ":") }
                    && value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
            }
    }
}
