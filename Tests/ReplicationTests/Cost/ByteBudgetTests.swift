import QuipuCausality
import QuipuStorage
import QuipuWire
import Support
import Testing

@testable import QuipuReplication

/// Exchanges that may cost so many bytes: what goes first, what is left, and what it comes to in the end.
@Suite struct ByteBudgetTests {
    @Test(arguments: 0..<8)
    func `archives that were synced with limits end as archives that were synced without`(part: Int) throws {
        let leftCount = try (1...4).reduce(0) { try $0 + expectSameEnd(seed: part * 4 + $1) }
        #expect(leftCount > 0, "no limit was ever reached")
    }

    /// - Returns: how often something was left over.
    private func expectSameEnd(seed: Int) throws -> Int {
        func replicas() throws -> (Replicas, SplitMix64) {
            var random = SplitMix64(seed: UInt64(seed) &* 31)
            let group = try Replicas(Int.random(in: 2...3, using: &random), seed: UInt64(seed))
            for step in 0..<24 {
                try Script.step(step, on: group, using: &random)
                if step % 2 == 0 { try addLongTexts(to: group, step, using: &random) }
            }
            return (group, random)
        }
        let (plain, _) = try replicas()
        var (limited, random) = try replicas()
        var leftCount = 0
        for _ in 0..<12 {
            let pair = Array(limited.stores.indices.shuffled(using: &random).prefix(2))
            let maximumBytes = Int.random(in: 2_500...7_000, using: &random)
            let report = try limited.sync(pair[0], pair[1], maximumBytes: maximumBytes)
            #expect(report.bytesSent + report.bytesReceived <= maximumBytes, "seed \(seed)")
            #expect(!(report.inSync && report.leftOver != nil), "seed \(seed)")
            if report.inSync { try expectNothingMissing(limited[pair[0]], limited[pair[1]], seed) }
            if report.leftOver != nil { leftCount += 1 }
            for store in limited.stores { #expect(try store.verify().damaged == [], "seed \(seed)") }
        }
        try plain.syncAll()
        try limited.syncAll()
        let expected = try ReplicaState(of: plain[0])
        for store in limited.stores {
            #expect(try ReplicaState(of: store) == expected, "seed \(seed)")
            #expect(try store.texts.missingCount == 0, "seed \(seed)")
            #expect(try store.verify().damaged == [], "seed \(seed)")
            #expect(try store.texts.waiting().sizeBytes == 0, "seed \(seed)")
        }
        return leftCount
    }

    @Test
    func `a sync with a limit sends records made by people before imported ones, and titles before bodies`()
        throws
    {
        let group = try Replicas(2)
        try importArticles(300, to: group[0], named: "imported")
        // Under another origin, whose notes do not depend on the imported articles.
        let other = try Replicas.joining(group, named: "other")
        for number in 0..<20 {
            group.world.advance(milliseconds: 1)
            _ = try other.edit([note(number)], author: "ben")
        }
        let link = try PathTransport(path: other.folder.workPath, environment: group.world.environment())
        #expect(try Synchronizer(group[0], over: link).run(agreement: nil).0.inSync)

        let first = try group.sync(1, 0, maximumBytes: 14_000)
        #expect(first.bytesSent + first.bytesReceived <= 14_000)
        #expect(try count("note", in: group[1]) == 20)
        #expect(try count("article", in: group[1]) < 300)
        let left = try #require(first.leftOver)
        #expect(left.toReceive ?? 0 > 0 && !first.inSync)

        let second = try group.sync(1, 0, maximumBytes: 90_000)
        #expect(second.bytesSent + second.bytesReceived <= 90_000)
        #expect(try count("article", in: group[1]) == 300)
        try group[1].forEachRecord(RecordFilter()) { record in
            if record.kind == "article" { #expect(record["title"] != nil) }
            if record.kind == "note" { #expect(record["text"] != nil) }
            return true
        }
        let rest = try #require(second.leftOver)
        #expect(
            rest.toReceive == 0 && rest.textsToReceive > 0 && rest.textsToReceive == rest.recordsToComplete)
        #expect(
            try rest.textBytesToReceive == group[1].texts.waiting().sizeBytes && rest.textBytesToReceive > 0)

        #expect(try group.sync(1, 0).0.inSync)
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
    }

    @Test
    func `a sync with a limit fetches the newest texts first, and the size of each missing text is known`()
        throws
    {
        let group = try Replicas(2)
        for number in 1...60 {
            try group.add([("body", incompressible(number, 4_000))], id: UInt128(number), at: 0)
        }
        let report = try group.sync(1, 0, maximumBytes: 60_000)
        let left = try #require(report.leftOver)
        #expect((1..<60).contains(left.textsToReceive))
        var (here, waiting): ([Int], [Int]) = ([], [])
        for number in 1...60 {
            let record = try #require(
                try group[1].view(RecordID(rawValue: UInt128(number)), kind: "article"))
            if record["body"] != nil {
                here.append(number)
            } else {
                waiting.append(number)
                let text = try #require(try group[1].texts.waiting(of: record).first)
                #expect(text.field == "body" && text.sizeBytes == incompressible(number, 4_000).utf8.count)
            }
        }
        #expect(try #require(here.min()) > #require(waiting.max()))
    }

