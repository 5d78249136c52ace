import QuipuCanonicalJSON
import Support
import Testing

extension Processes.KillTests {
    @Test
    func `an archive creation that is killed at any moment can be repeated`() throws {
        var random = SplitMix64(seed: Processes.seed &+ 2)
        var tally = KillTally("init")
        let wanted = Self.share(percent: 5)
        let place = try TemporaryFolder()
        let measured = try Self.emptyFolder("measured", in: place)
        let whole = try FolderChanges(in: measured.archiveFolder)
        try measured.quipu("init", "--name", "press")

        while try tally.wants(wanted) {
            let ana = try Self.emptyFolder("ana\(tally.attempts)", in: place)
            let changes = try FolderChanges(in: ana.archiveFolder)
            let moment = Moment.writes(Moment.place(in: whole.count, &random), changes)
            let ending = try moment.kill(try ana.start("init", "--name", "press"))
            let again = try ana.run(["init", "--name", "press", "--json"])
            let isThere = again.error["error"]?.string == "archive-exists"
            #expect(again.exitCode == (isThere ? 1 : 0), "\(again)")
            tally.note(ending.wasKilled, isThere ? "after it was made" : "before")
            try ana.expectSound()
            #expect(try ana.json("status")["name"]?.string == "press")
            _ = try ana.add(title: "The bridge opens")
            try ana.expectUndamaged()
        }
        tally.report()
    }
}
