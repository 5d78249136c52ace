/// Finds, origin by origin, the first transaction that two replicas hold different ones of under one name, by
/// asking the other side for its chain at several places between the last that is known to be equal and the first
/// that is known to differ.
///
/// A pure value: `note` takes up facts as they come in, `probes` says what to ask next, and `branchStarts` is what
/// was found.
public struct BranchSearch: Sendable {
    /// Names asked for in one message.
    public static let maximumProbes = 256
    private static let maximumProbesPerOrigin = 32

    private struct Span {
        /// The highest sequence up to which both chains are one.
        var equal: UInt64 = 0
        /// The lowest sequence at which they are known to differ, and how each stands there.
        var differs: UInt64
        var own: ChainHash
        var other: ChainHash
    }

    private var spans: [Origin: Span] = [:]

    public init() {}

    /// Whether some origin is known to have branched.
    public var isOpen: Bool { !spans.isEmpty }

    /// Takes up where a chain of the other side stands.
    /// - Parameter own: the chain hash that is held here under that name; nil when nothing is.
    public mutating func note(_ theirs: Vector.Entry, own: ChainHash?) {
        guard let own else { return }
        if own != theirs.chain {
            let known = spans[theirs.origin]
            if let known, known.differs <= theirs.sequence { return }
            // Chains that differ never meet again: an "equal" further on was a lie, and counts for nothing.
            let equal = known.map { $0.equal < theirs.sequence ? $0.equal : 0 } ?? 0
            spans[theirs.origin] = Span(
                equal: equal, differs: theirs.sequence, own: own, other: theirs.chain)
        } else if let known = spans[theirs.origin], theirs.sequence < known.differs {
            spans[theirs.origin]?.equal = max(known.equal, theirs.sequence)
        }
    }

    /// Places whose chains would narrow the search down; empty when every span is down to one step.
    public var probes: [TransactionName] {
        var found: [TransactionName] = []
        for (origin, span) in spans.sorted(by: { $0.key < $1.key }) {
            let between = span.differs - span.equal - 1
            let count = min(between, UInt64(Self.maximumProbesPerOrigin))
            guard found.count + Int(count) <= Self.maximumProbes else { break }
            for index in 0..<count {
                // Evenly over what lies between; whole numbers, each once, since count is at most their number.
                let (high, low) = between.multipliedFullWidth(by: index + 1)
                let step = (count + 1).dividingFullWidth((high, low)).quotient
                found.append(TransactionName(origin: origin, sequence: span.equal + max(step, index + 1)))
            }
        }
        return found
    }

    /// The transactions at which names start anew, of spans that are down to one step: both sides' own.
    public var branchStarts: [ChainHash] {
        spans.values.filter { $0.differs == $0.equal + 1 }.flatMap { [$0.own, $0.other] }.sorted()
    }
}
