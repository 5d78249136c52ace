/// Collects a body of bounded size, then answers it.
public final class BufferedRequestHandler: HTTPRequestHandler {
    private let limitBytes: Int
    private let answer: ([UInt8]) -> HTTPResponse
    private var body: [UInt8] = []

    /// - Parameters:
    ///   - limitBytes: a larger body is answered 413.
    ///   - expectedBytes: how much to make room for at first (of a `Content-Length`); a hint, never trusted
    ///     beyond the limit or one mebibyte.
    public init(limitBytes: Int, expectedBytes: Int = 0, answer: @escaping ([UInt8]) -> HTTPResponse) {
        self.limitBytes = limitBytes
        self.answer = answer
        body.reserveCapacity(max(0, min(expectedBytes, limitBytes, 1 << 20)))
    }

    public func receive(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count <= limitBytes - body.count else {
            body = []
            throw HTTPRequestError.bodyTooLarge(limitBytes: UInt64(max(0, limitBytes)))
        }
        body.append(contentsOf: bytes)
    }

    public func finish() -> HTTPResponse { answer(body) }
}
