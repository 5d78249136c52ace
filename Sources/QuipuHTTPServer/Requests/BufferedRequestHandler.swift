/// Collects a body of bounded size, then returns a response.
public final class BufferedRequestHandler: HTTPRequestHandler {
    private let limitBytes: Int
    private let answer: ([UInt8]) -> HTTPResponse
    private var body: [UInt8] = []

    /// - Parameters:
    ///   - limitBytes: a larger body is answered with 413.
    ///   - expectedBytes: the size to reserve at first (of `Content-Length`); a hint, used only up to the limit and
    ///     one mebibyte.
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
