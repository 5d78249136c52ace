/// A reading of a replica's clock, and whether it is reliable.
public struct ClockReading: Hashable, Sendable {
    /// Unix milliseconds, corrected by the clock's known offset.
    public var milliseconds: Int64
    /// Whether the kernel synchronizes the clock with a time server, or its owner vouches for it.
    public var isSynchronized: Bool

    public init(milliseconds: Int64, isSynchronized: Bool) {
        self.milliseconds = milliseconds
        self.isSynchronized = isSynchronized
    }
}
