import QuipuCBOR
import QuipuCausality
import QuipuReplication
import QuipuWire
import Support
import Testing

@testable import QuipuStorage

/// What has come of a message that is cut stays, as far as where chains stand proves it.
@Suite struct CheckpointTests {
    private static let articleCount = 60

    /// The first of several mirrors has articles whose texts do not compress, so that a place in a message is a place in
    /// the log.
    private func group(of mirrorCount: Int, articles: Int = articleCount) throws -> Replicas {
        let group = try Replicas(mirrorCount)
        try write(articles, in: group, seed: 5)
        return group
    }

    private func write(_ count: Int, in group: Replicas, seed: UInt64, at replica: Int = 0) throws {
        var random = SplitMix64(seed: seed)
        for number in 0..<count {
            let digits = (0..<512).map { _ in
                String(UInt32.random(in: 0x1000...0xffff, using: &random), radix: 16)
            }
            try group.add(
                [("body", "\"\(digits.joined())\"")], id: UInt128(seed) << 64 | UInt128(number + 1),
                at: replica)
        }
    }

    private var slow: Synchronizer.Options {
        var options = Synchronizer.Options()
        options.isLinkSlow = true
        options.maximumAttempts = 1
        return options
    }

    /// - Returns: whether the exchange ended as it should; false where it was cut.
    private func exchange(_ caller: Store, over link: HalfLink) throws -> Bool {
        do {
            return try Synchronizer(caller, over: link, options: slow).run(agreement: nil).0.inSync
        } catch let error as ReplicationError where error.code == .cut || error.code == .malformed {
            return false
        } catch is WireError {
            return false
        }
    }

    private func expectPart(of whole: Store, in store: Store, _ place: String) throws {
        for entry in try store.log.vector().entries {
            #expect(
                try whole.log.entry(of: entry.name)?.chain == entry.chain,
                "an edit that nobody made, \(place)")
        }
        #expect(try store.verify().damaged == [], "\(place)")
        #expect(try store.log.refusals() == [], "\(place)")
    }

    private func count(_ store: Store) throws -> UInt64 {
        try store.log.vector().entries.reduce(0) { $0 + $1.sequence }
    }

    @Test func `a reply that is cut keeps what its checkpoints prove, and the next exchange resumes there`()
        throws
    {
        let group = try group(of: 11)
        let whole = HalfLink(to: group[0])
        #expect(try exchange(group[10], over: whole))
        let size = try #require(whole.replies.first?.count)
        var kept: [UInt64] = []
        for tenth in 1...9 {
            let caller = group[tenth]
            #expect(try !exchange(caller, over: HalfLink(to: group[0], afterBytes: size * tenth / 10)))
            try expectPart(of: group[0], in: caller, "after \(tenth) tenths")
            kept.append(try count(caller))

            let rest = HalfLink(to: group[0])
            #expect(try exchange(caller, over: rest))
            #expect(try caller.digest == group[0].digest)
            let came = rest.replies.reduce(0) { $0 + $1.count }
            #expect(came < size * (10 - tenth) / 10 + size / 6, "what was there came again, \(tenth)")
        }
        #expect(kept == kept.sorted())
        #expect(kept[4] >= UInt64(Self.articleCount) * 4 / 10)
    }

    @Test func `a push that is cut keeps what its checkpoints prove and does not send it again`() throws {
        let group = try group(of: 10)
        var sizes: [Int] = []
        for tenth in 1...9 {
            let peer = group[tenth]
            // The first message asks.
            let link = HalfLink(to: peer, cutting: .there, afterBytes: 60_000 * tenth / 10, inExchange: 1)
            #expect(try !exchange(group[0], over: link))
            try expectPart(of: group[0], in: peer, "after \(tenth) tenths")
            #expect(try count(peer) > 0 || tenth < 3)

            let rest = HalfLink(to: peer)
            #expect(try exchange(group[0], over: rest))
            #expect(try peer.digest == group[0].digest)
            sizes.append(rest.messages.reduce(0) { $0 + $1.count })
        }
        #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 + 500 > $1 }, "\(sizes)")
        #expect(sizes[8] < sizes[0] / 2)
    }

    @Test func `an exchange that is cut resumes after the part that arrived`() throws {
        let group = try group(of: 3)
        var options = Synchronizer.Options()
        options.isLinkSlow = true
        for (peer, direction) in [(1, HalfLink.Direction.back), (2, .there)] {
            let caller = direction == .back ? group[peer] : group[0]
            let other = direction == .back ? group[0] : group[peer]
            let link = HalfLink(
                to: other, cutting: direction, afterBytes: 60_000, inExchange: direction == .back ? 0 : 1)
            link.isCutOnce = true
            #expect(try Synchronizer(caller, over: link, options: options).run(agreement: nil).0.inSync)
            let carried = (link.messages + link.replies).reduce(0) { $0 + $1.count }
            #expect(carried < 280_000, "\(direction)")
        }
    }

    @Test(arguments: [HalfLink.Direction.back, .there])
    func `a flipped bit in a message that is later cut changes no edit`(
        _ direction: HalfLink.Direction
    ) throws {
        let count = 36
        let group = try group(of: count + 1, articles: 48)
        for number in 1...count {
            let bit = number * 80_000 * 8 / count + number
            let link = HalfLink(
                to: direction == .back ? group[0] : group[number], cutting: direction, afterBytes: 90_000,
                inExchange: direction == .back ? 0 : 1, flippingBit: bit)
            let caller = direction == .back ? group[number] : group[0]
            #expect(try !exchange(caller, over: link))
            try expectPart(of: group[0], in: group[number], "bit \(bit)")
            try group.sync(0, number)
            #expect(try group[number].digest == group[0].digest)
        }
    }

    @Test func `a message that is cut sets no clock, no branch and no agreement`() throws {
        let group = try group(of: 2)
        let before = try group[1].clock.correctedNow()
        try group.setClock(of: 0, offsetMilliseconds: 86_400_000 * 40, isSynchronized: true)
        #expect(try !exchange(group[1], over: HalfLink(to: group[0], afterBytes: 60_000)))
        #expect(try count(group[1]) > 0)
        #expect(try abs(group[1].clock.correctedNow() - before) < 60_000)
    }

    @Test func `deletions in a message that is cut are applied only when all of it has arrived`() throws {
        let group = try group(of: 2, articles: 40)
        try group.sync(0, 1)
        for number in 1...30 {
            _ = try group[0].delete(
                RecordID(rawValue: 5 << 64 | UInt128(number)), kind: "article", author: "ana")
        }
        try write(20, in: group, seed: 6)
        let held = try count(group[1])
        #expect(try !exchange(group[1], over: HalfLink(to: group[0], afterBytes: 40_000)))
        #expect(try count(group[1]) == held)
        try group.sync(1, 0)
        #expect(try group[1].digest == group[0].digest)
    }

    @Test func `a partially received long text is not sent from its beginning again`() throws {
        let group = try Replicas(2)
        var random = SplitMix64(seed: 9)
        let digits = (0..<24_000).map { _ in
            String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
        }
        try group.add([("body", "\"\(digits.joined())\"")], id: 1, at: 0)
        let whole = HalfLink(to: group[0])
        var options = slow
        options.maximumAttempts = 1
        // The first reply tells of the text, the second brings it.
        let link = HalfLink(to: group[0], afterBytes: 100_000, inExchange: 1)
        #expect(try !exchange(group[1], over: link))
        #expect(try exchange(group[1], over: whole))
        let came = whole.replies.reduce(0) { $0 + $1.count }
        #expect(came < 130_000, "\(came)")
    }
}
