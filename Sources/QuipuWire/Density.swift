/// How much work goes into making a message small. Any reader reads all of them.
public enum Density: UInt64, Sendable, Equatable {
    /// For most links: text takes two fifths of its room.
    case usual = 0
    /// For what is as fast as a copy in memory: there all of the work costs more than it saves.
    case loose = 1
    /// For slow links: a fifth less than usual, for four times the work.
    case dense = 2

    /// From here on zstd takes longer than what it saves (345 MB/s, and three fifths saved).
    private static let looseBytesPerSecond = 150 << 20
    /// Until here what is saved takes twice as long as the work (78 MB/s, and a fifth saved).
    private static let denseBytesPerSecond = 4 << 20

    /// - Parameter bytesPerSecond: of compressed messages on the link.
    public init(bytesPerSecond: Int) {
        self =
            bytesPerSecond >= Self.looseBytesPerSecond
            ? .loose : bytesPerSecond <= Self.denseBytesPerSecond ? .dense : .usual
    }

    /// Bytes, before compression, between two checkpoints: what is lost of a message that is cut. The pauses of the
    /// compression that they need cost a few thousandths of it. Nil where nothing is cut.
    package var checkpointBytes: Int? {
        switch self {
        case .usual: 64 << 10
        case .loose: nil
        // At 64 kbit/s less than a second.
        case .dense: 16 << 10
        }
    }

    /// In zstd's scale.
    var level: Int {
        switch self {
        case .usual: 1
        // Its lowest: what does not repeat at once stands as it is.
        case .loose: -(128 << 10)
        case .dense: 6
        }
    }
}
