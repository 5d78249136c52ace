import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Syncs and clones over a link that cuts, stalls, pauses, corrupts, throttles or duplicates: they get through,
    /// or say in words that they did not; what was acknowledged is there, and nothing wrong is taken.
    ///
    /// `QUIPU_FAULTS` says how many connections are to meet a fault (150), `QUIPU_SEED` chooses other ones, as in
    ///
    ///     QUIPU_FAULTS=3000 QUIPU_SEED=7 Tools/test --filter BadLinkTests
    struct BadLinkTests {
        /// So many of the faults are of a kind. A stall takes a second at least.
        private static func share(of kind: LinkFault.Kind) -> Int {
            let percent =
                switch kind {
                case .cut, .corrupt: 25
                case .duplicate, .throttle: 18
                case .pause: 10
                case .stall: 4
                }
            return max(1, ((Processes.number("QUIPU_FAULTS") ?? 150) * percent + 99) / 100)
        }

        /// How a command may end that met such a fault.
        private static func exitCodes(after kind: LinkFault.Kind) -> Set<Int32> {
            switch kind {
            case .pause, .throttle, .duplicate: [0]
            // In time a retry gets through; a bit changed is as passing as a cut.
            case .cut, .stall, .corrupt: [0, 4]
            }
        }

        @Test(arguments: LinkFault.Kind.allCases)
        func `no fault of a link loses data or lets wrong data in`(kind: LinkFault.Kind) throws {
            let index = UInt64(LinkFault.Kind.allCases.firstIndex(of: kind) ?? 0)
            var random = SplitMix64(seed: Processes.seed &+ 10 &+ index)
            let wanted = Self.share(of: kind)
            var (struck, attempts, exits) = (0, 0, [Int32: Int]())
            while struck < wanted {
                // Both sides give a link up that stands still for a second.
                let pair = try SyncedPair(variables: kind == .stall ? ["QUIPU_TIMEOUT": "1"] : [:], &random)
                for round in 0..<20 where struck < wanted {
                    let count = Int.random(in: 1...12, using: &random)
                    try pair.bring(.both, count, words: 60, &random)
                    let link = try BadLink(
                        to: pair.server.port,
                        FaultChoice(
                            [kind], seed: random.next(), requestBytes: 500 * count, replyBytes: 500 * count))
                    let ending =
                        round % 4 == 3
                        ? try Self.clone(pair, over: link, round) : try Self.sync(pair, over: link)
                    #expect(
                        Self.exitCodes(after: kind).contains(ending.exitCode),
                        "\(kind), seed \(Processes.seed): \(ending)")
                    exits[ending.exitCode, default: 0] += 1
                    struck += link.struck[kind] ?? 0
                    attempts += 1
                    try pair.expectKept()
                    if Bool.random(using: &random) { try pair.heal() }
                }
                try pair.expectEnd()
                #expect(attempts < 20 + 10 * wanted, "too few faults strike")
            }
            let endings = exits.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }
            print(
                "links survived: \(struck) connections with \(kind.rawValue), \(attempts) commands ended "
                    + "\(endings.joined(separator: ", ")), seed \(Processes.seed)")
        }

        private static func sync(_ pair: SyncedPair, over link: BadLink) throws -> QuipuProcess.Outcome {
            let outcome = try pair.ana.run(["sync", link.url + "/press", "--json"])
            if outcome.exitCode == 0 {
                #expect(outcome.json["inSync"]?.bool == true, "\(outcome)")
                try pair.noteSynced()
            } else {
                expectWords(outcome)
            }
            return outcome
        }

        /// A clone that was stopped is made again, or goes on.
        private static func clone(_ pair: SyncedPair, over link: BadLink, _ round: Int) throws
            -> QuipuProcess.Outcome
        {
            let caro = try Machine("caro\(round)", in: pair.place, variables: pair.ana.environment)
            let outcome = try caro.run(["clone", link.url + "/press", ".", "--json"])
            if outcome.exitCode != 0 {
                expectWords(outcome)
                let again = try caro.run(["clone", pair.url, ".", "--json"])
                if again.error["error"]?.string == "archive-exists" {
                    try caro.sync(pair.url)
                } else {
                    #expect(again.exitCode == 0, "\(again)")
                }
            }
            #expect(try caro.keptDigest == pair.there.keptDigest)
            try caro.expectUndamaged()
            return outcome
        }

        /// What went wrong and what to do is said.
        private static func expectWords(_ outcome: QuipuProcess.Outcome) {
            let refusal = Refusal(outcome.error)
            #expect(!refusal.message.isEmpty && !refusal.hint.isEmpty, "\(outcome)")
            #expect(!outcome.errors.contains("Fatal error"), "\(outcome)")
        }

        @Test
        func `a client gives up on a stalled server after the configured timeout`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let ana = Machine("ana", at: office.ana.folder, variables: ["QUIPU_TIMEOUT": "1"])
            let outcome = try Self.syncOverStalls(ana, office.server)
            #expect(outcome.error["error"]?.string == "remote-unreachable", "\(outcome)")

            let refusal = try Machine("ana", at: office.ana.folder, variables: ["QUIPU_TIMEOUT": "soon"])
                .refusal("sync", exit: 2)
            #expect(refusal.message.contains("QUIPU_TIMEOUT") && refusal.message.contains("soon"))
        }

        @Test
        func `a server gives up on a stalled client after the configured timeout`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let server = try ServedRoot(
                office.place.path(of: "office"), environment: ["QUIPU_TIMEOUT": "1"])
            let outcome = try Self.syncOverStalls(office.ana, server)
            #expect(outcome.error["error"]?.string == "connection-cut", "\(outcome)")
        }

        /// A process that waits for the default of 60 seconds does not end in time.
        private static func syncOverStalls(_ machine: Machine, _ server: ServedRoot) throws
            -> QuipuProcess.Outcome
        {
            let choice = FaultChoice([.stall], seed: 1, requestBytes: 1, replyBytes: 1)
            let link = try BadLink(to: server.port, choice)
            let program = try QuipuProcess.start(
                ["sync", link.url + "/press", "--json"], in: machine.folder, environment: machine.environment,
                limitMilliseconds: 50_000)
            let outcome = try QuipuProcess.finish(program)
            #expect(outcome.exitCode == 4 && (link.struck[.stall] ?? 0) > 0, "\(outcome)")
            return outcome
        }
    }
}
