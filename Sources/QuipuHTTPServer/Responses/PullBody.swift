internal import CQuipuMicroHTTPD

/// The source of a body that is sent piece by piece. libmicrohttpd owns it from `response` on and releases it with
/// the response; it reads it from one thread at a time, under the response's lock.
final class PullBody {
    enum Source {
        case bytes([UInt8])
        case producer(@Sendable (_ maximumBytes: Int) throws -> [UInt8])
        case push(PushBody)

        /// The buffer that libmicrohttpd allocates with the response, and the size of one read where the body is not
        /// sent in chunks. A body that stays open for hours gets a small one.
        var blockBytes: Int {
            switch self {
            case .bytes, .producer: 64 << 10
            case .push: 512
            }
        }
    }

    private let source: Source
    /// What the producer returned beyond the requested size, from `position` on.
    private var piece: [UInt8] = []
    private var position = 0

    private init(_ source: Source) { self.source = source }

    /// nil if memory ran out.
    static func response(source: Source, lengthBytes: UInt64?) -> OpaquePointer? {
        if lengthBytes == 0 { return MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT) }
        let context = Unmanaged.passRetained(PullBody(source))
        let response = MHD_create_response_from_callback(
            lengthBytes ?? quipu_MHD_size_unknown, source.blockBytes,
            { context, offset, buffer, capacity in
                guard let context, let buffer else { return quipu_MHD_end_with_error }
                return Unmanaged<PullBody>.fromOpaque(context).takeUnretainedValue()
                    .read(at: offset, into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
            }, context.toOpaque(),
            { context in
                if let context { Unmanaged<PullBody>.fromOpaque(context).release() }
            })
        if response == nil { context.release() }
        return response
    }

    /// The number of bytes written, or one of libmicrohttpd's two end marks. Zero would make it call again at once,
    /// unless the connection is suspended.
    private func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch source {
        case .bytes(let bytes):
            guard let start = Int(exactly: offset), start < bytes.count else {
                return quipu_MHD_end_of_stream
            }
            let count = min(buffer.count, bytes.count - start)
            buffer.copyBytes(from: bytes[start..<start + count])
            return count
        case .producer(let next):
            if position == piece.count {
                guard let fresh = try? next(buffer.count) else { return quipu_MHD_end_with_error }
                if fresh.isEmpty { return quipu_MHD_end_of_stream }
                piece = fresh
                position = 0
            }
            let count = min(buffer.count, piece.count - position)
            buffer.copyBytes(from: piece[position..<position + count])
            position += count
            return count
        case .push(let body):
            return body.read(into: buffer)
        }
    }
}
