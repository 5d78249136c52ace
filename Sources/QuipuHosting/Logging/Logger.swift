/// Logs what a server does, one line for each event. Shaped like swift-log: a level, a constant message, and
/// metadata.
package struct Logger: Sendable {
    package enum Level: String, Sendable {
        case info
        case warning
        case error
    }

    package enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int64)
        /// A duration, written in milliseconds with three decimals.
        case nanoseconds(UInt64)
    }

    /// In the order in which it is written.
    package typealias Metadata = [(name: String, value: Value)]

    private let sink: LogSink
    private let format: LogFormat
    private let nowMilliseconds: @Sendable () -> Int64

    /// - Parameters:
    ///   - descriptor: the descriptor to write to; closed at the end if `ownsDescriptor`.
    ///   - nowMilliseconds: Unix time.
    /// - Returns: nil if the system cannot start a thread.
    package init?(
        descriptor: Int32, ownsDescriptor: Bool = false, format: LogFormat,
        nowMilliseconds: @escaping @Sendable () -> Int64
    ) {
        let sink = LogSink(descriptor: descriptor, ownsDescriptor: ownsDescriptor) { count in
            var line: [UInt8] = []
            format.append(
                .warning, "lines of this log were dropped", [("count", .integer(Int64(clamping: count)))],
                milliseconds: nowMilliseconds(), to: &line)
            return line
        }
        guard let sink else { return nil }
        self.sink = sink
        self.format = format
        self.nowMilliseconds = nowMilliseconds
    }

    /// Returns at once: lines that the reader is too slow for are dropped and counted.
    package func log(_ level: Level, _ message: String, _ metadata: Metadata = []) {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        format.append(
            level, message, metadata, milliseconds: nowMilliseconds(), to: &line)
        sink.append(line, isUrgent: level != .info)
    }

    /// Writes the waiting lines, for at most that time. Nothing may be logged afterwards.
    package func finish(timeoutMilliseconds: UInt64 = 1_000) {
        sink.finish(timeoutMilliseconds: timeoutMilliseconds)
    }

    /// The number of dropped lines.
    package var droppedCount: UInt64 { sink.droppedCount }
}
