/// Open conflicts by the thousand: two mirrors imported one file, and then two other states of it.
struct ConflictBench {
    private static let mostConflicts = 20_000
    private static let factor = 10.0

    let bench: Bench
    let folder: String
    private var listed = Growth("conflicts, the first 50", factor: factor, atMost: 0.7)
    private var all = Growth("conflicts --limit 0", factor: factor, atMost: 1.1)
    private var one = Growth("conflicts ID", factor: factor, atMost: 0.2)
    private var resolved = Growth("resolve ID", factor: factor, atMost: 0.2)
    private var synced = Growth("nothing-to-do sync, merge=automatic", factor: factor, atMost: 0.2)
    private var mebibytes: [Double] = []

    init(bench: Bench, folder: String) {
        self.bench = bench
        self.folder = folder
        listed.bar = .atMost(120)
    }

    private var count: Int { min(bench.options.articles, Self.mostConflicts) }

    var rows: [Row] {
        let growths = [listed, all, one, resolved, synced]
        return growths.flatMap(\.rows) + [
            Row(
                name: "conflicts --limit 0, peak memory", values: mebibytes, unit: "MiB",
                bar: .atMost(Bench.memoryLimitMebibytes))
        ]
    }

    mutating func run(_ corpus: inout Corpus) {
        let (small, large) = (measure(count / Int(Self.factor), &corpus), measure(count, &corpus))
        listed.note(small: small.listed, large: large.listed)
        all.note(small: small.all, large: large.all)
        one.note(small: small.one, large: large.one)
        resolved.note(small: small.resolved, large: large.resolved)
        synced.note(small: small.synced, large: large.synced)
        mebibytes.append(large.mebibytes)
    }

    private struct Cost {
        var listed = 0.0
        var all = 0.0
        var one = 0.0
        var resolved = 0.0
        var synced = 0.0
        var mebibytes = 0.0
    }

    private func measure(_ count: Int, _ corpus: inout Corpus) -> Cost {
        let place = Place(bench: bench, path: folder + "/conflicts\(count)")
        defer { place.remove() }
        let files = ["given", "ana", "ben"].map { folder + "/conflicts-\($0).jsonl" }
        write(files, count: count, &corpus)
        place.quipu("init", place.ana, "--name", "press")
        place.quipu("import", files[0], "--collection", "Press", "--archive", place.ana)
        place.quipu("clone", place.ana, place.ben)
        place.quipu("import", files[1], "--collection", "Press", "--archive", place.ana)
        place.quipu("import", files[2], "--collection", "Press", "--archive", place.ben)
        let press = place.first("id", of: "list", "--kind", "collection", "--archive", place.ben)
        place.quipu("set", press, "merge=automatic", "--as", "ben", "--archive", place.ben)
        place.quipuInConflict("sync", "--archive", place.ben)

        var cost = Cost()
        cost.synced = place.processorMilliseconds("sync", "--archive", place.ben)
        cost.listed = place.processorMilliseconds("conflicts", "--archive", place.ben)
        let whole = place.quipuInConflict("conflicts", "--limit", "0", "--archive", place.ben)
        cost.all = whole.processorMilliseconds
        cost.mebibytes = Double(whole.peakKibibytes) / 1_024
        let ids = (0..<5).map { _ in settle(in: place) }
        cost.one = median(ids.map(\.listed))
        cost.resolved = median(ids.map(\.resolved))
        return cost
    }

    /// Lists and settles the conflict of one record.
    private func settle(in place: Place) -> (listed: Double, resolved: Double) {
        let id = place.first("id", of: "conflicts", "-n", "1", "--archive", place.ben)
        let listed = place.quipuInConflict("conflicts", id, "--archive", place.ben)
        let resolved = place.quipu(
            "resolve", id, "--take", "1", "--as", "ben", "--archive", place.ben)
        return (listed.processorMilliseconds, resolved.processorMilliseconds)
    }

    /// The same articles three times, with a title from the source, from Ana and from Ben.
    private func write(_ files: [String], count: Int, _ corpus: inout Corpus) {
        let title = Array("\"title\":\"".utf8)
        var lines: [[UInt8]] = []
        for number in 1...max(1, count) { lines.append(corpus.article(number)) }
        for (file, before) in zip(files, ["", "Ana: ", "Ben: "]) {
            _ = bench.write(to: file, count: lines.count) { number in
                let line = lines[number - 1]
                guard let place = line.firstRange(of: title) else { fail("an article has no title") }
                return Array(line[..<place.upperBound] + before.utf8 + line[place.upperBound...])
            }
        }
    }
}
