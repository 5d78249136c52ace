import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes.KillTests {
    @Test
    func `a clone whose client or server is killed at any moment can be repeated or resumed`() throws {
        var random = SplitMix64(seed: Processes.seed &+ 5)
        var tally = KillTally("clone")
        let wanted = Self.share(percent: 9)
        let office = try Office()
        let root = office.place.path(of: "office")
        try office.ana.quipu("import", try Self.articles(60, words: 100, in: office.place, &random))
        try office.ana.sync()
        try office.server.stop()
        var server = try ServedRoot(root)
        let whole = try Self.measuredClone(office, server)

        while try tally.wants(wanted) {
            let caro = try Self.emptyFolder("caro\(tally.attempts)", in: office.place)
            let victim = SyncedPair.Victim.allCases.randomElement(using: &random) ?? .client
            let moment: Moment
            var address = server.url + "/press"
            if Bool.random(using: &random) {
                moment = .writes(
                    Moment.place(in: whole.writes, &random),
                    try FolderChanges(in: caro.archiveFolder))
            } else {
                let link = try CuttingProxy(
                    to: server.port, cutting: .reply,
                    afterBytes: Int.random(in: 1...whole.bytes, using: &random),
                    times: 1, holding: true)
                (moment, address) = (.bytes(link), link.url + "/press")
            }
            let program = try caro.start("clone", address, ".")
            let hasCome = try moment.wait(for: program)
            let hasEnded = program.hasEnded
            if hasCome { (victim == .client ? program : server.program).kill() }
            let ending = try program.finish()
            if victim == .server, hasCome {
                _ = try server.program.finish()
                server = try ServedRoot(root)
                #expect([0, 4].contains(ending.exitCode), "\(ending)")
            }

            try caro.expectSound()
            let again = try caro.run(["clone", server.url + "/press", ".", "--json"])
            let isThere = again.error["error"]?.string == "archive-exists"
            #expect(again.exitCode == (isThere ? 1 : 0), "\(again)")
            tally.note(
                victim == .client ? ending.wasKilled : hasCome && !hasEnded,
                "\(victim.rawValue) \(isThere ? "after" : "before") the archive was made")
            if isThere {
                // It knows where it came from, from its first moment.
                #expect(try caro.json("status")["remotes"]?[0]?["name"]?.string == "origin")
                try caro.sync(server.url + "/press")
            }
            #expect(try caro.keptDigest == office.ana.keptDigest && caro.chains == office.ana.chains)
            if tally.attempts.isMultiple(of: 5) { try caro.expectUndamaged() }
        }
        try expectSame(office.ana, Machine("office", at: root + "/press"))
        tally.report()
    }

    @Test
    func `a first push whose client or server is killed at any moment can be repeated`() throws {
        var random = SplitMix64(seed: Processes.seed &+ 6)
        var tally = KillTally("first pushes")
        let wanted = Self.share(percent: 5)
        let place = try TemporaryFolder()
        let root = place.path(of: "office")
        var server = try ServedRoot(root)
        let ana = try Machine("ana", in: place)
        try ana.quipu("init", "--name", "press")
        try ana.quipu("import", try Self.articles(40, words: 60, in: place, &random))
        let measured = try Self.emptyFolder("office/measured", in: place)
        let whole = try FolderChanges(in: measured.archiveFolder)
        try ana.sync(server.url + "/measured")

        while try tally.wants(wanted) {
            let name = "press\(tally.attempts)"
            let there = try Self.emptyFolder("office/" + name, in: place)
            let victim = SyncedPair.Victim.allCases.randomElement(using: &random) ?? .client
            let moment = Moment.writes(
                Moment.place(in: whole.count, &random), try FolderChanges(in: there.archiveFolder))
            let program = try ana.start("sync", server.url + "/" + name)
            let hasCome = try moment.wait(for: program)
            let hasEnded = program.hasEnded
            if hasCome { (victim == .client ? program : server.program).kill() }
            let ending = try program.finish()
            if victim == .server, hasCome {
                _ = try server.program.finish()
                server = try ServedRoot(root)
                #expect([0, 4].contains(ending.exitCode), "\(ending)")
            }
            tally.note(victim == .client ? ending.wasKilled : hasCome && !hasEnded, victim.rawValue)
            try there.expectSound()
            try ana.sync(server.url + "/" + name)
            #expect(try there.keptDigest == ana.keptDigest && there.chains == ana.chains)
            if tally.attempts.isMultiple(of: 5) { try there.expectUndamaged() }
        }
        tally.report()
    }

    /// A machine in whose folder there is an empty place for an archive, so that it can be watched.
    static func emptyFolder(_ name: String, in place: TemporaryFolder) throws -> Machine {
        let machine = try Machine(name, in: place)
        try FileManager.default.createDirectory(
            atPath: machine.archiveFolder, withIntermediateDirectories: true)
        return machine
    }

    /// What an undisturbed clone writes, and what it is sent.
    private static func measuredClone(_ office: Office, _ server: ServedRoot) throws -> (
        writes: Int, bytes: Int
    ) {
        let dora = try emptyFolder("dora", in: office.place)
        let link = try CuttingProxy(to: server.port, cutting: .reply, afterBytes: .max)
        let changes = try FolderChanges(in: dora.archiveFolder)
        try dora.quipu("clone", link.url + "/press", ".")
        return (changes.count, link.passedBytes.reply)
    }
}
