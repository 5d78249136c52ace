import QuipuCanonicalJSON
import Support
import Synchronization

/// Somebody who edits, imports and syncs over a bad link, and whose machine dies now and then in the midst of it.
final class UnrulyPerson: Sendable, CustomStringConvertible {
    private struct State {
        var random: SplitMix64
        var ledger = Ledger()
        var done = 0
        var acknowledged = 0
        var refused = 0
        var kills = 0
        var syncs: [Int32: Int] = [:]
    }

    /// Refusals that are right, as others edit the same records meanwhile.
    private static let rightRefusals: Set<String> = ["deleted", "not-deleted", "not-in-conflict"]

    let findings = Findings()
    private let machine: Machine
    private let ids: [String]
    private let office: UnrulyOffice
    private let place: TemporaryFolder
    private let link: BadLink
    /// Used by the thread that lives, and read when it has ended.
    private let state: Mutex<State>

    init(
        _ machine: Machine, editing ids: [String], office: UnrulyOffice, in place: TemporaryFolder,
        seed: UInt64
    )
        throws
    {
        (self.machine, self.ids, self.office, self.place) = (machine, ids, office, place)
        link = try office.link(seed: seed)
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    var ledger: Ledger { state.withLock { $0.ledger } }

    /// Does one thing after the other, as long as there is to be more after so many.
    func live(while hasMore: (Int) -> Bool) {
        state.withLock { state in
            while hasMore(state.done), findings.all.isEmpty {
                do { try act(&state) } catch { findings.add(["\(error)"], machine.author) }
                state.done += 1
            }
        }
    }

    private func act(_ state: inout State) throws {
        let words = try nextWords(&state)
        let isSync = words[0] == "sync"
        let program: ChildProgram
        if Int.random(in: 0..<4, using: &state.random) == 0 {
            let changes = try FolderChanges(in: machine.archiveFolder)
            program = try machine.start(words + ["--json"])
            let moment = Moment.writes(Int.random(in: 1...12, using: &state.random), changes)
            if try moment.wait(for: program) { program.kill() }
        } else {
            program = try machine.start(words + ["--json"])
        }
        let outcome = try QuipuProcess.finish(program)
        if outcome.ending.wasKilled {
            state.kills += 1
        } else {
            try judge(outcome, of: words, isSync: isSync, &state)
        }
        findings.add(try machine.flaws(), "SQLite finds damage")
        findings.add(try state.ledger.lost(at: machine), "lost at \(machine.author)'s own")
    }

    private func judge(
        _ outcome: QuipuProcess.Outcome, of words: [String], isSync: Bool, _ state: inout State
    ) throws {
        let isDone = outcome.exitCode == 0 || isSync && outcome.exitCode == 3
        if isDone {
            try state.ledger.acknowledge(machine, words.prefix(3).joined(separator: " "))
            state.acknowledged += 1
        }
        if isSync {
            state.syncs[outcome.exitCode, default: 0] += 1
            if outcome.json["inSync"]?.bool == true { office.acknowledge(state.ledger) }
            // 1: the other one writes so fast that this one never was equal to the server.
            let isStillChanging = outcome.exitCode == 1 && outcome.json["inSync"]?.bool == false
            if !isDone && outcome.exitCode != 4 && !isStillChanging {
                findings.add(["\(outcome)"], "a sync ended so")
            }
        } else if !isDone {
            state.refused += 1
            let error = outcome.error["error"]?.string ?? ""
            if outcome.exitCode != 1 || !Self.rightRefusals.contains(error) {
                findings.add(["\(outcome)"], "refused")
            }
        }
    }

    private func nextWords(_ state: inout State) throws -> [String] {
        let id = ids.randomElement(using: &state.random) ?? ""
        let mark = "\(machine.author) \(state.done)"
        switch Int.random(in: 0..<20, using: &state.random) {
        case 0..<7: return ["sync", link.url + "/press"]
        case 7..<11: return ["set", id, "title=Title of \(mark)"]
        case 11: return ["set", id, "author=\(mark)", "body=\(String(repeating: mark + " ", count: 300))"]
        case 12: return ["tag", id, "+\(machine.author)\(state.done)"]
        case 13: return ["add", "note", "target=\(id)", "text=Remark of \(mark)"]
        case 14: return ["add", "article", "title=New from \(mark)"]
        case 15: return ["delete", id]
        case 16, 17: return ["restore", id]
        case 18: return ["resolve", id, "title", "--take", "1"]
        default:
            let count = Int.random(in: 1...15, using: &state.random)
            return [
                "import",
                try Processes.KillTests.articles(count, words: 60, in: place, &state.random),
            ]
        }
    }

    var description: String {
        state.withLock { state in
            let syncs = state.syncs.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }
            return "soak: \(machine.author) did \(state.done) things, \(state.acknowledged) acknowledged, "
                + "\(state.refused) refused, \(state.kills) killed; syncs ended \(syncs.joined(separator: ", "))"
        }
    }
}
