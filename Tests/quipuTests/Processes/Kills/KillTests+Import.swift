import QuipuCanonicalJSON
import Support
import Testing

extension Processes.KillTests {
    @Test
    func `an import that is killed at any moment keeps its commits and can be repeated`() throws {
        var random = SplitMix64(seed: Processes.seed)
        var tally = KillTally("import")
        let wanted = Self.share(percent: 20)
        while try tally.wants(wanted) {
            let place = try TemporaryFolder()
            let (ana, measured) = (try Machine("ana", in: place), try Machine("measured", in: place))
            for machine in [ana, measured] { try machine.quipu("init", "--name", "press") }
            var ledger = Ledger()
            for round in 0..<Self.killsPerArchive where tally.landed < wanted {
                // Some take two commits.
                let isLarge = round % 8 == 3
                let count = isLarge ? 3_000 : Int.random(in: 1...40, using: &random)
                let file = try Self.articles(count, words: isLarge ? 2 : 60, in: place, &random)
                let whole = try FolderChanges(in: measured.archiveFolder)
                try measured.quipu("import", file)

                let before = try ana.chains.count
                let changes = try FolderChanges(in: ana.archiveFolder)
                let moment = Moment.writes(Moment.place(in: whole.count, &random), changes)
                let ending = try moment.kill(try ana.start("import", file))
                try ana.expectSound()
                try ledger.expectKept(by: ana)
                let after = try ana.chains.count
                if round.isMultiple(of: 5) { try ana.expectUndamaged() }

                let report = try ana.json("import", file)
                #expect(
                    report["created"]?.integer.map { $0 <= count } == true && report["updated"]?.integer == 0)
                #expect(
                    (report["created"]?.integer ?? 0) + (report["unchanged"]?.integer ?? 0) == count,
                    "\(report)")
                try ledger.acknowledge(ana, "import of \(count)")
                let phase =
                    after == before
                    ? "before the commit" : report["created"]?.integer == 0 ? "after it" : "between commits"
                tally.note(ending.wasKilled, phase)
            }
            try ana.expectUndamaged()
            #expect(try ana.articleCount == measured.articleCount)
        }
        tally.report()
    }
}
