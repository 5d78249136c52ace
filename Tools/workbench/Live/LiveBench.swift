internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// How soon an edit is seen by one who watches, and what watchers cost while nothing happens; through the built
/// command and a real server on this machine's loopback.
struct LiveBench {
    struct Options {
        var edits = 1_000
        var watchers = 10_000
        var isJSON = false
    }

    let quipu: String
    let folder: String
    let options: Options

    /// - Returns: whether every bar was met.
    func run() -> Bool {
        step([quipu, "init", folder + "/ana", "--name", "press", "--quiet"])
        mkdir(folder + "/server", 0o755)
        let server = ChildProcess([
            quipu, "serve", "--quiet", "--root", folder + "/server", "--listen", "127.0.0.1:0",
        ])
        let url = server.readLine() + "/press"
        step([quipu, "remote", "add", "origin", url, "--archive", "\(folder)/ana", "--quiet"])
        step([quipu, "sync"] + of("ana"))
        step([quipu, "clone", url, folder + "/ben", "--quiet"])

        var rows = measureEdits()
        if options.watchers > 0 {
            rows += IdleWatchers(url: url, server: server, count: options.watchers).rows {
                step([quipu, "add", "article", "title=news"] + of("ana"))
                step([quipu, "sync"] + of("ana"))
            }
        }
        server.terminate()
        if server.wait().exitCode != 0 { fail("the server did not end well") }
        if !options.isJSON { print(Row.heading) }
        for row in rows {
            print(options.isJSON ? String(decoding: row.json, as: UTF8.self) : row.line)
        }
        return rows.allSatisfy { $0.isMet != false }
    }

    /// Ana edits, one edit after the other; `sync --watch` on her side sends, on Ben's receives. An edit counts as seen
    /// when Ben's says so, which is after it is on his disk.
    private func measureEdits() -> [Row] {
        let id = RecordID.timeOrdered(.system)
        // Says nothing, since nobody would read it.
        let ana = ChildProcess([quipu, "sync", "--watch"] + of("ana"))
        let ben = ChildProcess([quipu, "sync", "--watch", "--json"] + of("ben"))
        guard let folder = ArchiveFolder.at(folder + "/ana"), let store = try? Store(opening: folder) else {
            fail("Ana's archive cannot be opened")
        }
        var byStore: [Double] = []
        for number in 0...max(1, options.edits) {
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
        var byCommand: [Double] = []
        for number in 1...max(1, options.edits / 10) {
            let began = ChildProcess.nowMilliseconds()
            step([quipu, "set", id.text, "title=by command \(number)"] + of("ana"))
            waitForReceipt(ben)
            byCommand.append(ChildProcess.nowMilliseconds() - began)
        }
        for watching in [ana, ben] {
            watching.terminate()
            if watching.wait().exitCode != 0 { fail("one who watched did not end well") }
        }
        return [
            Row(name: "an edit, until a watcher has it: median", values: [median(byStore)], unit: "ms"),
            Row(
                name: "an edit, until a watcher has it: 99 %", values: [quantile(byStore, 0.99)], unit: "ms",
                bar: .atMost(50)),
            Row(
                name: "likewise by command, its start included: 99 %", values: [quantile(byCommand, 0.99)],
                unit: "ms"),
        ]
    }

    private func waitForReceipt(_ watching: ChildProcess) {
        while true {
            let line = watching.readLine()
            if line.isEmpty { fail("one who watched has ended") }
            if ((try? JSONParser().parse(line))?["received"]?.integer ?? 0) > 0 { return }
        }
    }

    /// The least value that so large a part of them does not exceed.
    private func quantile(_ values: [Double], _ part: Double) -> Double {
        let rank = Int((part * Double(values.count)).rounded(.up))
        return values.sorted()[max(0, min(values.count, rank) - 1)]
    }

    private func of(_ person: String) -> [String] {
        ["--archive", "\(folder)/\(person)", "--as", person, "--quiet"]
    }

    private func step(_ words: [String]) {
        let outcome = ChildProcess(words).wait()
        if outcome.exitCode != 0 { fail("\(words.joined(separator: " ")) ended with \(outcome.exitCode)") }
    }
}
