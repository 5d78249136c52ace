internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuSQLite

/// A folder in which one run of a bench takes place: ana's archive, the server's and ben's.
struct Place {
    /// What a sync said of itself.
    struct Exchange {
        var outcome: ChildProcess.Outcome
        var bytesSent: Int
        var bytesReceived: Int
        var roundTrips: Int
    }

    struct Serving {
        var process: ChildProcess
        /// Of the archive there.
        var url: String

        @discardableResult
        func stop() -> ChildProcess.Outcome {
            process.terminate()
            return process.wait()
        }
    }

    let bench: Bench
    let path: String
    var ana: String { path + "/ana" }
    var ben: String { path + "/ben" }
    var clonedStore: String { ben + "/.quipu/archive.sqlite" }

    init(bench: Bench, path: String) {
        self.bench = bench
        self.path = path
        mkdir(path, 0o755)
        mkdir(path + "/server", 0o755)
    }

    func remove() { _ = ChildProcess(["/bin/rm", "-rf", path]).wait() }

    @discardableResult
    func quipu(_ words: String...) -> ChildProcess.Outcome { quipu(words) }

    @discardableResult
    func quipu(_ words: [String]) -> ChildProcess.Outcome { run([bench.quipu] + words + ["--quiet"]) }

    /// The same of a command that may say that there are conflicts.
    @discardableResult
    func quipuInConflict(_ words: String...) -> ChildProcess.Outcome { quipuInConflict(words) }

    @discardableResult
    func quipuInConflict(_ words: [String]) -> ChildProcess.Outcome {
        let process = ChildProcess([bench.quipu] + words + ["--quiet"])
        let outcome = process.wait()
        if ![0, 3].contains(outcome.exitCode) { fail("\(words) ended with \(outcome.exitCode)") }
        return outcome
    }

    /// - Returns: seconds that a bare table takes for the lines of some files.
    func rawInsert(_ files: String...) -> Double { insert("raw-insert", files) }

    /// Likewise, by the library's own functions.
    func bareInsert(_ files: String...) -> Double { insert("bare-insert", files) }

    private func insert(_ how: String, _ files: [String]) -> Double {
        let database = path + "/raw.sqlite"
        let outcome = run([bench.workbench, how, database] + files)
        for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
        return outcome.wallMilliseconds / 1_000
    }

    /// - Returns: seconds that a copy takes, until it is on the disk.
    func copy(_ file: String) -> Double {
        let copy = path + "/copy"
        let outcome = run(["/bin/dd", "if=\(file)", "of=\(copy)", "bs=1M", "conv=fsync", "status=none"])
        unlink(copy)
        return outcome.wallMilliseconds / 1_000
    }

    /// - Returns: milliseconds that a program takes for one request that is answered with next to nothing.
    func bareReply(of server: Serving) -> Double {
        let address = server.url.split(separator: "/").prefix(2).joined(separator: "//")
        return run(["/usr/bin/curl", "--silent", "--fail", "--output", "/dev/null", address + "/healthz"])
            .wallMilliseconds
    }

    func serve() -> Serving {
        let process = ChildProcess([
            bench.quipu, "serve", "--quiet", "--root", path + "/server", "--listen", "127.0.0.1:0",
        ])
        return Serving(process: process, url: process.readLine() + "/press")
    }

    func sync(_ archive: String) -> Exchange {
        let process = ChildProcess([bench.quipu, "sync", "--archive", archive, "--json", "--quiet"])
        let line = process.readLine()
        let outcome = process.wait()
        guard outcome.exitCode == 0, let report = try? JSONParser().parse(Array(line.utf8)[...]),
            let sent = report["bytesSent"]?.integer, let received = report["bytesReceived"]?.integer,
            let rounds = report["roundTrips"]?.integer
        else { fail("a sync of \(archive) ended with \(outcome.exitCode): \(line)") }
        return Exchange(
            outcome: outcome, bytesSent: Int(sent), bytesReceived: Int(received), roundTrips: Int(rounds))
    }

    /// Ids of articles, one of so many.
    func articleIDs(every step: Int) -> [String] {
        do {
            let database = try Connection(
                path: ana + "/.quipu/archive.sqlite", options: .init(mode: .readOnly))
            var rows = try database.rows(
                "SELECT id FROM records WHERE kind = 'article' AND row % ? = 0", .integer(step))
            var ids: [String] = []
            while try rows.next() { ids.append(rows.text(0)) }
            return ids
        } catch { fail("\(error)") }
    }

    func size(_ file: String) -> Int {
        var facts = stat()
        return stat(file, &facts) == 0 ? Int(facts.st_size) : 0
    }

    private func run(_ words: [String]) -> ChildProcess.Outcome {
        let outcome = ChildProcess(words).wait()
        if outcome.exitCode != 0 { fail("\(words.joined(separator: " ")) ended with \(outcome.exitCode)") }
        return outcome
    }
}
