import Foundation
import Testing

/// The whole program in processes of its own: what people see of it, and what crashes, cuts and full disks do
/// to it. Run them alone with `swift test --filter Processes`.
@Suite enum Processes {
    /// Chooses the moments, faults and edits of the tests that leave them to chance: `QUIPU_SEED`, else 1.
    static let seed = UInt64(number("QUIPU_SEED") ?? 1)

    /// What the environment says of how much to do.
    static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }
}
