import QuipuCausality
import QuipuStorage
import Support
import Testing

@testable import QuipuReplication
@testable import QuipuWire

/// Two replicas of one archive to which many have written, and that have no agreement: little differs, and little is said.
@Suite struct FirstContactTests {
    private func write(_ origins: Range<UInt128>, to group: Replicas) throws {
        for store in group.stores {
            #expect(try store.apply(origins.map { OriginScene.transaction($0) }).refused.isEmpty)
        }
    }

    private func sync(_ group: Replicas, from: Int, to: Int) throws -> (SyncReport, Agreement?, SmallLink) {
        let link = SmallLink(try group.link(to: to))
        let (report, agreement) = try Synchronizer(group[from], over: link).run(agreement: nil)
        return (report, agreement, link)
    }

    /// Bytes of the bodies of all messages both ways: headers, and where the chains stand that transactions were sent of,
    /// and the frames around them; the transactions themselves are left out.
    @Test(arguments: [(1, 1_000), (12, 6_000), (120, 20_000)])
    func `differences among a thousand origins are found and fetched in two requests of few bytes`(
        count: Int, maximumBytes: Int
    ) throws {
        for isSending in [false, true] {
            let group = try Replicas(2)
            try write(1..<1_001, to: group)
            let news = (0..<UInt128(count)).map { OriginScene.transaction(1 + $0 * 8, 2) }
            #expect(try group[isSending ? 0 : 1].apply(news).refused.isEmpty)
            let (report, agreement, link) = try sync(group, from: 0, to: 1)
            #expect(report.inSync)
            #expect(report.received == (isSending ? 0 : count))
            #expect(report.sent == (isSending ? count : 0))
            #expect(link.messages == 2)
            let bytes = link.bytesWithoutTransactions
            #expect(bytes <= maximumBytes, "\(bytes) of \(link.bytes)")
            #expect(try group[0].log.vector() == group[1].log.vector())
            let again = SmallLink(try group.link(to: 1))
            #expect(try Synchronizer(group[0], over: again).run(agreement: agreement).0.inSync)
            #expect(again.messages == 1)
            #expect(again.bytes < 400, "\(again.bytes)")
        }
    }

    @Test func `ten times as many origins take one more request and few more bytes`() throws {
        let group = try Replicas(2)
        try write(1..<10_001, to: group)
        #expect(try group[1].apply((0..<12).map { OriginScene.transaction(1 + $0 * 800, 2) }).refused.isEmpty)
        let (report, _, link) = try sync(group, from: 0, to: 1)
        #expect(report.inSync)
        #expect(link.messages <= 3)
        #expect(link.bytesWithoutTransactions <= 6_000, "\(link.bytesWithoutTransactions)")
    }

    private func search(_ peer: Knowledge, knowing own: Knowledge) throws -> (
        KnowledgeBaseline?, VectorSearch
    ) {
        var search = VectorSearch(MessageHeader(), over: AnsweringLink(peer))
        return (try search.runBriefly(knowing: own, nonce: 7) { _ in nil }, search)
    }

    @Test func `a chain that differs at the same sequence is detected before anything is sent`() throws {
        let own = Knowledge(
            vector: Vector(
                (1..<200).map { origin in
                    Vector.Entry(
                        origin: Origin(rawValue: origin << 100), sequence: 2,
                        chain: ChainHash(high: 1, low: origin))
                }))
        var peer = own
        let origin = Origin(rawValue: 7 << 100)
        peer.vector[origin] = Vector.Entry(origin: origin, sequence: 2, chain: ChainHash(high: 9, low: 9))
        // Something that is unknown here, so that the whole cannot be compared.
        let news = Origin(rawValue: 8 << 100)
        peer.vector[news] = Vector.Entry(origin: news, sequence: 3, chain: ChainHash(high: 9, low: 9))
        #expect(try search(peer, knowing: own).0 == nil)
    }

    @Test func `differences among a hundred thousand origins are found in two round trips`() throws {
        func entry(_ number: UInt64, _ sequence: UInt64) -> Vector.Entry {
            var random = SplitMix64(seed: number)
            return Vector.Entry(
                origin: Origin(rawValue: UInt128(random.next()) << 64 | UInt128(number)), sequence: sequence,
                chain: ChainHash(high: UInt128(random.next()), low: UInt128(sequence)))
        }
        let own = Knowledge(vector: Vector((0..<100_000).map { entry($0, 3) }))
        var peer = own
        for number in 0..<12 as Range<UInt64> {
            let news = entry(number * 7_919, 4)
            peer.vector[news.origin] = news
        }
        let (found, search) = try search(peer, knowing: own)
        #expect(found?.unknown.count == 12)
        #expect(found?.heldVector.entries.map(\.name) == peer.vector.entries.map(\.name))
        #expect(search.roundTrips == 2)
        #expect(search.bytesSent + search.bytesReceived < 10_000)
    }

