import CanonicalJSON
import Foundation
import Support
import Testing

extension Processes {
    /// `kill -9` at any moment: what was acknowledged is there, and what follows goes on from where it was.
    /// `QUIPU_KILLS` says how often, in rounds of ten; the moments differ with each round.
    struct KillTests {
        static let rounds: Range<Int> = {
            let wanted = ProcessInfo.processInfo.environment["QUIPU_KILLS"].flatMap { Int($0) } ?? 10
            return 0..<max(1, (wanted + 9) / 10)
        }()

        /// More than goes into one message of the exchange.
        private static let articleCount = 300

        private static func articles(_ name: String, count: Int = articleCount, seed: Int) -> String {
            var random = SplitMix64(seed: UInt64(seed))
            return GeneratedArticles.lines(count, words: 700, named: name, &random)
        }

        /// What passes in a sync of two machines that are `apart` when nobody disturbs it.
        private static let bytesOfSync: Result<(request: Int, reply: Int), any Error> = Result {
            let office = try apart(seed: 0)
            let report = try withExtendedLifetime(office) { try office.ana.sync() }
            return (report["bytesSent"]?.integer ?? 1, report["bytesReceived"]?.integer ?? 1)
        }

        /// A link that breaks somewhere on the way.
        private static func link(
            to server: ServedRoot, cutting direction: CuttingProxy.Direction, _ random: inout SplitMix64
        ) throws -> CuttingProxy {
            let total = try bytesOfSync.get()
            let most = direction == .request ? total.request : total.reply
            return try CuttingProxy(
                to: server.port, cutting: direction, afterBytes: Int.random(in: 1..<most, using: &random),
                times: 1,
                holding: true)
        }

        /// Kills the program after a part of the time that it would take, or lets it end before.
        private static func kill(_ program: ChildProgram, after time: Duration) throws -> Bool {
            let moment = ContinuousClock.now + time
            while ContinuousClock.now < moment, !program.hasEnded {}
            program.kill()
            return try program.finish().wasKilled
        }

        @Test(arguments: rounds)
        func `import killed at any moment`(seed: Int) throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let id = try ana.add(title: "Acknowledged")
            // More than goes into one commit.
            let count = 1_000
            let file = try place.write(Self.articles("ana", count: count, seed: seed), to: "articles.jsonl")
            // How long it takes, measured on another archive.
            let ben = try Machine("ben", in: place)
            try ben.quipu("init")
            let time = try ContinuousClock().measure { _ = try ben.quipu("import", file) }

            var random = SplitMix64(seed: UInt64(1_000 + seed))
            var last = 1
            for _ in 0..<3 {
                let share = Double.random(in: 0...1, using: &random)
                _ = try Self.kill(try ana.start("import", file), after: time * share)
                try ana.expectUndamaged()
                #expect(try ana.field("title", of: id) == "Acknowledged")
                // What one attempt has committed the next does not lose.
                let present = try ana.articleCount
                #expect(present >= last)
                last = present
            }
            let report = try ana.json("import", file)
            #expect(report["rejected"]?.integer == 0 && report["updated"]?.integer == 0)
            #expect(try ana.articleCount == 1 + count)
            try ana.expectUndamaged()
            #expect(try ana.json("import", file)["unchanged"]?.integer == count)
        }

        @Test(arguments: rounds)
        func `a syncing client killed at any moment`(seed: Int) throws {
            let office = try Self.apart(seed: seed)
            var random = SplitMix64(seed: UInt64(2_000 + seed))
            for direction in [CuttingProxy.Direction.request, .reply] {
                let link = try Self.link(to: office.server, cutting: direction, &random)
                let program = try office.ana.start("sync", link.url + "/press")
                try link.waitForCut(of: program)
                program.kill()
                _ = try program.finish()
                try Self.expectWhole(office)
            }
            try Self.expectEnd(office)
        }

        @Test(arguments: rounds)
        func `a server killed at any moment`(seed: Int) throws {
            let office = try Self.apart(seed: seed)
            var random = SplitMix64(seed: UInt64(3_000 + seed))
            try office.server.stop()
            for direction in [CuttingProxy.Direction.request, .reply] {
                let server = try ServedRoot(office.place.path(of: "office"))
                let link = try Self.link(to: server, cutting: direction, &random)
                let program = try office.ana.start("sync", link.url + "/press", "--json")
                try link.waitForCut(of: program)
                server.program.kill()
                _ = try server.program.finish()
                let outcome = try QuipuProcess.finish(program)
                // With little left to exchange it may have been done before.
                #expect(outcome.exitCode == (link.cuts > 0 ? 4 : 0), "\(outcome)")
                try Self.expectWhole(office)
            }
            let server = try ServedRoot(office.place.path(of: "office"))
            try Self.expectEnd(office, url: server.url + "/press")
        }

        @Test(arguments: rounds)
        func `client and server killed between messages and in the middle of writing`(seed: Int) throws {
            let office = try Self.apart(seed: seed)
            var random = SplitMix64(seed: UInt64(4_000 + seed))
            try office.server.stop()
            let root = office.place.path(of: "office")
            for _ in 0..<3 {
                let server = try ServedRoot(root)
                let program = try office.ana.start("sync", server.url + "/press")
                let time = Duration.microseconds(Int.random(in: 0..<250_000, using: &random))
                if Bool.random(using: &random) {
                    _ = try Self.kill(program, after: time)
                } else {
                    _ = try Self.kill(server.program, after: time)
                    let ending = try program.finish()
                    #expect([0, 4].contains(ending.exitCode), "\(ending.output)\(ending.errors)")
                }
                try Self.expectWhole(office)
            }
            let server = try ServedRoot(root)
            try Self.expectEnd(office, url: server.url + "/press")
        }

        /// Ben's articles are at the office and not at Ana's, hers only with herself.
        private static func apart(seed: Int) throws -> Office {
            let office = try Office(articles: ["Acknowledged"])
            try office.ben.quipu(
                "import", try office.place.write(articles("ben", seed: 100 + seed), to: "ben.jsonl"))
            try office.ben.sync()
            try office.ana.quipu(
                "import", try office.place.write(articles("ana", seed: 200 + seed), to: "ana.jsonl"))
            return office
        }

        /// Neither side has lost what it had, and neither is damaged.
        private static func expectWhole(_ office: Office) throws {
            let server = Machine("office", at: office.place.path(of: "office/press"))
            for machine in [office.ana, server] {
                try machine.expectUndamaged()
                let count = try machine.articleCount
                #expect((1 + articleCount...1 + 2 * articleCount).contains(count))
            }
        }

        /// A further sync ends in sync, and all is everywhere.
        private static func expectEnd(_ office: Office, url: String? = nil) throws {
            for machine in [office.ana, office.ben] { try machine.sync(url ?? office.url) }
            let server = Machine("office", at: office.place.path(of: "office/press"))
            try expectSame(office.ana, office.ben, server)
            #expect(try office.ben.articleCount == 1 + 2 * articleCount)
        }
    }
}
