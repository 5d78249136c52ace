import Support
import Synchronization

/// A server that is killed again and again, and each time another takes its place over the same folder.
///
/// `lives` is called by one thread.
final class UnrulyOffice: Sendable, CustomStringConvertible {
    /// The archive at the office, as somebody at the server would use it.
    let machine: Machine
    let findings = Findings()
    private let root: String
    private let state: Mutex<State>

    private struct State {
        // Servers are started and ended by one thread; the others ask where it is.
        nonisolated(unsafe) var server: ServedRoot
        var links: [BadLink] = []
        var ledger = Ledger()
        var kills = 0
    }

    init(_ root: String) throws {
        self.root = root
        machine = Machine("office", at: root + "/press")
        state = Mutex(State(server: try ServedRoot(root, environment: Processes.SoakTests.variables)))
    }

    var url: String { state.withLock { $0.server.url + "/press" } }
    var ledger: Ledger { state.withLock { $0.ledger } }

    /// A link of somebody's own, with the faults of a seed. It follows the server.
    func link(seed: UInt64) throws -> BadLink {
        let kinds: [LinkFault.Kind] = [
            .cut, .cut, .corrupt, .corrupt, .duplicate, .duplicate, .throttle, .pause, .stall,
        ]
        return try state.withLock { state in
            let link = try BadLink(
                to: state.server.port,
                FaultChoice(kinds, seed: seed, soundOneIn: 3, requestBytes: 1_500, replyBytes: 1_500))
            state.links.append(link)
            return link
        }
    }

    /// What somebody has is confirmed to be here.
    func acknowledge(_ ledger: Ledger) { state.withLock { $0.ledger.acknowledge(ledger) } }

    /// Waits for some writes, then kills the server and starts the next.
    /// - Returns: false once the signal was given.
    func lives(until end: Signal, _ random: inout SplitMix64) throws -> Bool {
        let changes = try FolderChanges(in: machine.archiveFolder)
        guard changes.wait(for: Int.random(in: 10...150, using: &random), or: end) else { return false }
        let confirmed = ledger
        try state.withLock { state in
            state.server.program.kill()
            _ = try state.server.program.finish()
            state.kills += 1
        }
        findings.add(try machine.flaws(), "SQLite finds damage at the office")
        findings.add(try confirmed.lost(at: machine), "confirmed and lost at the office")
        let next = try ServedRoot(root, environment: Processes.SoakTests.variables)
        state.withLock { state in
            state.server = next
            for link in state.links { link.redirect(to: next.port) }
        }
        return true
    }

    var description: String {
        state.withLock { state in
            var struck: [LinkFault.Kind: Int] = [:]
            for link in state.links { struck.merge(link.struck) { $0 + $1 } }
            let faults = struck.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key) \($0.value)" }
            return "soak: the server was killed \(state.kills) times; connections met "
                + "\(faults.joined(separator: ", "))"
        }
    }
}
