import QuipuStorage
import Support
import Synchronization

/// The three machines: each with a clock that stands still, and with randomness that repeats from run to run but not
/// within one: a replica that is put back does not draw the same again.
struct Seats: Sendable {
    let clockOffsetsMilliseconds: [Int64]
    let synchronizedSeats: Set<Int>

    static let authors = ["ana", "ben", "caro"]

    /// Clocks so far apart that an exchange writes notes about it.
    var hasWrongClocks: Bool { clockOffsetsMilliseconds.contains { abs($0) > 24 * 3_600 * 1_000 } }

    /// - Parameter draw: which of its draws of randomness this is; no two occasions share one.
    func environment(of seat: Int, draw: Int) -> Environment {
        let now = FakeWorld.startMilliseconds + clockOffsetsMilliseconds[seat]
        let randomness = Randomness(seed: UInt64(seat) << 32 | UInt64(UInt32(bitPattern: Int32(draw))))
        let isSynchronized = synchronizedSeats.contains(seat)
        return Environment(
            nowMilliseconds: { now },
            boot: { BootClock(id: [UInt8(seat)], milliseconds: 1_000_000 * Int64(seat + 1)) },
            isClockSynchronized: { isSynchronized }, randomBytes: { randomness.bytes($0) })
    }
}

private final class Randomness: Sendable {
    private let generator: Mutex<SplitMix64>

    init(seed: UInt64) { generator = Mutex(SplitMix64(seed: seed)) }

    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    }
}
