import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

@Suite struct BundleTests {
    @Test func `a bundle without a recipient holds everything, and applying it again changes nothing`() throws
    {
        let scene = try BundleScene(2)
        try scene.group.add([("title", "\"Water\""), ("body", "\"The river rose.\"")], id: 7, at: 0)
        try scene.create("a", from: 0)
        let report = try scene.apply(["a"], to: 1)[0]
        #expect(report.appliedCount == 1)
        #expect(report.completeness.isWhole && report.holdsAll)
        #expect(try scene.areEqual(0, 1))
        let again = try scene.apply(["a"], to: 1)[0]
        #expect(again.appliedCount == 0)
        #expect(again.holdsAll)
        #expect(try scene.group[1].log.knowledge() == scene.group[0].log.knowledge())
    }

    @Test func `a bundle for a replica holds only what that replica's own bundles do not say it has`() throws
    {
        let scene = try BundleScene(2)
        for id in 0..<200 {
            try scene.group.add([("title", "\"Article \(id)\"")], id: UInt128(id), at: 0)
        }
        let first = try scene.create("a1", from: 0)
        #expect(first.transactionCount == 200)
        // What was sent does not count: the stick may be lost.
        #expect(try scene.create("a2", from: 0, for: 1).transactionCount == 200)
        try scene.apply(["a2"], to: 1)
        try scene.create("b1", from: 1, for: 0)
        let answer = try scene.apply(["b1"], to: 0)[0]
        #expect(answer.transactionCount == 0)
        #expect(answer.unsentCount == 0)
        try scene.group.add([("title", "\"High water\"")], id: 7, at: 0)
        #expect(try scene.create("a3", from: 0, for: 1).transactionCount == 1)
        #expect(try scene.size("a3") < 1_500)
        try scene.apply(["a3"], to: 1)
        #expect(try scene.areEqual(0, 1))
    }

    @Test func `an older bundle that arrives late does not make the next one longer`() throws {
        let scene = try BundleScene(2)
        try scene.group.add([("title", "\"Water\"")], id: 7, at: 0)
        try scene.create("b1", from: 1)
        try scene.create("a1", from: 0)
        try scene.apply(["a1"], to: 1)
        try scene.create("b2", from: 1)
        try scene.apply(["b2"], to: 0)
        try scene.apply(["b1"], to: 0)
        #expect(try scene.create("a2", from: 0, for: 1).transactionCount == 0)
    }

