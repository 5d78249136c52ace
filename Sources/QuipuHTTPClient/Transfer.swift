/// The context of libcurl's callbacks: one request in progress, on one thread.
final class Transfer {
    private let maximumHeaderBytes: Int
    private let maximumResponseBytes: UInt64
    private let onHead: (HTTPClientResponse.Head) throws -> Void
    private let onBody: (UnsafeRawBufferPointer) throws -> Void
    private let producer: ((Int) throws -> [UInt8])?
    /// How much of the body is still to be produced; nil if its length was not announced.
    private var remainingBytes: UInt64?

    private(set) var head: HTTPClientResponse.Head?
    /// Why this side stopped the transfer, if it did.
    private(set) var stop: (code: HTTPClientError.Code, message: String, underlying: (any Error)?)?
    /// Counted at the connection, framing included.
    var bytesSent: UInt64 = 0
    var bytesReceived: UInt64 = 0

    private var pending = HTTPClientResponse.Head(status: 0, headers: .init())
    private var headerBytes = 0
    private var bodyBytes: UInt64 = 0
    private var piece: [UInt8] = []
    private var position = 0
    private var hasProduced = false

    init(
        configuration: HTTPSession.Configuration, body: HTTPClientRequest.Body,
        onHead: @escaping (HTTPClientResponse.Head) throws -> Void,
        onBody: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        maximumHeaderBytes = configuration.maximumHeaderBytes
        maximumResponseBytes = configuration.maximumResponseBytes
        if case .stream(let lengthBytes, let next) = body {
            producer = next
            remainingBytes = lengthBytes
        } else {
            producer = nil
        }
        self.onHead = onHead
        self.onBody = onBody
    }

    /// One line of a header, its line break included; false stops the transfer. A response may be preceded by
    /// interim ones (1xx), and followed by trailers, which are counted and dropped.
    func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= maximumHeaderBytes else {
            stop = (.tooLarge, "the response's header is larger than \(maximumHeaderBytes) bytes", nil)
            return false
        }
        guard head == nil else { return true }
        if line.starts(with: "HTTP/".utf8) {
            let digits = line.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3)
            pending = .init(
                status: Int(String(decoding: digits, as: UTF8.self)) ?? 0, headers: .init())
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            pending.headers.fields.append((Self.text(line[..<colon]), Self.text(line[(colon + 1)...])))
        } else if pending.status >= 200, line.allSatisfy({ $0 == 13 || $0 == 10 }) {
            let complete = pending
            head = complete
            return run { try onHead(complete) }
        }
        return true
    }

    /// False stops the transfer.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (total, overflows) = bodyBytes.addingReportingOverflow(UInt64(bytes.count))
        guard !overflows, total <= maximumResponseBytes else {
            stop = (.tooLarge, "the response is larger than \(maximumResponseBytes) bytes", nil)
            return false
        }
        bodyBytes = total
        return run { try onBody(bytes) }
    }

    /// The number of bytes written, 0 at the end; nil stops the transfer. Bytes beyond the announced length are not
    /// sent: libcurl would send them, and would wait for ever for missing ones.
    func produce(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard let producer, remainingBytes != 0 else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), remainingBytes ?? .max))
        if position == piece.count {
            hasProduced = true
            position = 0
            piece = []
            guard run({ piece = try producer(wanted) }) else { return nil }
            if piece.isEmpty, let remainingBytes {
                stop = (.aborted, "the request's body is \(remainingBytes) bytes shorter than announced", nil)
                return nil
            }
        }
        let count = min(wanted, piece.count - position)
        buffer.copyBytes(from: piece[position..<position + count])
        position += count
        remainingBytes = remainingBytes.map { $0 - UInt64(count) }
        return count
    }

    /// Whether the body can be sent again from its beginning.
    var isAtStart: Bool { !hasProduced }

    private func run(_ closure: () throws -> Void) -> Bool {
        do {
            try closure()
            return true
        } catch {
            stop = (.aborted, "stopped by the caller: \(error)", error)
            return false
        }
    }

    /// Removes surrounding white space. Bytes that are not UTF-8 become U+FFFD.
    private static func text(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 || byte == 10 }
        var bytes = bytes[...].drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
