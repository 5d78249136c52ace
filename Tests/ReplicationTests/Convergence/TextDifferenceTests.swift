import QuipuCausality
import QuipuReplication
import Support
import Testing

@testable import QuipuStorage

/// Long texts that are edited in a few words.
@Suite struct TextDifferenceTests {
    private static let id = RecordID(rawValue: 1)

    /// Words that hardly compress, so that whatever is short was told as a difference.
    private func prose(_ bytes: Int, seed: UInt64 = 1) -> [String] {
        var random = SplitMix64(seed: seed)
        return (0..<bytes / 9).map { _ in String(Int.random(in: 10_000_000..<99_999_999, using: &random)) }
    }

    private func json(_ words: [String]) -> String { "\"" + words.joined(separator: " ") + "\"" }

    private func bytes(_ words: [String]) -> [UInt8] { Array(json(words).utf8) }

    private func write(_ words: [String], in group: Replicas, at replica: Int) throws {
        try group.add([("body", json(words))], id: Self.id.rawValue, at: replica)
    }

    private func body(at replica: Int, of group: Replicas) throws -> [UInt8]? {
        try group[replica].view(Self.id, kind: "article")?["body"]
    }

    @Test(arguments: [(60_000, 0), (60_000, 1), (1_000_000, 0), (1_000_000, 1)])
    func `changing one word of a long text takes one round trip and a few hundred bytes`(
        bytes: Int, caller: Int
    )
        throws
    {
        let group = try Replicas(2)
        var words = prose(bytes)
        try write(words, in: group, at: 0)
        let (_, agreement) = try group.sync(caller, 1 - caller)
        words[words.count / 2] = "harvest"
        try write(words, in: group, at: 0)
        let (report, _) = try group.sync(caller, 1 - caller, agreement: agreement)
        #expect(report.inSync)
        #expect(report.roundTrips == 1)
        #expect(report.bytesSent + report.bytesReceived <= 700)
        #expect(try self.body(at: 1, of: group) == self.bytes(words))
        #expect(try group[1].texts.missingCount == 0)
        #expect(try group[1].verify().damaged == [])
    }

    @Test func `each edit of a series is sent as a difference from the one before and is in the history`()
        throws
    {
        let group = try Replicas(2)
        var words = prose(60_000)
        try write(words, in: group, at: 0)
        let (_, agreement) = try group.sync(0, 1)
        var all: [[UInt8]] = []
        for edit in 0..<20 {
            words[edit * 100] = "harvest\(edit)"
            try write(words, in: group, at: 0)
            all.append(bytes(words))
        }
        let (report, _) = try group.sync(0, 1, agreement: agreement)
        #expect(report.inSync)
        #expect(report.roundTrips == 1)
        #expect(report.bytesSent <= 4_000)
        for text in all { #expect(try group[1].texts.text(of: ValueHash(of: text)) == text) }
    }

    @Test(arguments: [60_000, 200_000])
    func `a text whose base was dropped is requested and arrives whole`(size: Int) throws {
        let group = try Replicas(2)
        var words = prose(size)
        try write(words, in: group, at: 0)
        let (_, agreement) = try group.sync(0, 1)
        let base = ValueHash(of: bytes(words))
        words[3] = "harvest"
        try write(words, in: group, at: 0)
        // Replaced here, so that it may be dropped.
        try write(["mine"], in: group, at: 1)
        _ = try group[1].compact()
        #expect(try group[1].texts.text(of: base) == nil)
        let (report, _) = try group.sync(0, 1, agreement: agreement)
        #expect(report.inSync)
        #expect(report.roundTrips > 1)
        for store in group.stores {
            #expect(try store.texts.text(of: ValueHash(of: bytes(words))) == bytes(words))
            #expect(try store.openConflicts == 1)
            #expect(try store.verify().damaged == [])
        }
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
    }

    @Test func `a conflict of two edits is sent as differences, and so is its resolution`() throws {
        let group = try Replicas(2)
        let words = prose(60_000)
        try write(words, in: group, at: 0)
        let (_, agreement) = try group.sync(0, 1)
        var both = words
        for replica in [0, 1] {
            var own = words
            own[replica * 1_000] = "harvest\(replica)"
            both[replica * 1_000] = "harvest\(replica)"
            try write(own, in: group, at: replica)
        }
        let (met, next) = try group.sync(0, 1, agreement: agreement)
        #expect(met.inSync)
        #expect(met.bytesSent <= 900)
        #expect(met.bytesReceived <= 900)
        #expect(try group[0].openConflicts == 1)
        try write(both, in: group, at: 0)
        let (settled, _) = try group.sync(0, 1, agreement: next)
        #expect(settled.roundTrips == 1)
        #expect(settled.bytesSent <= 600)
        #expect(try body(at: 1, of: group) == bytes(both))
        #expect(try group[1].openConflicts == 0)
    }

    @Test func `an empty replica is sent only texts that need no other text`() throws {
        let group = try Replicas(2)
        var words = prose(40_000)
        for edit in 0..<3 {
            words[edit] = "harvest"
            try write(words, in: group, at: 0)
        }
        let (report, _) = try group.sync(1, 0)
        #expect(report.inSync)
        #expect(report.roundTrips == 1)
        #expect(try body(at: 1, of: group) == bytes(words))
    }

    @Test(arguments: RandomSeeds.first(20))
    func `random edits of random texts leave both sides equal`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let group = try Replicas(2, seed: UInt64(seed))
        var words = prose(Int.random(in: 100...150_000, using: &random), seed: UInt64(seed))
        try write(words, in: group, at: 0)
        var (_, agreement) = try group.sync(0, 1)
        for _ in 0..<6 {
            let author = Int.random(in: 0...1, using: &random)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: words.indices, using: &random)
                let count = min(Int.random(in: 0...20, using: &random), words.count - place)
                words.replaceSubrange(
                    place..<place + count,
                    with: prose(Int.random(in: 9...900, using: &random), seed: UInt64(place)))
                try write(words, in: group, at: author)
            }
            let report: SyncReport
            (report, agreement) = try group.sync(author, 1 - author, agreement: agreement)
            #expect(report.inSync)
            for replica in [0, 1] { #expect(try body(at: replica, of: group) == bytes(words)) }
        }
    }
}