    /// Chains of a hundred origins and more; each replica holds a part of each, and some chains have branched.
    @Test(arguments: 0..<12)
    func `two replicas with any sets of many origins end up equal`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let group = try Replicas(2, seed: seed)
        let mostAlike = Int.random(in: 0...20, using: &random)
        let hasBranches = seed % 2 == 1
        for store in group.stores {
            try fill(store, unlikeOneIn: mostAlike + 2, hasBranches: hasBranches, &random)
        }
        let (report, _, link) = try sync(group, from: 0, to: 1)
        #expect(report.inSync)
        #expect(report.refused.isEmpty)
        #expect(try group[0].log.knowledge() == group[1].log.knowledge())
        #expect(try group[0].digest == group[1].digest)
        #expect(try hasBranches == !group[0].log.branchStarts.isEmpty)
        #expect(link.largestHeader <= MessageHeader.maximumBytes)
    }

    private func fill(
        _ store: Store, unlikeOneIn odds: Int, hasBranches: Bool, _ random: inout SplitMix64
    ) throws {
        var transactions: [Transaction] = []
        for origin in UInt128(1)...180 {
            let isUnlike = random.next() % UInt64(odds) == 0
            let count: UInt64 = isUnlike ? random.next() % 5 : 2
            // A folder that was copied: the second transaction has another author.
            let isBranched = hasBranches && origin % 60 == 0
            let author = isBranched ? "at \(store.folder.workPath)" : "eve"
            for sequence in 1...max(count, isBranched ? 2 : 1) where sequence <= count || isBranched {
                transactions.append(
                    OriginScene.transaction(origin, sequence, by: sequence == 2 ? author : "eve"))
            }
        }
        #expect(try store.apply(transactions).refused.isEmpty)
    }

    @Test func `a peer that supports only whole entries is asked for those`() throws {
        let group = try Replicas(2)
        try write(1..<501, to: group)
        #expect(try group[0].apply([OriginScene.transaction(7, 2)]).refused.isEmpty)
        #expect(try group[1].apply((20..<30).map { OriginScene.transaction($0, 2) }).refused.isEmpty)
        let older = ChangingLink(try group.link(to: 1))
        older.request = { header in
            header.question?.outline = []
            header.behind = []
        }
        #expect(try Synchronizer(group[0], over: older).run(agreement: nil).0.inSync)
        #expect(older.messages <= 4)
        #expect(try group[0].log.vector() == group[1].log.vector())
    }

    @Test func `a reader receives everything, including origins that it has never seen`() throws {
        let group = try Replicas(2)
        try write(1..<301, to: group)
        #expect(try group[0].apply([OriginScene.transaction(7, 2)]).refused.isEmpty)
        let texts = (1_000..<1_040).map { OriginScene.transaction($0) }
        #expect(try group[1].apply(texts + [OriginScene.transaction(9, 2)]).refused.isEmpty)
        var options = Synchronizer.Options()
        // Several messages are needed for what is new.
        options.firstBudgetBytes = 1_000
        options.maximumBudgetBytes = 1_000
        let (report, _) = try Synchronizer(
            group[0], over: ReadOnlyLink(to: group[1]), options: options
        ).run(agreement: nil)
        #expect(report.refusal == .readOnly)
        #expect(report.received == 41)
        #expect(report.unsent == 1)
        #expect(report.roundTrips > 3)
    }

    /// What a peer says of its entries, changed in every way.
    @Test(arguments: 0..<9)
    func `a peer that misreports its entries makes nobody skip a transaction`(way: Int) throws {
        let group = try Replicas(2)
        try write(1..<501, to: group)
        #expect(
            try group[0].apply([OriginScene.transaction(7, 2), OriginScene.transaction(900)]).refused.isEmpty)
        #expect(
            try group[1].apply([OriginScene.transaction(11, 2), OriginScene.transaction(901)]).refused.isEmpty
        )
        let liar = ChangingLink(try group.link(to: 1))
        liar.reply = { header in
            guard var answer = header.briefAnswer else { return }
            for place in answer.told.indices where !answer.told[place].entries.isEmpty {
                switch way {
                // Two tags alike, as two origins would have that look the same.
                case 0:
                    for one in answer.told[place].entries.indices { answer.told[place].entries[one].tag = 7 }
                case 1: answer.told[place].entries[0].tag ^= 1
                case 2: answer.told[place].entries[0].check ^= 1
                case 3: answer.told[place].entries[0].sequence += 5
                case 4: answer.told[place].entries.removeFirst()
                case 5: answer.told[place].firstIndex += 1
                case 6: answer.told[place].firstIndex = .max
                case 7: answer.told[place].entries = []
                default: answer.count = 100_000
                }
            }
            header.briefAnswer = answer
        }
        let report = try Synchronizer(group[0], over: liar).run(agreement: nil).0
        #expect(liar.messages < 40)
        #expect(try report.inSync == (group[0].log.knowledge() == group[1].log.knowledge()))
        #expect(try sync(group, from: 0, to: 1).0.inSync)
        #expect(try group[0].log.knowledge() == group[1].log.knowledge())
        #expect(try group[0].log.vector().count == 502)
    }

    @Test func `origins that differ in half of their bytes or in one bit are told apart`() throws {
        let group = try Replicas(2)
        try write(1..<201, to: group)
        func alike(_ low: UInt128) -> Transaction {
            var transaction = OriginScene.transaction(5_000 + low)
            transaction.name = TransactionName(
                origin: Origin(rawValue: 0xABCD_EF01_2345_6789 << 64 | low), sequence: 1)
            return transaction
        }
        let lows = (0..<100).map { UInt128($0) }
        #expect(try group[0].apply(lows.filter { $0 % 3 != 0 }.map(alike)).refused.isEmpty)
        #expect(try group[1].apply(lows.filter { $0 % 3 != 1 }.map(alike)).refused.isEmpty)
        let (report, _, link) = try sync(group, from: 0, to: 1)
        #expect(report.inSync)
        #expect(try group[0].log.vector().count == 300)
        #expect(try group[0].log.vector() == group[1].log.vector())
        #expect(link.messages <= 12)
    }
}
