/// How much work goes into compressing a message. Readers accept all levels.
public enum CompressionLevel: UInt64, Sendable, Equatable {
    /// For most links: text shrinks to two fifths.
    case standard = 0
    /// For links as fast as a copy in memory, where compression costs more than it saves.
    case fast = 1
    /// For slow links: a fifth smaller than `standard`, for four times the work.
    case high = 2

    /// Above this, zstd takes longer than it saves (345 MB/s, and three fifths saved).
    private static let fastBytesPerSecond = 150 << 20
    /// Up to this, the saved time is twice that of the work (78 MB/s, and a fifth saved).
    private static let highBytesPerSecond = 4 << 20

    /// - Parameter bytesPerSecond: the throughput of compressed messages on the link.
    public init(bytesPerSecond: Int) {
        self =
            bytesPerSecond >= Self.fastBytesPerSecond
            ? .fast : bytesPerSecond <= Self.highBytesPerSecond ? .high : .standard
    }

    /// Bytes between two checkpoints, before compression: the most that an interrupted message loses. Flushing the
    /// compressor for them costs a few thousandths. Nil for links that are not interrupted.
    package var checkpointBytes: Int? {
        switch self {
        case .standard: 64 << 10
        case .fast: nil
        // Less than a second at 64 kbit/s.
        case .high: 16 << 10
        }
    }

    /// On zstd's scale.
    var zstdLevel: Int {
        switch self {
        case .standard: 1
        // Its lowest: only immediate repetitions are compressed.
        case .fast: -(128 << 10)
        case .high: 6
        }
    }
}
