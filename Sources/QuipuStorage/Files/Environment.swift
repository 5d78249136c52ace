internal import CQuipuLinux
internal import Glibc
internal import QuipuThreads

/// Clocks and randomness, which the store takes from the system and tests replace.
public struct Environment: Sendable {
    /// Unix time in milliseconds, as this machine believes it to be.
    public var nowMilliseconds: @Sendable () -> Int64
    /// The boot clock, which cannot be set: how long the machine has been running. Nil if the system does not tell.
    public var boot: @Sendable () -> BootClock?
    /// Whether the system synchronises the clock with a time server.
    public var isClockSynchronized: @Sendable () -> Bool
    /// As many unpredictable bytes as asked for.
    public var randomBytes: @Sendable (_ count: Int) -> [UInt8]
    /// The seed of the key that this replica is to write under; nil for the one that it has. For a program that clones
    /// an archive for each run, and should be one author. No two may write under it at a time.
    public var replicaSeed: [UInt8]?

    /// - Parameters:
    ///   - boot: by default the system does not tell.
    ///   - isClockSynchronized: by default the clock is not declared right.
    public init(
        nowMilliseconds: @escaping @Sendable () -> Int64,
        boot: @escaping @Sendable () -> BootClock? = { nil },
        isClockSynchronized: @escaping @Sendable () -> Bool = { false },
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.boot = boot
        self.isClockSynchronized = isClockSynchronized
        self.randomBytes = randomBytes
    }

    public static let system = Environment(
        nowMilliseconds: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        },
        boot: {
            Environment.bootID.map {
                BootClock(id: $0, milliseconds: MonotonicClock.millisecondsSinceBoot())
            }
        },
        isClockSynchronized: { quipu_clock_is_synchronized() },
        randomBytes: { count in
            // Eight bytes a call of the kernel.
            var generator = SystemRandomNumberGenerator()
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 8)
            while bytes.count < count {
                withUnsafeBytes(of: generator.next() as UInt64) { bytes.append(contentsOf: $0) }
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        })

    /// The same environment, with the clock declared right.
    public var withTrustedClock: Environment {
        var trusting = self
        trusting.isClockSynchronized = { true }
        return trusting
    }

    /// Counts on whatever happens to the real-time clock, where the system has a clock that does.
    public var runningMilliseconds: @Sendable () -> Int64 {
        { [nowMilliseconds, boot] in boot()?.milliseconds ?? nowMilliseconds() }
    }

    /// Drawn by the kernel when it starts: 36 letters, digits and hyphens.
    private static let bootID: [UInt8]? = {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 36)
        return read(descriptor, &bytes, bytes.count) == bytes.count ? bytes : nil
    }()
}

/// A reading of the clock that counts from a machine's start, sleep included, and that nobody sets. Two readings of one
/// boot tell how much time lay between, whatever happened to the real-time clock meanwhile.
public struct BootClock: Hashable, Sendable {
    /// Which start of which machine.
    public var id: [UInt8]
    public var milliseconds: Int64

    public init(id: [UInt8], milliseconds: Int64) {
        self.id = id
        self.milliseconds = milliseconds
    }
}