    @Test
    func `a push with a limit sends people's texts first and reports the texts that the other side lacks`()
        throws
    {
        let group = try Replicas(2)
        try importArticles(100, to: group[0], named: "imported")
        for number in 1...5 {
            try group.add(
                [("target", "\"x\""), ("text", incompressible(number, 6_000))], kind: "note",
                id: UInt128(number),
                at: 0)
        }
        let report = try group.sync(0, 1, maximumBytes: 80_000)
        let left = try #require(report.leftOver)
        #expect(left.toSend == 0 && left.textsToSend > 0 && left.textBytesToSend > 0)
        #expect(try left.textsToSend == group[1].texts.missingCount)
        for number in 1...5 {
            let note = try group[1].view(RecordID(rawValue: UInt128(number)), kind: "note")
            #expect(note?["text"] != nil)
        }
        #expect(try group.sync(0, 1).0.inSync)
    }

    @Test func `a limit that is too small for a first message is refused, and nothing is lost`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        for maximumBytes in [1, 100, 600] {
            let error = #expect(throws: ReplicationError.self) {
                try group.sync(0, 1, maximumBytes: maximumBytes)
            }
            #expect(error?.code == .budgetTooSmall)
            #expect(error?.message.contains("\(maximumBytes) bytes") == true)
        }
        #expect(try group.sync(0, 1).0.inSync)
    }

    @Test func `a limit smaller than one transaction of an older peer holds, and the report says why`() throws
    {
        let group = try Replicas(2)
        try importArticles(10, to: group[0], named: "theirs")
        var options = Synchronizer.Options()
        options.maximumBytes = 8_000
        let link = OlderPeer(try group.link(to: 0))
        let report = try Synchronizer(group[1], over: link, options: options).run(agreement: nil).0
        #expect(report.bytesSent + report.bytesReceived <= 8_000)
        #expect(report.leftOver?.toReceive == 1 && report.isPeerUnableToHoldBack && !report.inSync)
    }

    @Test(arguments: [60_000, 90_000, 150_000])
    func `the limit holds with a peer that cannot hold texts back, and the report says so`(maximumBytes: Int)
        throws
    {
        let group = try Replicas(2)
        try importArticles(120, to: group[0], named: "theirs")
        try importArticles(120, to: group[1], named: "own")
        var reports: [SyncReport] = []
        repeat {
            try #require(reports.count < 400)
            let link = OlderPeer(try group.link(to: 0))
            var options = Synchronizer.Options()
            options.maximumBytes = maximumBytes
            reports.append(try Synchronizer(group[1], over: link, options: options).run(agreement: nil).0)
            let last = try #require(reports.last)
            #expect(last.bytesSent + last.bytesReceived <= maximumBytes)
            #expect(last.leftOver == nil || last.isPeerUnableToHoldBack)
        } while reports.last?.leftOver != nil
        #expect(reports.count > 1 && reports.last?.inSync == true)
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
    }

    @Test func `a compaction does not drop a text that was held back from the other mirror`() throws {
        let group = try Replicas(2)
        for number in 1...20 {
            try group.add([("body", incompressible(number, 5_000))], id: UInt128(number), at: 0)
        }
        #expect(try group.sync(0, 1, maximumBytes: 20_000).leftOver != nil)
        for store in group.stores { _ = try store.keeping.compact() }
        #expect(try group[1].texts.missingCount > 0)
        #expect(try group.sync(0, 1).0.inSync)
        for number in 1...20 {
            let record = try group[1].view(RecordID(rawValue: UInt128(number)), kind: "article")
            #expect(record?["body"] == Array(incompressible(number, 5_000).utf8))
        }
    }

    @Test func `a sync with a limit keeps and counts what arrived before the link broke`() throws {
        let group = try Replicas(2)
        try importArticles(200, to: group[0], named: "imported")
        var options = Synchronizer.Options()
        options.maximumBytes = 60_000
        options.maximumAttempts = 1
        let broken = BreakingLink(try group.link(to: 0), afterReplyBytes: 24_000)
        var counted = 0
        #expect(throws: ReplicationError.self) {
            try Synchronizer(group[1], over: broken, options: options).run(agreement: nil) {
                counted = $0.bytesReceived
            }
        }
        #expect(counted >= 24_000)
        #expect(try count("article", in: group[1]) > 0)
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[1]))
    }

    @Test func `a small edit of a long text travels as a difference`() throws {
        let group = try Replicas(2)
        let body = incompressible(7, 20_000)
        try group.add([("body", body)], id: 1, at: 0)
        try group.sync(0, 1)
        try group.add([("body", String(body.dropLast()) + " at night\"")], id: 1, at: 0)
        let report = try group.sync(0, 1, maximumBytes: 4_000)
        #expect(report.inSync && report.leftOver == nil)
    }

    private func expectNothingMissing(_ one: Store, _ other: Store, _ seed: Int) throws {
        #expect(try one.texts.missingCount == 0 && other.texts.missingCount == 0, "seed \(seed)")
        #expect(try one.digest == other.digest, "seed \(seed)")
    }

    private func addLongTexts(to group: Replicas, _ step: Int, using random: inout SplitMix64) throws {
        let replica = Int.random(in: group.stores.indices, using: &random)
        let id = UInt128(Int.random(in: 1...3, using: &random))
        guard try group[replica].view(RecordID(rawValue: id), kind: "article")?.isDeleted != true else {
            return
        }
        let length = Int.random(in: 100...6_000, using: &random)
        try group.add([("body", incompressible(step * 7 + replica, length))], id: id, at: replica)
    }

    private func importArticles(_ count: Int, to store: Store, named name: String) throws {
        for first in stride(from: 0, to: count, by: 10) {
            let items = (first..<min(count, first + 10)).map { number in
                ImportItem(
                    kind: "article",
                    fields: [
                        ("title", Array("\"\(name) \(number)\"".utf8)),
                        ("url", Array("\"https://\(name).example/\(number)\"".utf8)),
                        ("body", Array(incompressible(number &+ name.utf8.count * 1_000, 3_000).utf8)),
                    ])
            }
            _ = try store.importBatch(items, author: "ana")
        }
    }

    private func note(_ number: Int) -> Edit {
        Edit(
            id: RecordID(rawValue: 9_000 + UInt128(number)), kind: "note",
            changes: [
                .init(field: "target", json: Array("\"x\"".utf8)),
                .init(field: "text", json: Array(incompressible(number, 150).utf8)),
            ])
    }

    private func count(_ kind: String, in store: Store) throws -> Int {
        try store.recordCounts().first { $0.kind == kind }?.count ?? 0
    }

    private func incompressible(_ number: Int, _ length: Int) -> String {
        var random = SplitMix64(seed: UInt64(number &+ 1))
        var text = "\""
        while text.utf8.count < length { text += String(random.next(), radix: 36) + " " }
        return text + "\""
    }
}

extension Replicas {
    fileprivate func sync(_ from: Int, _ to: Int, maximumBytes: Int) throws -> SyncReport {
        world.advance(milliseconds: 1_000)
        var options = Synchronizer.Options()
        options.maximumBytes = maximumBytes
        return try Synchronizer(self[from], over: link(to: to), options: options).run(agreement: nil).0
    }

    /// One more replica of the archive, outside the group.
    fileprivate static func joining(_ group: Replicas, named name: String) throws -> Store {
        try Store.create(
            in: group.folder.path(of: name), id: group[0].id, name: "test",
            environment: group.world.environment())
    }
}
