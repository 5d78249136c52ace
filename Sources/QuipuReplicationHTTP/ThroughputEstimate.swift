internal import QuipuHTTPClient

/// How fast a link is, from what one exchange over it took less the server's own work on it, which the server tells
/// (`Server-Timing`, W3C). Whatever else took time makes the link seem slower, never faster.
enum ThroughputEstimate {
    /// Of fewer bytes the way there and back is most of the time.
    private static let leastBytes: UInt64 = 256 << 10

    /// - Returns: bytes a second both ways; nil where they were too few to tell.
    static func bytesPerSecond(of response: HTTPClientResponse) -> Int? {
        let bytes = response.bytesSent + response.bytesReceived
        guard bytes >= leastBytes else { return nil }
        let worked = milliseconds(inServerTiming: response.headers["Server-Timing"] ?? "") ?? 0
        return Int(clamping: bytes * 1_000) / max(1, response.milliseconds - worked)
    }

    /// The whole milliseconds of `sync;dur=12.5`; nil for what is no such field.
    static func milliseconds(inServerTiming field: String) -> Int? {
        let start = "sync;dur="
        guard field.hasPrefix(start) else { return nil }
        return Int(field.dropFirst(start.count).prefix { $0.isNumber }).map { max(0, $0) }
    }
}
