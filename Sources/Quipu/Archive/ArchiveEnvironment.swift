internal import QuipuCausality
package import QuipuStorage

/// What an archive needs from its environment, and tests replace: clocks and randomness.
package struct ArchiveEnvironment: Sendable {
    package private(set) var stored: QuipuStorage.Environment

    package init(_ stored: QuipuStorage.Environment) { self.stored = stored }

    package static let system = ArchiveEnvironment(.system)

    /// Unix time in milliseconds, as this machine believes it to be.
    package var nowMilliseconds: Int64 { stored.nowMilliseconds() }

    /// Whether the system synchronises the clock with a time server.
    package var isClockSynchronized: Bool { stored.isClockSynchronized() }

    /// The same environment, with the clock declared right.
    package var withTrustedClock: ArchiveEnvironment { ArchiveEnvironment(stored.withTrustedClock) }

    /// The same environment, with a given key for the replica: for a program that clones an archive each time
    /// it runs and should be one author.
    ///
    /// - Parameter key: 64 hexadecimal digits.
    /// - Returns: nil if it is not a key.
    package func writing(under key: String) -> ArchiveEnvironment? {
        guard let seed = Hexadecimal.bytes(key), seed.count == SigningKey.seedSize else { return nil }
        var world = self
        world.stored.replicaSeed = seed
        return world
    }
}
