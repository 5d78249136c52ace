/// Counts kills, and of them those that landed: the program was at work, and died of it.
struct KillTally {
    struct TooFew: Error, CustomStringConvertible {
        let description: String
    }

    private let work: String
    private(set) var attempts = 0
    private var landedByPhase: [String: Int] = [:]

    init(_ work: String) { self.work = work }

    var landed: Int { landedByPhase.values.reduce(0, +) }

    mutating func note(_ hasLanded: Bool, _ phase: String) {
        attempts += 1
        if hasLanded { landedByPhase[phase, default: 0] += 1 }
    }

    /// False once so many have landed. Moments that are never reached would otherwise keep a test for ever. Where the machine is busy
    /// with other tests, many come too late: then half are enough.
    mutating func wants(_ count: Int) throws -> Bool {
        if attempts <= 20 + 10 * count { return landed < count }
        guard 2 * landed >= count else {
            throw TooFew(description: "too few of the kills land: \(self)")
        }
        return false
    }

    /// One line for who reads the log of the tests.
    func report() { print("kills survived in \(work): \(self), seed \(Processes.seed)") }
}

extension KillTally: CustomStringConvertible {
    var description: String {
        let phases = landedByPhase.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "\(landed) of \(attempts) tried (\(phases.joined(separator: ", ")))"
    }
}
