import Support
import Testing

/// Ana and an office with a server, what was acknowledged on either side, and checks that nothing of it is lost.
final class SyncedPair {
    let place: TemporaryFolder
    let ana: Machine
    /// The office's archive, as somebody at the server would use it.
    let there: Machine
    private let root: String
    private let variables: [String: String]
    private(set) var server: ServedRoot
    private(set) var atAna = Ledger()
    private(set) var atOffice = Ledger()
    /// Writes that an undisturbed sync of a little both ways makes on either side.
    private(set) var writes = (here: 1, there: 1)

    /// - Parameter variables: that both sides find set.
    init(variables: [String: String] = [:], _ random: inout SplitMix64) throws {
        self.variables = variables
        place = try TemporaryFolder()
        root = place.path(of: "office")
        server = try ServedRoot(root, environment: variables)
        ana = try Machine("ana", in: place, variables: variables)
        there = Machine("office", at: root + "/press")
        try ana.quipu("init", "--name", "press")
        _ = try ana.add(title: "Acknowledged")
        try ana.sync(url)
        try bring(.both, 20, words: 60, &random)
        let (here, other) = (
            try FolderChanges(in: ana.archiveFolder), try FolderChanges(in: there.archiveFolder)
        )
        try ana.sync(url)
        try noteSynced()
        writes = (here.count, other.count)
    }

    var url: String { server.url + "/press" }

    /// Which way something is to go.
    enum Content: String, CaseIterable {
        case push, pull, both
    }

    /// Imports new articles on one side or on both.
    func bring(_ content: Content, _ count: Int, words: Int, _ random: inout SplitMix64) throws {
        if content != .pull {
            try ana.quipu("import", try Processes.KillTests.articles(count, words: words, in: place, &random))
            try atAna.acknowledge(ana, "import")
        }
        if content != .push {
            try there.quipu(
                "import", try Processes.KillTests.articles(count, words: words, in: place, &random))
            try atOffice.acknowledge(there, "import")
        }
    }

    /// A sync of Ana's has ended in sync.
    func noteSynced() throws {
        try atAna.acknowledge(ana, "sync")
        atOffice.acknowledge(atAna)
    }

    /// Kills the server and starts another over the same folder.
    func replaceServer() throws {
        server.program.kill()
        _ = try server.program.finish()
        server = try ServedRoot(root, environment: variables)
    }

    /// Neither side has lost what was acknowledged there, and SQLite finds neither damaged.
    func expectKept() throws {
        for (machine, ledger) in [(ana, atAna), (there, atOffice)] {
            try machine.expectSound()
            try ledger.expectKept(by: machine)
        }
    }

    /// A plain sync ends in sync.
    func heal() throws {
        try ana.sync(url)
        try noteSynced()
        #expect(try ana.keptDigest == there.keptDigest && ana.chains == there.chains)
    }

    /// All is on both sides, and everything recomputed agrees with what is kept.
    func expectEnd() throws {
        try heal()
        try expectKept()
        try expectSame(ana, there)
    }
}
