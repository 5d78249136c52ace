import QuipuCausality
import QuipuStorage
import Support
import Testing

@testable import QuipuReplication
@testable import QuipuWire

/// Archives to which very many replicas have written: what differs is found by ranges, and every header stays small.
@Suite struct ManyOriginsTests {
    private func transaction(_ origin: UInt128, _ sequence: UInt64 = 1) -> Transaction {
        OriginScene.transaction(origin, sequence)
    }

    private func write(_ origins: Range<UInt128>, to store: Store) throws {
        #expect(try store.apply(origins.map { transaction($0) }).refused.isEmpty)
    }

    private func sync(_ group: Replicas, _ from: Int, _ to: Int, agreement: Agreement? = nil) throws -> (
        SyncReport, Agreement?, SmallLink
    ) {
        let link = SmallLink(try group.link(to: to))
        let (report, agreement) = try Synchronizer(group[from], over: link).run(agreement: agreement)
        return (report, agreement, link)
    }

    @Test(arguments: [(0, 3_000), (3_000, 0), (5, 2_000), (2_000, 5), (1_500, 1_500)])
    func `two replicas with many origins of their own end up equal`(first: Int, second: Int) throws {
        let group = try Replicas(2)
        try write(1..<UInt128(101), to: group[0])
        try write(1..<UInt128(101), to: group[1])
        if first > 0 { try write(1_000..<UInt128(1_000 + first), to: group[0]) }
        if second > 0 { try write(10_000..<UInt128(10_000 + second), to: group[1]) }
        let (report, _, link) = try sync(group, 0, 1)
        #expect(report.inSync)
        #expect(try group[0].log.vector() == group[1].log.vector())
        #expect(try group[0].log.vector().count == 100 + first + second)
        #expect(try group[0].digest == group[1].digest)
        #expect(link.largestHeader <= MessageHeader.maximumBytes)
    }

    @Test func `a copied folder is detected among many origins, and the two branches get their own names`()
        throws
    {
        let group = try Replicas(2)
        for store in group.stores { try write(1..<901, to: store) }
        #expect(try group[0].apply([transaction(7, 2), transaction(7, 3)]).refused.isEmpty)
        var other = transaction(7, 2)
        other.author = "ben"
        #expect(try group[1].apply([other]).refused.isEmpty)
        #expect(try sync(group, 0, 1).0.inSync)
        #expect(try group[0].log.branchStarts.count == 2)
        #expect(try group[0].log.branchStarts == group[1].log.branchStarts)
        #expect(try group[0].log.vector() == group[1].log.vector())
        #expect(try group[0].log.vector().count == 902)
    }

    @Test func `branch starts beyond one message are exchanged by ranges`() throws {
        let group = try Replicas(4)
        func starts(_ range: Range<UInt128>) -> [ChainHash] {
            range.map { number in
                var random = SplitMix64(seed: UInt64(number))
                return ChainHash(high: UInt128(random.next()) << 64 | number, low: 1)
            }
        }
        try group[0].log.join(branchStarts: starts(0..<4_096))
        try group[1].log.join(branchStarts: starts(4_000..<4_800))
        try group[3].log.join(branchStarts: starts(0..<500))
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.add([("title", "\"B\"")], id: 2, at: 1)
        try group.add([("title", "\"C\"")], id: 3, at: 2)
        for (from, to) in [(0, 1), (2, 1), (0, 1), (2, 0), (3, 0)] {
            let (report, _, link) = try sync(group, from, to)
            #expect(report.inSync, "\(from) with \(to)")
            #expect(link.largestHeader <= MessageHeader.maximumBytes)
        }
        for store in group.stores { #expect(try store.log.branchStarts.count == 4_800) }
        #expect(try group[0].digest == group[2].digest)
    }

    @Test func `a handshake returns a vector that is too long for one message`() throws {
        let group = try Replicas(1)
        try write(1..<2_001, to: group[0])
        let handshake = try Handshake(over: group.link(to: 0), environment: group.world.environment())
        #expect(try handshake.vector == group[0].log.vector())
        #expect(handshake.position == 2_000)
    }

    @Test func `a peer with inconsistent answers is given up`() throws {
        let group = try Replicas(2)
        for store in group.stores { try write(1..<501, to: store) }
        try group.add([("title", "\"A\"")], id: 1, at: 1)
        let liar = ChangingLink(try group.link(to: 1))
        // It knows whole entries alone, and tells one that is none.
        liar.request = { $0.question?.outline = [] }
        liar.reply = { header in
            guard let entry = header.answer?.told.first?.entries.first else { return }
            header.answer?.told[0].entries[0] = Vector.Entry(
                origin: entry.origin, sequence: entry.sequence, chain: ChainHash(high: 3, low: 3))
        }
        #expect(throws: (any Error).self) { try Synchronizer(group[0], over: liar).run(agreement: nil) }
        #expect(liar.messages < 50)
    }

    @Test(arguments: 0..<20)
    func `the parts of a range are disjoint, sorted and complete`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var knowledge = Knowledge()
        for _ in 0..<Int.random(in: 0...300, using: &random) {
            let origin = Origin(rawValue: UInt128(random.next()) << 64 | UInt128(random.next()))
            knowledge.vector[origin] = Vector.Entry(
                origin: origin, sequence: 1, chain: ChainHash(high: 1, low: 1))
            if random.next() % 4 == 0 {
                knowledge.branchStarts.insert(ChainHash(high: UInt128(random.next()) << 64, low: 5))
            }
        }
        let ranges = KnowledgeRanges(knowledge, nonce: 7)
        let parts = ranges.parts(of: KnowledgeRange(first: 0, next: 0), atMost: 16)
        #expect(parts.first?.first == 0 && parts.last?.next == 0)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.next == $1.first && $0.first < $0.next })
        #expect(parts.reduce(0) { $0 + ranges.elements(in: $1).count } == ranges.count)
        #expect(parts.count <= 16)
    }
}
