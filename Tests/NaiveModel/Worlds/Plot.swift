/// Which small histories are told: how they begin, what may happen then, and for how many steps.
public struct Plot: Sendable {
    /// A sort of step, at any replica or between any two.
    public enum Verb: Sendable, CaseIterable {
        case set, setTwo, tag, untag, annotate, importing, delete, restore, purge, resolve, mergeByHand,
            merge,
            compact, undo
        case importingOther, setOther, join, joinBack, part
        case copy, putBack, putBackArchive, exchange, pull, cut
    }

    public let name: String
    public let beginning: [Step]
    public let verbs: [Verb]
    public let depth: Int
    /// Fewer states than this would mean that the search leaves out what it should not.
    public let leastStates: Int
    /// How far each machine's clock is off.
    public let clockOffsetsMilliseconds: [Int64]
    /// Those whose clocks a time server keeps right.
    public let synchronizedSeats: Set<Int>
    /// Replicas remember what they last agreed upon, as a sync by name does.
    public let remembersAgreements: Bool

    public init(
        _ name: String, beginning: [Step], verbs: [Verb], depth: Int, leastStates: Int,
        clockOffsetsMilliseconds: [Int64] = [0, 0, 0], synchronizedSeats: Set<Int> = [],
        remembersAgreements: Bool = false
    ) {
        self.name = name
        self.beginning = beginning
        self.verbs = verbs
        self.depth = depth
        self.leastStates = leastStates
        self.clockOffsetsMilliseconds = clockOffsetsMilliseconds
        self.synchronizedSeats = synchronizedSeats
        self.remembersAgreements = remembersAgreements
    }

    public static let replicas = 0..<3

    /// All that may come next, in a fixed order.
    public var steps: [Step] { verbs.flatMap(Self.steps) }

    private static func steps(of verb: Verb) -> [Step] {
        switch verb {
        case .set: replicas.map { .set($0) }
        case .setTwo: replicas.map { .setTwo($0) }
        case .tag: replicas.map { .tag($0) }
        case .untag: replicas.map { .untag($0) }
        case .annotate: replicas.map { .annotate($0) }
        case .importing: replicas.flatMap { at in ["V", "W"].map { .importing(at, edition: $0) } }
        case .delete: replicas.map { .delete($0) }
        case .restore: replicas.map { .restore($0) }
        case .purge: replicas.map { .purge($0) }
        case .resolve: replicas.flatMap { at in [0, 1].map { .resolve(at, choice: $0) } }
        case .mergeByHand: replicas.map { .mergeByHand($0) }
        case .merge: replicas.map { .merge($0) }
        case .undo: replicas.map { .undo($0) }
        case .importingOther: replicas.map { .importingOther($0, edition: "Y") }
        case .setOther: replicas.map { .setOther($0) }
        case .join: replicas.map { .join($0) }
        case .joinBack: replicas.map { .joinBack($0) }
        case .part: replicas.map { .part($0) }
        case .compact: replicas.map { .compact($0) }
        case .copy: pairs.map { .copy($0, to: $1) }
        case .putBack: replicas.map { .putBack($0) }
        case .putBackArchive: replicas.map { .putBackArchive($0) }
        case .exchange: pairs.filter { $0 < $1 }.map { .exchange($0, with: $1) }
        case .pull: pairs.map { .pull($0, from: $1) }
        case .cut: pairs.map { .cut($0, with: $1) }
        }
    }

    private static var pairs: [(Int, Int)] {
        replicas.flatMap { one in replicas.filter { $0 != one }.map { (one, $0) } }
    }

    /// Replicas that have not written yet and whose clocks agree are alike: the next one to write is the next in
    /// order. What another order would tell is told under other names.
    public func permits(_ step: Step, after path: [Step]) -> Bool {
        guard Set(clockOffsetsMilliseconds).count == 1, let writer = step.writer else { return true }
        return writer <= Set(path.compactMap(\.writer)).count
    }
}
