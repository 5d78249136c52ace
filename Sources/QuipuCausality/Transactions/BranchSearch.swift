/// Finds, for each origin, the first transaction under whose name two replicas hold different ones. It requests the
/// peer's chain hashes at several places between the last that is known to be equal and the first that is known to
/// differ.
///
/// A pure value: `note` takes the peer's entries, `probes` returns what to request next, and `branchStarts` is the
/// result.
public struct BranchSearch: Sendable {
    /// Names requested in one message.
    public static let maximumProbes = 256
    private static let maximumProbesPerOrigin = 32

    private struct Span {
        /// The highest sequence at which both chains are known to be equal.
        var equal: UInt64 = 0
        /// The lowest sequence at which they are known to differ, and both chain hashes there.
        var differs: UInt64
        var own: ChainHash
        var other: ChainHash
    }

    private var spans: [Origin: Span] = [:]

    public init() {}

    /// Whether some origin is known to have branched.
    public var isOpen: Bool { !spans.isEmpty }

    /// Takes an entry of the peer.
    /// - Parameter own: the local chain hash under that name; nil if there is none.
    public mutating func note(_ theirs: Vector.Entry, own: ChainHash?) {
        guard let own else { return }
        if own != theirs.chain {
            let known = spans[theirs.origin]
            if let known, known.differs <= theirs.sequence { return }
            // Chains that differ never become equal again: an equal hash further on is false and ignored.
            let equal = known.map { $0.equal < theirs.sequence ? $0.equal : 0 } ?? 0
            spans[theirs.origin] = Span(
                equal: equal, differs: theirs.sequence, own: own, other: theirs.chain)
        } else if let known = spans[theirs.origin], theirs.sequence < known.differs {
            spans[theirs.origin]?.equal = max(known.equal, theirs.sequence)
        }
    }

    /// The names to request next; empty when every search is down to one step.
    public var probes: [TransactionName] {
        var found: [TransactionName] = []
        for (origin, span) in spans.sorted(by: { $0.key < $1.key }) {
            let between = span.differs - span.equal - 1
            let count = min(between, UInt64(Self.maximumProbesPerOrigin))
            guard found.count + Int(count) <= Self.maximumProbes else { break }
            for index in 0..<count {
                // Spread evenly over the range; distinct, since count is at most its size.
                let (high, low) = between.multipliedFullWidth(by: index + 1)
                let step = (count + 1).dividingFullWidth((high, low)).quotient
                found.append(TransactionName(origin: origin, sequence: span.equal + max(step, index + 1)))
            }
        }
        return found
    }

    /// The branch starts that were found, of both sides.
    public var branchStarts: [ChainHash] {
        spans.values.filter { $0.differs == $0.equal + 1 }.flatMap { [$0.own, $0.other] }.sorted()
    }
}
