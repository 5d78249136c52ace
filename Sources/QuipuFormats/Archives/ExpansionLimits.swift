/// Bounds on what compressed bytes may become. Deflate makes at most 1,032 bytes of one; prose and markup rarely more
/// than twenty.
enum ExpansionLimits {
    static let maximumRatio = 200
    /// What may be made of however little: a few kilobytes of zeros are no attack.
    static let freeBytes = 16 << 20
    /// One entry or body that is held in memory.
    static let maximumHeldBytes = SourceLimits.maximumFileBytes
    /// All that is held of one archive.
    static let maximumTotalBytes = 128 << 20
    static let maximumEntries = 100_000
    static let maximumNameBytes = 4_096

    static func allow(_ made: Int, of read: Int) -> Bool {
        made <= freeBytes || made / maximumRatio <= read
    }

    static let bomb = "it expands to more than \(maximumRatio) times its size"
}
