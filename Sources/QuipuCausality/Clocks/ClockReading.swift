/// What a replica's clock reads at one moment, and whether it can be relied on.
public struct ClockReading: Hashable, Sendable {
    /// Unix milliseconds, less what the clock was found to be off by.
    public var milliseconds: Int64
    /// The kernel keeps the clock in step with a time server, or its owner vouches for it.
    public var isSynchronized: Bool

    public init(milliseconds: Int64, isSynchronized: Bool) {
        self.milliseconds = milliseconds
        self.isSynchronized = isSynchronized
    }
}