    @Test func `a bundle brings the texts that a sync with a limit held back`()
        throws
    {
        let scene = try BundleScene(2)
        let group = scene.group
        func body(_ number: Int) -> String {
            "\"\((0..<400).map { String($0 &* 7_919 &* number, radix: 36) }.joined(separator: " "))\""
        }
        for number in 1...10 { try group.add([("body", body(number))], id: UInt128(number), at: 0) }
        var options = Synchronizer.Options()
        options.maximumBytes = 4_000
        let link = try group.link(to: 0)
        #expect(
            try Synchronizer(group[1], over: link, options: options).run(agreement: nil).0.leftOver != nil)
        #expect(try group[1].texts.missingCount > 0)
        try scene.create("b1", from: 1)
        try scene.apply(["b1"], to: 0)
        try scene.create("a1", from: 0, for: 1)
        #expect(try scene.apply(["a1"], to: 1)[0].missingTexts == 0)
        for number in 1...10 {
            let record = try group[1].view(RecordID(rawValue: UInt128(number)), kind: "article")
            #expect(record?["body"] == Array(body(number).utf8))
        }
    }

    @Test
    func `a long text is sent separately from its transaction, and the next bundle brings a missing one`()
        throws
    {
        let scene = try BundleScene(2)
        let long = "\"" + String(repeating: "Nada se pierde. ", count: 60_000) + "\""
        try scene.group.add([("title", "\"Long\""), ("body", long)], id: 7, at: 0)
        try scene.create("a", from: 0, blockBytes: 64 << 10)
        // The blocks with the end of the text are cut off.
        let whole = try scene.bytes("a")
        try scene.write(Array(whole.prefix(whole.count - 1_000)), to: "cut")
        let report = try scene.apply(["cut"], to: 1)[0]
        #expect(!report.completeness.isWhole)
        #expect(report.missingTexts == 1)
        try scene.create("b", from: 1, for: 0)
        try scene.apply(["b"], to: 0)
        let answer = try scene.create("a2", from: 0, for: 1)
        #expect(answer.transactionCount == 0)
        #expect(answer.textCount == 1)
        #expect(try scene.apply(["a2"], to: 1)[0].missingTexts == 0)
        #expect(try scene.group[1].texts.text(of: ValueHash(of: Array(long.utf8))) == Array(long.utf8))
        #expect(try scene.areEqual(0, 1))
    }

    @Test func `a bundle file that was cut anywhere is recognised, and its whole blocks are applied`() throws
    {
        let scene = try BundleScene(1)
        var random = SplitMix64(seed: 5)
        for id in 0..<40 {
            let text = String(random.next(), radix: 36)
            try scene.group.add([("title", "\"\(text) \(id)\"")], id: UInt128(id), at: 0)
        }
        try scene.create("a", from: 0, blockBytes: 256)
        let whole = try scene.bytes("a")
        var counts: Set<Int> = []
        for size in stride(from: 0, to: whole.count, by: 97) {
            try scene.write(Array(whole.prefix(size)), to: "cut")
            do {
                let report = try scene.applyToFreshReplica("cut")
                #expect(!report.completeness.isWhole)
                #expect(report.holdsAll == (report.appliedCount == 40))
                #expect(report.refused.isEmpty)
                counts.insert(report.appliedCount)
            } catch let error as ReplicationError {
                #expect(error.code == .damaged || error.code == .notABundle)
            }
        }
        #expect(counts.count > 5)
    }

    @Test func `a damaged block is skipped, and transactions that do not need it are applied`() throws {
        let scene = try BundleScene(3)
        for id in 0..<20 { try scene.group.add([("title", "\"A\(id)\"")], id: UInt128(id), at: 0) }
        try scene.group.sync(1, 0)
        for id in 20..<40 { try scene.group.add([("title", "\"B\(id)\"")], id: UInt128(id), at: 1) }
        try scene.create("a", from: 1, blockBytes: 1 << 10)
        var bytes = try scene.bytes("a")
        // In the middle of the first half: transactions of replica 0.
        bytes[bytes.count / 3] ^= 0x40
        try scene.write(bytes, to: "rotten")
        let report = try scene.apply(["rotten"], to: 2)[0]
        #expect(report.completeness.damages.count == 1)
        #expect(report.appliedCount >= 20)
        #expect(report.appliedCount < 40)
        #expect(report.refused.isEmpty)
        #expect(report.gaps.map(\.reason) == [.missing])
        // A fresh copy of the file brings the rest.
        #expect(try scene.apply(["a"], to: 2)[0].holdsAll)
        #expect(try scene.areEqual(1, 2))
    }

    @Test
    func `bundle parts stay within the size limit, are applied in any order, and a missing one is named`()
        throws
    {
        let scene = try BundleScene(2)
        var random = SplitMix64(seed: 6)
        for id in 0..<300 {
            let text = (0..<20).map { _ in String(random.next(), radix: 36) }
            try scene.group.add([("body", "\"\(text.joined(separator: " "))\"")], id: UInt128(id), at: 0)
        }
        let parts = try scene.create("a", from: 0, splitBytes: 32 << 10).parts
        #expect(parts.count > 2)
        #expect(parts.allSatisfy { $0.sizeBytes <= 32 << 10 })
        let names = (1...parts.count).map { "a.\($0)" }
        let partial = try scene.apply(names.filter { $0 != "a.2" }.reversed(), to: 1)[0]
        #expect(partial.completeness.damages == [.missingPart(2)])
        #expect(!partial.holdsAll)
        // Everything is by one author, so all after the gap waits.
        #expect(partial.appliedCount < 300)
        let whole = try scene.apply(names.shuffled(), to: 1)[0]
        #expect(whole.completeness.isWhole && whole.holdsAll)
        #expect(try scene.areEqual(0, 1))
        // A last part that is missing is noticed as well.
        let last = try scene.apply(Array(names.dropLast()), to: 1)[0]
        #expect(last.completeness.damages == [.missingPart(parts.count)])
        #expect(!last.completeness.isWhole)
    }

    @Test func `a bundle of another archive, of an unknown sender or with a wrong signature writes nothing`()
        throws
    {
        let scene = try BundleScene(2)
        let stranger = try BundleScene(1, seed: 2)
        try scene.group.add([("title", "\"Water\"")], id: 7, at: 0)
        try scene.create("a", from: 0)
        try stranger.write(try scene.bytes("a"), to: "a")
        #expect(code { try stranger.apply(["a"], to: 0) } == .otherArchive)
        #expect(code { try BundleApplication.apply([scene.path("a")], to: scene.group[1]) } == .unknownSender)
        #expect(try scene.group[1].position == 0)
        #expect(try scene.group[1].bundleSenders.all().isEmpty)
        // Blocks of another bundle by the same sender, put together in a new file.
        try scene.group.add([("title", "\"High water\"")], id: 7, at: 0)
        try scene.create("a2", from: 0)
        let (first, second) = (try scene.blocks("a"), try scene.blocks("a2"))
        try scene.write(
            Array("quipu bundle 1\n".utf8) + first[0] + first[1] + second[2] + second[3], to: "mixed")
        let mixed = try scene.apply(["mixed"], to: 1)[0]
        #expect(mixed.completeness.damages.count == 3)
        #expect(mixed.appliedCount == 0)
        #expect(try scene.group[1].position == 0)
    }

    @Test func `a bundle for another replica is reported with its gaps and causes no refusals`() throws {
        let scene = try BundleScene(3)
        try scene.group.add([("title", "\"Water\"")], id: 7, at: 0)
        try scene.create("a", from: 0)
        try scene.apply(["a"], to: 1)
        try scene.create("b", from: 1)
        try scene.apply(["b"], to: 0)
        try scene.group.add([("title", "\"High water\"")], id: 7, at: 0)
        try scene.create("a2", from: 0, for: 1)
        let report = try scene.apply(["a2"], to: 2)[0]
        #expect(report.isForAnother)
        #expect(report.appliedCount == 0)
        #expect(report.gaps.map { [$0.first, $0.last] } == [[1, 2]])
        #expect(try scene.group[2].log.refusals().isEmpty)
        // What it told makes the next bundle right.
        try scene.create("c", from: 2)
        try scene.apply(["c"], to: 0)
        try scene.create("a3", from: 0, for: 2)
        try scene.apply(["a3"], to: 2)
        #expect(try scene.areEqual(0, 2))
    }

    @Test func `a mass deletion in a bundle stops before it is applied, unless it is accepted`() throws {
        let scene = try BundleScene(2)
        for id in 0..<40 { try scene.group.add([("title", "\"A\(id)\"")], id: UInt128(id), at: 0) }
        try scene.create("a", from: 0)
        try scene.apply(["a"], to: 1)
        scene.group.world.advance(milliseconds: 1_000)
        for id in 0..<40 {
            _ = try scene.group[0].delete(RecordID(rawValue: UInt128(id)), kind: "article", author: "ana")
        }
        try scene.create("a2", from: 0)
        #expect(code { try scene.apply(["a2"], to: 1) } == .massDeletion)
        #expect(try scene.apply(["a2"], to: 1, acceptsDeletions: true)[0].holdsAll)
        #expect(try scene.areEqual(0, 1))
    }

    @Test func `two copies of a folder that both continued are equal after a few bundles`() throws {
        let scene = try BundleScene(2)
        try scene.group.add([("title", "\"Water\"")], id: 7, at: 0)
        let copy = try scene.group.copy(0)
        try scene.group.add([("title", "\"Here\"")], id: 7, at: 0)
        try scene.group.add([("title", "\"There\"")], id: 7, at: copy)
        try scene.group.add([("title", "\"Third\"")], id: 8, at: copy)
        for round in 0..<4 {
            // A copied folder signs with the same key, so everything is for anybody.
            try scene.create("a\(round)", from: 0)
            try scene.apply(["a\(round)"], to: 1)
            try scene.create("c\(round)", from: copy)
            try scene.apply(["c\(round)"], to: 1)
            try scene.create("b\(round)", from: 1)
            try scene.apply(["b\(round)"], to: 0)
            try scene.apply(["b\(round)"], to: copy)
        }
        #expect(try scene.areEqual(0, 1))
        #expect(try scene.areEqual(copy, 1))
        #expect(try scene.group[1].openConflicts == 1)
    }

    private func code(_ body: () throws -> [BundleReport]) -> ReplicationError.Code? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? ReplicationError)?.code }
    }
}

extension BundleScene {
    /// Applies a file to another replica, which holds nothing.
    func applyToFreshReplica(_ name: String) throws -> BundleReport {
        let folder = try TemporaryFolder()
        let store = try Store.create(
            in: folder.path(of: "fresh"), id: group[0].id, name: "test",
            environment: group.world.environment())
        var options = BundleApplication.Options()
        options.trusts = { _ in true }
        return try BundleApplication.apply([path(name)], to: store, options)[0]
    }

    /// The blocks of a file.
    func blocks(_ name: String) throws -> [[UInt8]] {
        var rest = try bytes(name)[15...]
        var blocks: [[UInt8]] = []
        while rest.count >= 92 {
            let start = rest.startIndex
            let length = rest[start + 8..<start + 12].reduce(0) { $0 << 8 | Int($1) }
            blocks.append(Array(rest.prefix(92 + length)))
            rest = rest.dropFirst(92 + length)
        }
        return blocks
    }
}
