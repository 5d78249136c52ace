internal import Glibc

/// Import, push and pull of a corpus through the built command and real servers, beside a raw insert of the same
/// lines in the same run.
struct Bench {
    let quipu: String
    let workbench: String
    let samples: [UInt8]
    let articles: Int
    let seed: UInt64
    let folder: String

    private static let memoryLimitKibibytes = 128 << 10

    func run() {
        let lines = folder + "/articles.jsonl"
        let corpusBytes = writeCorpus(to: lines)
        print("\(articles) articles, \(corpusBytes >> 20) MiB as JSON Lines, seed \(seed)")
        print("                                 seconds   articles/s   raw insert =1   peak MiB")

        let raw = time("raw insert", [workbench, "raw-insert", lines, folder + "/raw.sqlite"], beside: nil)
        step([quipu, "init", folder + "/ana", "--name", "press"])
        let ana = ["--archive", folder + "/ana", "--author", "ana", "--quiet"]
        let imported = time("import", [quipu, "import", lines] + ana, beside: raw)

        mkdir(folder + "/server", 0o755)
        let server = ChildProcess([
            quipu, "serve", "--quiet", "--root", folder + "/server", "--listen", "127.0.0.1:0",
        ])
        let url = server.readLine() + "/press"
        step([quipu, "remote", "add", "origin", url] + ana)
        let pushed = time("push (sync)", [quipu, "sync"] + ana, beside: raw)
        let pulled = time("pull (clone)", [quipu, "clone", url, folder + "/ben", "--quiet"], beside: raw)
        let idle = time("sync with nothing to do", [quipu, "sync"] + ana, beside: nil)
        server.terminate()
        let served = server.wait()
        report("server, all of it", served, beside: nil)
        let shown = time("search, index not yet built", [quipu, "search", "puente"] + ana, beside: raw)

        let archiveBytes = size(folder + "/ben/.quipu/archive.sqlite")
        print(
            "archive of the clone: \(archiveBytes >> 20) MiB, \(ratio(Double(archiveBytes), Double(corpusBytes))) of its JSON Lines (limit 1.40)"
        )
        let peak = max(
            imported.peakKibibytes, pushed.peakKibibytes, pulled.peakKibibytes, served.peakKibibytes,
            shown.peakKibibytes, idle.peakKibibytes)
        print("highest peak: \(peak >> 10) MiB (limit 128)")
        if peak > Self.memoryLimitKibibytes { fail("memory is above its limit") }
    }

    private func writeCorpus(to path: String) -> Int {
        guard let file = fopen(path, "w") else { fail("cannot write \(path)") }
        defer { fclose(file) }
        var corpus = Corpus(samples: samples, seed: seed)
        var bytes = 0
        for number in 1...max(1, articles) {
            let line = corpus.article(number)
            bytes += fwrite(line, 1, line.count, file)
        }
        return bytes
    }

    /// Runs something that is not measured.
    private func step(_ words: [String]) {
        let outcome = ChildProcess(words).wait()
        if outcome.exitCode != 0 { fail("\(words.joined(separator: " ")) ended with \(outcome.exitCode)") }
    }

    private func time(_ name: String, _ words: [String], beside raw: ChildProcess.Outcome?)
        -> ChildProcess.Outcome
    {
        let outcome = ChildProcess(words).wait()
        if outcome.exitCode != 0 { fail("\(words.joined(separator: " ")) ended with \(outcome.exitCode)") }
        report(name, outcome, beside: raw)
        return outcome
    }

    private func report(_ name: String, _ outcome: ChildProcess.Outcome, beside raw: ChildProcess.Outcome?) {
        let rate = Double(articles) / outcome.wallMilliseconds * 1_000
        let columns = [
            padded(name, 30, left: true), padded(decimal(outcome.wallMilliseconds / 1_000), 10),
            padded(String(Int(rate)), 13),
            padded(raw.map { ratio($0.wallMilliseconds, outcome.wallMilliseconds) } ?? "", 16),
            padded(String(outcome.peakKibibytes >> 10), 11),
        ]
        print(columns.joined())
    }

    private func size(_ path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    private func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private func ratio(_ one: Double, _ other: Double) -> String { decimal(one / other) }

    private func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
        let room = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + room : room + text
    }
}
