import Support
import Testing

extension Processes.KillTests {
    @Test
    func `an edit that is killed at any moment is stored whole or not at all`() throws {
        var random = SplitMix64(seed: Processes.seed &+ 1)
        var tally = KillTally("edits")
        let wanted = Self.share(percent: 11)
        while try tally.wants(wanted) {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let ids = try (0..<3).map { try ana.add(title: "Article \($0)") }
            var ledger = Ledger()
            try ledger.acknowledge(ana, "add")
            // What the first edit writes is about what each does.
            let whole = try FolderChanges(in: ana.archiveFolder)
            _ = try ana.add(title: "Measured")

            for round in 0..<Self.killsPerArchive where tally.landed < wanted {
                let words = Self.edit(round, of: ids, &random)
                let before = try ana.chains.count
                let changes = try FolderChanges(in: ana.archiveFolder)
                let moment = Moment.writes(Moment.place(in: whole.count, &random), changes)
                let ending = try moment.kill(try ana.start(words))
                #expect(ending.wasKilled || ending.exitCode == 0, "\(words): \(ending.errors)")
                try ana.expectSound()
                try ledger.expectKept(by: ana)
                let after = try ana.chains.count
                #expect(after == before || after == before + 1)
                tally.note(ending.wasKilled, after == before ? "before the commit" : "after it")
                if ending.exitCode == 0 { try ledger.acknowledge(ana, words.joined(separator: " ")) }
                if round.isMultiple(of: 5) { try ana.expectUndamaged() }
                guard ending.wasKilled else { continue }
                // The archive is in use as before.
                try ana.quipu("set", ids[0], "author=After \(round)")
                try ledger.acknowledge(ana, "set")
                #expect(try ana.field("author", of: ids[0]) == "After \(round)")
            }
            try ana.expectUndamaged()
        }
        tally.report()
    }

    private static func edit(_ round: Int, of ids: [String], _ random: inout SplitMix64) -> [String] {
        let id = ids.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            return [
                "add", "article", "title=New \(round)", "body=\(String(repeating: "text ", count: 2_000))",
            ]
        case 1: return ["set", id, "title=Title \(round)", "date=2026-03-04"]
        case 2: return ["tag", id, "+tag\(round)"]
        case 3: return ["add", "note", "target=\(id)", "text=Remark \(round)"]
        default: return ["set", id, "body=\(String(repeating: "body \(round) ", count: 500))"]
        }
    }
}
