internal import QuipuHTTPClient

/// An estimate of a link's throughput: the bytes of one exchange over its duration, less the server's processing
/// time, which the server states (`Server-Timing`, W3C). Any other delay makes the estimate lower, never higher.
enum ThroughputEstimate {
    /// For fewer bytes the round trip dominates.
    private static let leastBytes: UInt64 = 256 << 10

    /// - Returns: bytes a second in both directions together; nil if there were too few to measure.
    static func bytesPerSecond(of response: HTTPClientResponse) -> Int? {
        let bytes = response.bytesSent + response.bytesReceived
        guard bytes >= leastBytes else { return nil }
        let worked = milliseconds(inServerTiming: response.headers["Server-Timing"] ?? "") ?? 0
        return Int(clamping: bytes * 1_000) / max(1, response.milliseconds - worked)
    }

    /// The whole milliseconds of `sync;dur=12.5`; nil for any other field.
    static func milliseconds(inServerTiming field: String) -> Int? {
        let start = "sync;dur="
        guard field.hasPrefix(start) else { return nil }
        return Int(field.dropFirst(start.count).prefix { $0.isNumber }).map { max(0, $0) }
    }
}
