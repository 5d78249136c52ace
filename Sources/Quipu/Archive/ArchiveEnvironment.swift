internal import QuipuCausality
package import QuipuStorage

/// What an archive needs from the world, and tests replace: clocks and randomness.
package struct ArchiveEnvironment: Sendable {
    package private(set) var stored: QuipuStorage.Environment

    package init(_ stored: QuipuStorage.Environment) { self.stored = stored }

    package static let system = ArchiveEnvironment(.system)

    /// Unix time in milliseconds, as this machine believes it to be.
    package var nowMilliseconds: Int64 { stored.nowMilliseconds() }

    /// Whether the system keeps the clock in step with a time server.
    package var isClockSynchronized: Bool { stored.isClockSynchronized() }

    /// The same world, whose owner says that the clock is right.
    package var withTrustedClock: ArchiveEnvironment { ArchiveEnvironment(stored.withTrustedClock) }

    /// The same world, in which a replica writes under a key of its own: for a program that clones an archive each time
    /// it runs, and is one author all the same.
    ///
    /// - Parameter key: 64 hexadecimal digits.
    /// - Returns: nil where it is no key.
    package func writing(under key: String) -> ArchiveEnvironment? {
        guard let seed = Hexadecimal.bytes(key), seed.count == SigningKey.seedSize else { return nil }
        var world = self
        world.stored.replicaSeed = seed
        return world
    }
}
