internal import Synchronization

/// The size of a response, for the request's observer.
struct SentResponse {
    let status: Int
    private var lengthBytes: UInt64 = 0
    private var meter: StreamMeter?

    /// Counts the bytes of a stream; the sizes of other bodies are known.
    init(_ response: inout HTTPResponse, isHead: Bool) {
        status = response.status
        switch response.body {
        case .none: break
        case .bytes(let bytes): if !isHead { lengthBytes = UInt64(bytes.count) }
        case .file(_, let range): if !isHead { lengthBytes = UInt64(range.count) }
        // A few lines an hour: not counted.
        case .push: break
        case .stream(let length, let next):
            let meter = StreamMeter()
            response.body = .stream(lengthBytes: length) { maximumBytes in
                let piece = try next(maximumBytes)
                meter.sentBytes.add(UInt64(piece.count), ordering: .relaxed)
                return piece
            }
            self.meter = meter
        }
    }

    func sentBytes(isComplete: Bool) -> UInt64 {
        if let meter { return meter.sentBytes.load(ordering: .relaxed) }
        return isComplete ? lengthBytes : 0
    }
}

private final class StreamMeter: Sendable {
    let sentBytes = Atomic<UInt64>(0)
}
