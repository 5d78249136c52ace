public import QuipuStorage
internal import Synchronization

/// A clock that stands still until it is moved, and randomness that repeats: a test sees the same every time.
public final class FakeWorld: Sendable {
    private struct State {
        var nowMilliseconds: Int64
        var random: SplitMix64
    }

    /// 2026-01-01T00:00:00Z.
    public static let startMilliseconds: Int64 = 1_767_225_600_000

    private let state: Mutex<State>

    public init(seed: UInt64 = 1) {
        state = Mutex(State(nowMilliseconds: Self.startMilliseconds, random: SplitMix64(seed: seed)))
    }

    public func advance(milliseconds: Int64) {
        state.withLock { $0.nowMilliseconds += milliseconds }
    }

    /// - Parameters:
    ///   - offsetMilliseconds: how far this machine's clock is off.
    ///   - boot: which start of which machine this is.
    public func environment(
        offsetMilliseconds: Int64 = 0, boot: UInt8 = 0, isSynchronized: Bool = false
    ) -> Environment {
        Environment(
            nowMilliseconds: { self.state.withLock { $0.nowMilliseconds + offsetMilliseconds } },
            boot: {
                // Each start counts from a moment of its own.
                let started = Self.startMilliseconds - 77_000_000 * Int64(boot)
                return BootClock(
                    id: [boot], milliseconds: self.state.withLock { $0.nowMilliseconds - started })
            },
            isClockSynchronized: { isSynchronized },
            randomBytes: { count in
                self.state.withLock { state in
                    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &state.random) }
                }
            })
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
