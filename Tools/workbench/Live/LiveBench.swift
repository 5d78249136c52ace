internal import CanonicalJSON
internal import Causality
internal import Glibc
internal import Storage

/// How soon an edit is seen by one who watches, and what watchers cost while nothing happens; through the built
/// command and a real server on this machine's loopback.
struct LiveBench {
    let quipu: String
    let folder: String
    let edits: Int
    let watchers: Int

    func run() {
        step([quipu, "init", folder + "/ana", "--name", "press", "--quiet"])
        mkdir(folder + "/server", 0o755)
        let server = ChildProcess([
            quipu, "serve", "--quiet", "--root", folder + "/server", "--listen", "127.0.0.1:0",
        ])
        let url = server.readLine() + "/press"
        step([quipu, "remote", "add", "origin", url] + of("ana"))
        step([quipu, "sync"] + of("ana"))
        step([quipu, "clone", url, folder + "/ben", "--quiet"])

        measureEdits()
        if watchers > 0 {
            IdleWatchers(url: url, server: server, count: watchers).run {
                step([quipu, "add", "article", "title=news"] + of("ana"))
                step([quipu, "sync"] + of("ana"))
            }
        }
        server.terminate()
        if server.wait().exitCode != 0 { fail("the server did not end well") }
    }

    /// Ana edits, one edit after the other; `sync --watch` on her side sends, on Ben's receives. An edit counts as seen
    /// when Ben's says so, which is after it is on his disk.
    private func measureEdits() {
        let id = RecordID.timeOrdered(.system)
        // Says nothing, since nobody would read it.
        let ana = ChildProcess([quipu, "sync", "--watch"] + of("ana"))
        let ben = ChildProcess([quipu, "sync", "--watch", "--json"] + of("ben"))
        guard let folder = ArchiveFolder.at(folder + "/ana"), let store = try? Store(opening: folder) else {
            fail("Ana's archive cannot be opened")
        }
        var byStore: [Double] = []
        for number in 0...max(1, edits) {
            let change = Edit.Change(field: "title", json: Array("\"\(number)\"".utf8))
            let began = ChildProcess.nowMilliseconds()
            do {
                _ = try store.edit([Edit(id: id, kind: "article", changes: [change])], author: "ana")
            } catch {
                fail("\(error)")
            }
            waitForReceipt(ben)
            // The first one waited for both to begin.
            if number > 0 { byStore.append(ChildProcess.nowMilliseconds() - began) }
        }
        var fromStart: [Double] = []
        var fromEnd: [Double] = []
        for number in 1...max(1, edits / 10) {
            let started = ChildProcess.nowMilliseconds()
            step([quipu, "set", id.text, "title=by command \(number)"] + of("ana"))
            let ended = ChildProcess.nowMilliseconds()
            waitForReceipt(ben)
            let seen = ChildProcess.nowMilliseconds()
            fromStart.append(seen - started)
            fromEnd.append(seen - ended)
        }
        for watching in [ana, ben] {
            watching.terminate()
            if watching.wait().exitCode != 0 { fail("one who watched did not end well") }
        }
        print("an edit, until seen by one who watches, in milliseconds")
        print("                                     edits    median      99 %       max")
        report("from the edit's begin", byStore)
        report("by command, from its start", fromStart)
        report("by command, from its end", fromEnd)
        let worst = Quantile.of(byStore, 0.99)
        print("limit, at 99 % from the edit's begin: 50 ms: \(worst <= 50 ? "met" : "not met")")
    }

    private func waitForReceipt(_ watching: ChildProcess) {
        while true {
            let line = watching.readLine()
            if line.isEmpty { fail("one who watched has ended") }
            if ((try? JSONParser().parse(line))?["received"]?.integer ?? 0) > 0 { return }
        }
    }

    private func report(_ name: String, _ milliseconds: [Double]) {
        let columns = [0.5, 0.99, 1].map { Column.right(Column.decimal(Quantile.of(milliseconds, $0)), 10) }
        print(
            Column.left(name, 32) + Column.right(String(milliseconds.count), 10) + columns.joined())
    }

    private func of(_ person: String) -> [String] {
        ["--archive", "\(folder)/\(person)", "--author", person, "--quiet"]
    }

    private func step(_ words: [String]) {
        let outcome = ChildProcess(words).wait()
        if outcome.exitCode != 0 { fail("\(words.joined(separator: " ")) ended with \(outcome.exitCode)") }
    }
}

enum Quantile {
    /// The least value that so large a part of them does not exceed.
    static func of(_ values: [Double], _ part: Double) -> Double {
        let sorted = values.sorted()
        return sorted[max(0, min(sorted.count - 1, Int((part * Double(sorted.count)).rounded(.up)) - 1))]
    }
}

enum Column {
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// With two digits after the point.
    static func decimal(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        return "\(value < 0 && hundredths > 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
