import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes.KillTests {
    @Test
    func `a compaction that is killed at any moment loses no version and can be repeated`() throws {
        var random = SplitMix64(seed: Processes.seed &+ 7)
        var tally = KillTally("compaction")
        let wanted = Self.share(percent: 8)
        while try tally.wants(wanted) {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", try Self.articles(30, words: 200, in: place, &random))
            let ids = try ana.articles.compactMap { $0["id"]?.string }
            var ledger = Ledger()
            try Self.replaceTexts(of: ids, at: ana, &random)
            let whole = try FolderChanges(in: ana.archiveFolder)
            try ana.quipu("compact")

            for round in 0..<Self.killsPerArchive where tally.landed < wanted {
                try Self.replaceTexts(of: ids, at: ana, &random)
                try ledger.acknowledge(ana, "set, tag and delete")
                let before = try ana.keptDigest
                let changes = try FolderChanges(in: ana.archiveFolder)
                let moment = Moment.writes(Moment.place(in: whole.count, &random), changes)
                let ending = try moment.kill(try ana.start("compact"))
                try ana.expectSound()
                try ledger.expectKept(by: ana)
                #expect(try ana.keptDigest == before)
                if round.isMultiple(of: 5) { try ana.expectUndamaged() }
                let again = try ana.json("compact")
                tally.note(
                    ending.wasKilled,
                    again["droppedTexts"]?.integer == 0 ? "after texts were dropped" : "before")
                #expect(try ana.keptDigest == before)
            }
            try ana.expectUndamaged()
            try ledger.expectKept(by: ana)
        }
        tally.report()
    }

    /// New texts for some, and others deleted and restored: both leave texts to forget.
    private static func replaceTexts(of ids: [String], at machine: Machine, _ random: inout SplitMix64) throws
    {
        for _ in 0..<3 {
            let mark = String(UInt32.random(in: 0...(.max), using: &random), radix: 36)
            let id = ids.randomElement(using: &random) ?? ""
            _ = try machine.run(["restore", id])
            try machine.quipu("set", id, "body=\(String(repeating: mark + " ", count: 400))")
            if mark.hasSuffix("0") { try machine.quipu("delete", id) }
        }
    }

    @Test
    func `a backup that is killed at any moment is whole or absent`() throws {
        var random = SplitMix64(seed: Processes.seed &+ 8)
        var tally = KillTally("backup")
        let wanted = Self.share(percent: 4)
        let place = try TemporaryFolder()
        let ana = try Machine("ana", in: place)
        try ana.quipu("init", "--name", "press")
        try ana.quipu("import", try Self.articles(60, words: 200, in: place, &random))
        func shelf(_ name: String) throws -> String {
            try FileManager.default.createDirectory(
                atPath: place.path(of: name), withIntermediateDirectories: true)
            return place.path(of: name)
        }
        let measured = try shelf("measured")
        let whole = try FolderChanges(in: measured)
        try ana.quipu("backup", measured + "/press.sqlite")

        while try tally.wants(wanted) {
            let folder = try shelf("shelf\(tally.attempts)")
            let file = folder + "/press.sqlite"
            let moment = Moment.writes(
                Moment.place(in: whole.count, &random), try FolderChanges(in: folder))
            let ending = try moment.kill(try ana.start("backup", file))
            let isThere = FileManager.default.fileExists(atPath: file)
            tally.note(ending.wasKilled, isThere ? "after it was there" : "before")
            if !isThere { try ana.quipu("backup", file) }
            let ben = try Machine("ben\(tally.attempts)", in: place)
            try ben.quipu("clone", file, ".")
            #expect(try ben.keptDigest == ana.keptDigest && ben.chains == ana.chains)
            try ben.expectUndamaged()
        }
        try ana.expectUndamaged()
        tally.report()
    }
}
