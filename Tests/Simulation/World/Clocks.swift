internal import QuipuStorage
internal import Support
internal import Synchronization

/// Time as it is, what each machine's clock makes of it, and the randomness of the step under way.
///
/// Randomness starts again with each step, from the seed and the step's number: a script that loses some of its steps
/// gives the others the same.
final class Clocks: Sendable {
    /// How a clock is wrong.
    enum Fault: Equatable {
        case off(byMilliseconds: Int64)
        case stuck(atMilliseconds: Int64)
    }

    private struct State {
        var trueMilliseconds: Int64
        var faults: [Int: Fault] = [:]
        /// Machines that a time server keeps right, or that their owners vouch for.
        var synchronized: Set<Int>
        /// How often each was started, and when it was last.
        var boots: [Int: (count: UInt8, atMilliseconds: Int64)] = [:]
        var random: SplitMix64
    }

    /// 2026-11-24T00:00:00Z.
    static let startMilliseconds: Int64 = 1_795_478_400_000
    static let dayMilliseconds: Int64 = 86_400_000

    private let seed: UInt64
    private let state: Mutex<State>

    init(seed: UInt64) {
        self.seed = seed
        // In half of the worlds the first machine has a time server.
        state = Mutex(
            State(
                trueMilliseconds: Self.startMilliseconds, synchronized: seed % 2 == 0 ? [0] : [],
                random: SplitMix64(seed: seed)))
    }

    func begin(step number: Int) {
        state.withLock {
            // Now and then two steps fall into one millisecond, so that stamps tie.
            if number % 3 != 0 { $0.trueMilliseconds += 1_000 }
            $0.random = SplitMix64(seed: seed &+ UInt64(bitPattern: Int64(number)) &* 0x9e37_79b9_7f4a_7c15)
        }
    }

    func advance(milliseconds: Int64) { state.withLock { $0.trueMilliseconds += milliseconds } }

    func set(_ fault: Fault?, machine: Int) { state.withLock { $0.faults[machine] = fault } }

    func synchronize(_ isSynchronized: Bool, machine: Int) {
        state.withLock {
            if isSynchronized { $0.synchronized.insert(machine) } else { $0.synchronized.remove(machine) }
        }
    }

    func isSynchronized(machine: Int) -> Bool { state.withLock { $0.synchronized.contains(machine) } }

    /// A synchronised clock is wrong: its owner vouches for it, and should not.
    var isWordFalse: Bool {
        state.withLock { state in state.synchronized.contains { state.faults[$0] != nil } }
    }

    /// Starts a machine: its boot clock counts from zero.
    func reboot(machine: Int) {
        state.withLock {
            $0.boots[machine] = (($0.boots[machine]?.count ?? 0) &+ 1, $0.trueMilliseconds)
        }
    }

    func boot(ofMachine machine: Int) -> BootClock {
        state.withLock { state in
            let boot = state.boots[machine] ?? (0, Self.startMilliseconds - 77_000_000 * Int64(machine + 1))
            return BootClock(
                id: [UInt8(machine), boot.count], milliseconds: state.trueMilliseconds - boot.atMilliseconds)
        }
    }

    func reading(ofMachine machine: Int) -> Int64 {
        state.withLock { state in
            switch state.faults[machine] {
            case .off(let milliseconds): state.trueMilliseconds + milliseconds
            case .stuck(let milliseconds): milliseconds
            case nil: state.trueMilliseconds
            }
        }
    }

    var trueMilliseconds: Int64 { state.withLock { $0.trueMilliseconds } }

    func environment(ofMachine machine: Int) -> Environment {
        Environment(
            nowMilliseconds: { self.reading(ofMachine: machine) },
            boot: { self.boot(ofMachine: machine) },
            isClockSynchronized: { self.isSynchronized(machine: machine) },
            randomBytes: { count in
                self.state.withLock { state in
                    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &state.random) }
                }
            })
    }
}
