import QuipuCausality
import Testing

@testable import NaiveModel

struct BranchesTests {
    static func chain(_ number: Int) -> ChainHash { ChainHash(of: number) }

    /// Where a walk back along the chain ends, and how long it was.
    static func naiveName(of chain: ChainHash, in log: [Branches.Link], starts: Set<ChainHash>)
        -> TransactionName?
    {
        guard let link = log.first(where: { $0.chain == chain }) else { return nil }
        if starts.contains(chain) { return TransactionName(origin: Origin(branchStart: chain), sequence: 1) }
        guard let previous = link.previous else { return TransactionName(origin: link.origin, sequence: 1) }
        guard let before = naiveName(of: previous, in: log, starts: starts) else { return nil }
        return TransactionName(origin: before.origin, sequence: before.sequence + 1)
    }

    /// Chains of a few origins that copies and roll-backs split.
    static func randomLog(using random: inout SeededGenerator) -> [Branches.Link] {
        var log: [Branches.Link] = []
        for number in 0..<30 {
            if log.isEmpty || random.chance(1, in: 8) {
                log.append(
                    .init(chain: chain(number), previous: nil, origin: Origin(rawValue: UInt128(number % 2))))
            } else {
                // Mostly at an end, now and then further back.
                let last = Array(log.suffix(random.chance(1, in: 4) ? 8 : 1))
                let before = random.pick(last)
                log.append(.init(chain: chain(number), previous: before.chain, origin: before.origin))
            }
        }
        return log
    }

    /// Both transactions at each first difference, as replicas that meet find them.
    static func branchStarts(of log: [Branches.Link]) -> Set<ChainHash> {
        var starts: Set<ChainHash> = []
        while true {
            let names = Branches.names(of: log, starts: starts)
            let claims = Dictionary(grouping: log.map(\.chain)) { names[$0]! }
            guard
                let first = claims.filter({ $0.value.count > 1 }).min(by: {
                    $0.key.sequence < $1.key.sequence
                })
            else { return starts }
            starts.formUnion(first.value)
        }
    }

    @Test(arguments: Seeds.upTo(60))
    func `transaction names match a walk back to the nearest branch start`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let log = Self.randomLog(using: &random)
        for _ in 0..<5 {
            let starts = Set(log.map(\.chain).filter { _ in random.chance(1, in: 5) } + [Self.chain(999)])
            let names = Branches.names(of: log, starts: starts)
            #expect(names.count == log.count)
            for link in log {
                #expect(names[link.chain] == Self.naiveName(of: link.chain, in: log, starts: starts))
            }
        }
    }

    @Test(arguments: Seeds.upTo(60))
    func `no name is claimed twice when both sides of every difference are branch starts`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let log = Self.randomLog(using: &random)
        let starts = Self.branchStarts(of: log)
        let names = Branches.names(of: log, starts: starts)
        #expect(Set(names.values).count == log.count)
        // …and each origin's sequences have no gaps.
        for (_, claimed) in Dictionary(grouping: names.values, by: \.origin) {
            #expect(claimed.map(\.sequence).sorted() == (1...UInt64(claimed.count)).map { $0 })
        }
    }

    @Test(arguments: Seeds.upTo(30))
    func `transaction names do not depend on the order of the log`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let log = Self.randomLog(using: &random)
        let starts = Self.branchStarts(of: log)
        var rest = log
        var order: [Branches.Link] = []
        while !rest.isEmpty {
            let placed = Set(order.map(\.chain))
            let ready = rest.indices.filter { rest[$0].previous.map { placed.contains($0) } ?? true }
            order.append(rest.remove(at: random.pick(ready)))
        }
        #expect(Branches.names(of: order, starts: starts) == Branches.names(of: log, starts: starts))
    }

    @Test
    func `a copied replica's edits get their own names, and earlier edits keep theirs`() {
        let origin = Origin(rawValue: 7)
        let log = [
            Branches.Link(chain: Self.chain(1), previous: nil, origin: origin),
            Branches.Link(chain: Self.chain(2), previous: Self.chain(1), origin: origin),
            Branches.Link(chain: Self.chain(3), previous: Self.chain(2), origin: origin),
            Branches.Link(chain: Self.chain(4), previous: Self.chain(2), origin: origin),
            Branches.Link(chain: Self.chain(5), previous: Self.chain(4), origin: origin),
        ]
        let names = Branches.names(of: log, starts: [Self.chain(3), Self.chain(4)])
        #expect(names[Self.chain(2)] == TransactionName(origin: origin, sequence: 2))
        #expect(
            names[Self.chain(3)] == TransactionName(origin: Origin(branchStart: Self.chain(3)), sequence: 1))
        #expect(
            names[Self.chain(5)] == TransactionName(origin: Origin(branchStart: Self.chain(4)), sequence: 2))
    }

    @Test
    func `a transaction that follows a missing one has no name`() {
        let log = [
            Branches.Link(chain: Self.chain(2), previous: Self.chain(1), origin: Origin(rawValue: 7)),
            Branches.Link(chain: Self.chain(3), previous: Self.chain(2), origin: Origin(rawValue: 7)),
        ]
        #expect(Branches.names(of: log, starts: []).isEmpty)
    }
}

extension ChainHash {
    /// A hash that nothing else has.
    fileprivate init(of number: Int) {
        let hash = ValueHash("\(number)")
        self.init(high: hash.high, low: hash.low)
    }
}
