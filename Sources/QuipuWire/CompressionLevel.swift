/// How much work goes into making a message small. Any reader reads all of them.
public enum CompressionLevel: UInt64, Sendable, Equatable {
    /// For most links: text takes two fifths of its room.
    case standard = 0
    /// For what is as fast as a copy in memory: there all of the work costs more than it saves.
    case fast = 1
    /// For slow links: a fifth less than usual, for four times the work.
    case high = 2

    /// From here on zstd takes longer than what it saves (345 MB/s, and three fifths saved).
    private static let fastBytesPerSecond = 150 << 20
    /// Until here what is saved takes twice as long as the work (78 MB/s, and a fifth saved).
    private static let highBytesPerSecond = 4 << 20

    /// - Parameter bytesPerSecond: of compressed messages on the link.
    public init(bytesPerSecond: Int) {
        self =
            bytesPerSecond >= Self.fastBytesPerSecond
            ? .fast : bytesPerSecond <= Self.highBytesPerSecond ? .high : .standard
    }

    /// Bytes, before compression, between two checkpoints: what is lost of a message that is cut. The pauses of the
    /// compression that they need cost a few thousandths of it. Nil where nothing is cut.
    package var checkpointBytes: Int? {
        switch self {
        case .standard: 64 << 10
        case .fast: nil
        // At 64 kbit/s less than a second.
        case .high: 16 << 10
        }
    }

    /// In zstd's scale.
    var zstdLevel: Int {
        switch self {
        case .standard: 1
        // Its lowest: what does not repeat at once stands as it is.
        case .fast: -(128 << 10)
        case .high: 6
        }
    }
}
