import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Links that break in the middle of a message, at every kind of place in it.
    struct CutTests {
        /// Somewhere in the first line, the header, the start and the middle of the body.
        private static let places = [1, 60, 130, 200, 260, 2_000, 15_000]

        /// Gives Ana what the office lacks, and the office what she lacks.
        private static func part(_ office: Office, round: Int = 0) throws {
            var random = SplitMix64(seed: UInt64(round))
            func file(_ name: String) throws -> String {
                let text = GeneratedArticles.lines(10, words: 300, named: "\(name)\(round)", &random)
                return try office.place.write(text, to: "\(name).jsonl")
            }
            try office.ben.quipu("import", try file("ben"))
            try office.ben.sync()
            try office.ana.quipu("import", try file("ana"))
        }

        @Test(arguments: [CuttingProxy.Direction.reply, .request])
        func `a plain sync after a cut at any place ends in sync`(
            direction: CuttingProxy.Direction
        ) throws {
            let office = try Office()
            for (round, bytes) in Self.places.enumerated() {
                try Self.part(office, round: round)
                let link = try CuttingProxy(to: office.server.port, cutting: direction, afterBytes: bytes)
                let outcome = try office.ana.run(["sync", link.url + "/press", "--json"])
                #expect(link.cuts > 0)
                // Cut again and again it gives up, or comes through with less at a time; it never claims more.
                #expect(outcome.exitCode == 4 || outcome.json["inSync"]?.bool == true, "\(bytes): \(outcome)")
                if outcome.exitCode == 4 {
                    let refusal = Refusal(outcome.error)
                    #expect(
                        ["connection-cut", "remote-unreachable"].contains(refusal.error),
                        "\(bytes): \(outcome)")
                    #expect(!refusal.hint.isEmpty)
                }
                try office.ana.expectUndamaged()
                try office.ana.sync()
                #expect(try office.ana.articleCount == 20 * (round + 1))
            }
            try office.ben.sync()
            try expectSame(office.ana, office.ben)
        }

        @Test func `a server keeps the received part of an interrupted push`() throws {
            let office = try Office()
            var random = SplitMix64(seed: 3)
            let text = GeneratedArticles.lines(400, words: 300, named: "far", &random)
            try office.ana.quipu("import", try office.place.write(text, to: "far.jsonl"))
            // A part of the first message, which brings more than twice as much.
            let link = try CuttingProxy(
                to: office.server.port, cutting: .request, afterBytes: 200_000, holding: true)
            let program = try office.ana.start("sync", link.url + "/press")
            try link.waitForCut(of: program)
            program.kill()
            _ = try program.finish()
            // Nobody is told when the server has noticed; a fault ends the wait.
            let end = ContinuousClock.now + .seconds(30)
            repeat {
                try office.ben.sync()
            } while try office.ben.articleCount < 50 && ContinuousClock.now < end
            let count = try office.ben.articleCount
            #expect((50..<400).contains(count), "\(count)")
            try office.ben.expectUndamaged()
        }

        @Test(arguments: [300, 15_000])
        func `a link that breaks once does not stop a sync`(bytes: Int) throws {
            let office = try Office()
            try Self.part(office)
            let link = try CuttingProxy(to: office.server.port, cutting: .reply, afterBytes: bytes, times: 1)
            #expect(try office.ana.json("sync", link.url + "/press")["inSync"]?.bool == true)
            #expect(link.cuts == 1)
            try office.ben.sync()
            try expectSame(office.ana, office.ben)
        }

        @Test
        func `an interrupted clone resumes where it stopped`() throws {
            let office = try Office()
            try Self.part(office)
            try office.ana.sync()
            let caro = try Machine("caro", in: office.place)
            let link = try CuttingProxy(to: office.server.port, cutting: .reply, afterBytes: 15_000)
            let outcome = try caro.run(["clone", link.url + "/press", "."])
            #expect(outcome.exitCode == 4, "\(outcome)")
            #expect(outcome.errors.contains("quipu sync"), "\(outcome)")
            try caro.sync(office.url)
            try expectSame(office.ana, caro)
        }
    }
}
