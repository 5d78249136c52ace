/// How long and how much a process may read on somebody's behalf. Each limit holds for one item after the other: who
/// makes progress may go on.
package struct ReaderLimits: Sendable {
    /// Of wall-clock time without a word from the process.
    package var silenceMilliseconds = 120_000
    /// Of processor time between two items.
    package var processorSeconds = 90
    /// Of memory beyond what the program has mapped when it begins.
    package var memoryBytes: UInt64 = 1_536 << 20

    package init() {
        guard let seconds = RehearsalReader.seconds else { return }
        silenceMilliseconds = seconds * 4_000
        processorSeconds = seconds
        memoryBytes = 512 << 20
    }

    /// One message between the two processes: the largest item, and what names it.
    static let maximumFrameBytes = 4 * SourceLimits.maximumFileBytes
    static let maximumTextBytes = 64 << 10
    static let maximumCollections = 1_000
    static let maximumDepth = 100
    /// How often a process that waits for its source says so.
    static let heartbeatMilliseconds: Int32 = 2_000
    static let startMilliseconds = 60_000
    static let maximumDescriptors: UInt64 = 64
}
