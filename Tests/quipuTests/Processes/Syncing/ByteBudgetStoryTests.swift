import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// `sync --max-bytes`, over links that are slow, that count, and that break.
    struct ByteBudgetStoryTests {
        private static let pace = CuttingProxy.Pace(bytesPerSecond: 4_000_000, delayMilliseconds: 5)

        /// Ben lacks more than two megabytes of Ana's: imported articles, and what she wrote about some of them.
        private func far() throws -> (office: Office, link: CuttingProxy) {
            let office = try Office(articles: ["The bridge opens"])
            var random = SplitMix64(seed: 5)
            let file = try office.place.write(
                GeneratedArticles.lines(420, words: 1_400, named: "far", &random), to: "far.jsonl")
            try office.ana.quipu("import", file)
            let article = try #require(try office.ana.articles.last?["id"]?.string)
            try office.ana.quipu("tag", article, "+strike")
            try office.ana.quipu(
                "add", "note",
                "text=" + String(repeating: "Ask who saw it, and when exactly that was. ", count: 8))
            try office.ana.sync()
            let link = try CuttingProxy(
                to: office.server.port, cutting: .reply, afterBytes: .max, pace: Self.pace)
            try office.ben.quipu("remote", "remove", "origin")
            try office.ben.quipu("remote", "add", "origin", link.url + "/press")
            return (office, link)
        }

        @Test
        func
            `a sync of two megabytes brings people's records and all titles, and lists missing bodies by size`()
            throws
        {
            let (office, link) = try far()
            let ben = office.ben
            let forecast = try ben.quipu("sync", "--dry-run").output
            #expect(forecast.contains("before texts of more than 128 bytes"), "\(forecast)")
            let before = link.passedBytes
            let report = try ben.json("sync", "--max-bytes", "2M")
            let passed = (
                out: link.passedBytes.request - before.request, in: link.passedBytes.reply - before.reply
            )
            #expect(passed.out + passed.in <= 2_000_000)
            #expect(passed.out + passed.in > 1_400_000, "the limit is hardly used")
            #expect(
                passed.out == report["bytesSent"]?.integer && passed.in == report["bytesReceived"]?.integer)
            #expect(report["inSync"]?.bool == false)
            let left = try #require(report["left"])
            #expect(left["transactionsToReceive"]?.integer == 0)
            let waiting = try #require(left["textsToReceive"]?.integer)
            #expect((1..<420).contains(waiting) && left["textBytesToReceive"]?.integer ?? 0 > 8_000 * waiting)

            let articles = try ben.articles
            #expect(articles.count == 421 && articles.allSatisfy { $0["fields"]?["title"]?.string != nil })
            #expect(try ben.quipu("list", "tag:strike", "--json").lines.count == 1)
            let note = try #require(try ben.quipu("list", "--kind", "note", "--json").lines.first)
            #expect(note["fields"]?["text"]?.string?.hasPrefix("Ask who saw it") == true)
            let headless = try #require(
                articles.first { $0["fields"]?["body"] == nil && $0["fields"]?["url"] != nil })
            let id = try #require(headless["id"]?.string)
            #expect(try ben.quipu("show", id).output.contains("text waits at origin (1"))
            #expect(try ben.refusal("read", id, exit: 1).message.contains("text waits at origin (1"))
            let status = try ben.quipu("status").output
            #expect(status.contains("\(waiting) texts not here, "))
            // What came from there since the last complete sync is not said to be missing there.
            #expect(status.contains(" ≤"), "\(status)")
            #expect(try ben.json("status")["remotes"]?[0]?["aheadAtMost"]?.bool == true)
            let row = try ben.quipu("list", "id:\(id)").output
            #expect(row.contains("text not here"), "\(row)")
            #expect(headless["missingTexts"]?[0]?.string == "body")
            let export = try ben.run(["export", "-o", "out.jsonl"])
            #expect(export.exitCode == 1 && export.errors.contains("at origin; sync first"), "\(export)")
            let again = try ben.run(["import", office.place.path(of: "far.jsonl")])
            #expect(again.exitCode == 0 && again.errors.contains("items were not compared with"), "\(again)")

            try office.ben.sync()
            try office.ana.sync()
            try expectSame(office.ana, office.ben)
            #expect(try ben.json("status")["missingTexts"]?.integer == 0)
            #expect(try ben.json("status")["remotes"]?[0]?["aheadAtMost"]?.bool == false)
            #expect(!(try ben.quipu("list", "id:\(id)").output.contains("text not here")))
        }

        @Test func `repeating a sync with a limit brings the rest, and says in sync only at the end`() throws
        {
            let (office, link) = try far()
            defer { withExtendedLifetime(link) {} }
            var waiting = Int.max
            for _ in 0..<12 {
                let outcome = try office.ben.run(["sync", "--max-bytes", "700K"])
                #expect(outcome.exitCode == 0, "\(outcome)")
                let now = try #require(try office.ben.json("status")["missingTexts"]?.integer)
                if outcome.output.contains("in sync with"), !outcome.output.contains("not in sync") {
                    #expect(now == 0)
                    return try expectSame(office.ana, office.ben)
                }
                #expect(outcome.output.contains("left to receive: \(now) texts of "), "\(outcome)")
                #expect(
                    outcome.errors.contains("quipu sync --max-bytes 700K; for all of it: quipu sync"),
                    "\(outcome)")
                #expect(waiting == .max || now < waiting, "nothing came with 700 kB")
                waiting = now
            }
            Issue.record("twelve times 700 kB do not bring 3 MB")
        }

        @Test
        func `a push with a limit is completed by a plain sync, even after the sender compacted`()
            throws
        {
            let office = try Office(articles: ["The bridge opens"])
            var random = SplitMix64(seed: 6)
            let file = try office.place.write(
                GeneratedArticles.lines(120, words: 900, named: "far", &random), to: "far.jsonl")
            try office.ana.quipu("import", file)
            let report = try office.ana.json("sync", "--max-bytes", "200K")
            #expect(report["left"]?["textsToSend"]?.integer ?? 0 > 0)
            #expect(report["left"]?["textBytesToSend"]?.integer ?? 0 > 0)
            try office.ana.quipu("compact")
            #expect(try office.ana.json("sync", "--max-bytes", "200K")["inSync"]?.bool == false)
            try office.ana.sync()
            try office.ben.sync()
            try expectSame(office.ana, office.ben)
            #expect(try office.ben.json("status")["missingTexts"]?.integer == 0)
        }

        @Test
        func `a sync with a limit that is killed in the middle keeps what came, and the next continues`()
            throws
        {
            let office = try Office(articles: ["The bridge opens"])
            var random = SplitMix64(seed: 7)
            let file = try office.place.write(
                GeneratedArticles.lines(200, words: 600, named: "far", &random), to: "far.jsonl")
            try office.ana.quipu("import", file)
            try office.ana.sync()
            let link = try CuttingProxy(
                to: office.server.port, cutting: .reply, afterBytes: 120_000, holding: true, pace: Self.pace)
            let program = try office.ben.start("sync", link.url + "/press", "--max-bytes", "2M")
            try link.waitForCut(of: program)
            program.kill()
            _ = try program.finish()
            try office.ben.expectUndamaged()
            let report = try office.ben.json("sync", "--max-bytes", "300K")
            #expect(report["left"]?["transactionsToReceive"]?.integer == 0)
            try office.ben.sync()
            try expectSame(office.ana, office.ben)
        }

        @Test func `a throttled link carries a sync with a limit`() throws {
            let office = try Office(articles: ["The bridge opens"])
            var random = SplitMix64(seed: 8)
            let file = try office.place.write(
                GeneratedArticles.lines(30, words: 200, named: "far", &random), to: "far.jsonl")
            try office.ana.quipu("import", file)
            let link = try BadLink(
                to: office.server.port, FaultChoice([.throttle], seed: 2, requestBytes: 1, replyBytes: 1))
            let report = try office.ana.json("sync", link.url + "/press", "--max-bytes", "20K")
            #expect(
                (report["bytesSent"]?.integer ?? 0) + (report["bytesReceived"]?.integer ?? 0) <= 20_000)
            #expect(report["left"]?["textsToSend"]?.integer ?? 0 > 0)
            try office.ana.sync()
            try office.ben.sync()
            try expectSame(office.ana, office.ben)
        }

        @Test func `a limit that cannot be kept or makes no sense is refused with the reason`() throws {
            let office = try Office(articles: ["The bridge opens"])
            _ = try office.ana.add(title: "Seeds on loan")
            let small = try office.ana.refusal("sync", "--max-bytes", "100", exit: 1)
            #expect(small.message.contains("100 bytes are not enough"), "\(small)")
            #expect(small.hint.contains("nothing is lost"), "\(small)")
            for words in [["--watch"], ["--dry-run"]] {
                let refusal = try office.ana.run(["sync", "--max-bytes", "2M"] + words)
                #expect(refusal.exitCode == 2 && refusal.errors.contains("--max-bytes"), "\(refusal)")
            }
            for size in ["0", "-1", "2X", ""] {
                #expect(try office.ana.run(["sync", "--max-bytes", size]).exitCode == 2)
            }
            try office.ana.sync()
        }
    }
}
