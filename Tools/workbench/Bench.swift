internal import Glibc
internal import QuipuCanonicalJSON
internal import QuipuSQLite

/// The rows of the design's section 9, through the built command and real servers, each beside its limit from the same
/// run.
struct Bench {
    struct Options {
        var articles = 100_000
        var seed: UInt64 = 1
        var runs = 1
        var isJSON = false
        var comparesPeers = false
    }

    let quipu: String
    let workbench: String
    let samples: [UInt8]
    let folder: String
    let options: Options

    static let memoryLimitMebibytes = 128.0
    private static let edits = 100
    private static let versions = 200

    /// - Returns: whether every bar was met.
    func run() -> Bool {
        var corpus = Corpus(samples: samples, seed: options.seed)
        let (large, small) = (folder + "/articles.jsonl", folder + "/thousand.jsonl")
        let bytes = write(to: large, count: options.articles) { corpus.article($0) }
        _ = write(to: small, count: 1_000) { corpus.article($0) }
        note("\(options.articles) articles, \(bytes >> 20) MiB as JSON Lines, seed \(options.seed)")

        let scale = folder + "/scale"
        mkdir(scale, 0o755)
        var twins = TwinBench(bench: self, folder: scale)
        var conflicts = ConflictBench(bench: self, folder: scale)
        var windows = WindowBench(bench: self, folder: scale)
        var figures = Figures()
        figures.growthFactor = Double(options.articles) / 1_000
        for run in 1...max(1, options.runs) {
            note("run \(run) of \(options.runs)")
            let place = Place(bench: self, path: folder + "/run\(run)")
            measure(in: place, lines: large, corpus: &corpus, isMain: true, &figures)
            let thousand = Place(bench: self, path: folder + "/thousand\(run)")
            measure(in: thousand, lines: small, corpus: &corpus, isMain: false, &figures)
            if run < options.runs {
                place.remove()
                thousand.remove()
            }
            twins.run(&corpus)
            conflicts.run(&corpus)
            windows.run(&corpus)
        }
        var rows = figures.rows + twins.rows + conflicts.rows + windows.rows
        if options.comparesPeers { rows += Peers(bench: self, lines: large).rows() }
        return show(rows)
    }

    /// All of one run: an import, a push, a clone, and what is done with them.
    private func measure(
        in place: Place, lines: String, corpus: inout Corpus, isMain: Bool, _ figures: inout Figures
    ) {
        let bareLimit = place.bareInsert(lines)
        let limit = place.rawInsert(lines)
        let server = place.serve()
        place.quipu("init", place.ana, "--name", "press")
        place.quipu("remote", "add", "origin", server.url, "--archive", place.ana)
        place.quipu("sync", "--archive", place.ana)
        // While there is little, so that all of it comes through the exchange.
        place.quipu("clone", server.url, place.ben)
        let imported = place.quipu("import", lines, "--as", "ana", "--archive", place.ana)
        let again = place.quipu("import", lines, "--as", "ana", "--archive", place.ana)
        let annotations = place.path + "/annotations.jsonl"
        let ids = place.articleIDs(every: Corpus.articlesPerAnnotation)
        let annotationBytes = write(to: annotations, count: ids.count) {
            corpus.annotation($0, of: ids[$0 - 1])
        }
        place.quipu("import", annotations, "--as", "ana", "--archive", place.ana)

        let pushed = place.sync(place.ana)
        let pushLimit = place.rawInsert(lines, annotations)
        let pulled = place.sync(place.ben)
        let pullLimit = place.rawInsert(lines, annotations)
        let first = place.quipu("clone", server.url, place.path + "/caro")
        let second = place.quipu("clone", server.url, place.path + "/dora")
        let cloneLimit = place.rawInsert(lines, annotations)

        let replies = (0..<5).map { _ in place.bareReply(of: server) }
        let idle = (0..<5).map { _ in place.sync(place.ana) }
        for id in ids.prefix(Self.edits) {
            place.quipu("tag", id, "+checked", "--as", "ana", "--archive", place.ana)
        }
        let many = place.sync(place.ana)
        let gotten = place.sync(place.ben)
        place.quipu("tag", ids[0], "+again", "--as", "ana", "--archive", place.ana)
        let one = place.sync(place.ana)
        let shown = (0..<9).map { _ in place.quipu("show", ids[0], "--archive", place.ana) }
        figures.idleProcessor[isMain, default: []].append(
            median(idle.map(\.outcome.processorMilliseconds)))
        figures.showProcessor[isMain, default: []].append(median(shown.map(\.processorMilliseconds)))
        let verified = place.quipu("verify", "--archive", place.ben)
        // The word index is made by the first search.
        let storedBytes = place.size(place.clonedStore)
        let firstSearch = place.quipu("search", "press", "--archive", place.ben)
        let steps = [
            ("import", imported), ("import again", again), ("push", pushed.outcome), ("pull", pulled.outcome),
            ("verify", verified), ("search, index not yet made", firstSearch),
        ]
        for (name, outcome) in steps { figures.noteGrowth(name, isLarge: isMain, outcome) }
        let questions = [
            ("search, a word in two fifths", ["search", Corpus.commonWord, "-n", "5"]),
            ("search, a word in a thousand", ["search", Corpus.rareWord, "-n", "5"]),
            ("list --tag, one in a thousand", ["list", "--tag", Corpus.rareTag]),
        ]
        let answers = questions.map { ($0.0, place.quipu($0.1 + ["--archive", place.ben])) }
        for (name, outcome) in answers { figures.noteGrowth(name, isLarge: isMain, outcome) }
        guard isMain else {
            server.stop()
            return
        }
        let spread = editsPushed(of: Array(ids.suffix(Self.versions)), in: place)
        let history = editsPushed(of: Array(repeating: ids[1], count: Self.versions), in: place)
        figures.spreadMilliseconds.append(spread.processorMilliseconds)
        figures.historyMilliseconds.append(history.processorMilliseconds)
        figures.conflictMilliseconds.append(conflicts(over: ids.prefix(Self.edits), in: place))

        figures.diskRatio.append(
            Double(storedBytes) / Double(place.size(lines) + annotationBytes))
        figures.bare.append(bareLimit)
        figures.raw.append(limit)
        figures.note("import", imported, limit)
        figures.note("import again", again, limit)
        figures.note("push", pushed.outcome, pushLimit)
        figures.note("pull", pulled.outcome, pullLimit)
        figures.note("clone, copy made for it", first, cloneLimit)
        figures.note("clone, copy ready", second, cloneLimit)
        figures.note("verify", verified, limit)
        figures.note("search, index not yet made", firstSearch, limit)
        for (name, outcome) in answers { figures.note(name, outcome, nil) }
        figures.replyMilliseconds.append(median(replies))
        figures.idleMilliseconds.append(median(idle.map(\.outcome.wallMilliseconds)))
        figures.showMilliseconds.append(median(shown.map(\.wallMilliseconds)))
        figures.idleBytes.append(Double(max(idle[0].bytesSent, idle[0].bytesReceived)))
        figures.idleRounds.append(Double(idle[0].roundTrips))
        let edits = Double(Self.edits)
        figures.editBytes.append(Double(many.bytesSent - idle[0].bytesSent) / edits)
        figures.pulledEditBytes.append(Double(gotten.bytesReceived - idle[0].bytesReceived) / edits)
        figures.editRounds.append(Double(max(many.roundTrips, gotten.roundTrips)))
        figures.oneEditBytes.append(Double(one.bytesSent - idle[0].bytesSent))
        figures.copies.append(place.copy(place.ben + "/.quipu/archive.sqlite"))
        figures.server.append(Double(server.stop().peakKibibytes) / 1_024)
    }

    /// Gives articles new titles, one after the other, and pushes all of it.
    private func editsPushed(of ids: [String], in place: Place) -> ChildProcess.Outcome {
        for (number, id) in ids.enumerated() {
            place.quipu("set", id, "title=Edit \(number)", "--as", "ana", "--archive", place.ana)
        }
        return place.sync(place.ana).outcome
    }

    /// - Returns: milliseconds of processor time that a list of the conflicts takes, when so many articles have one.
    private func conflicts(over ids: ArraySlice<String>, in place: Place) -> Double {
        _ = place.sync(place.ben)
        for id in ids {
            place.quipu("set", id, "author=Ana", "--as", "ana", "--archive", place.ana)
            place.quipu("set", id, "author=Ben", "--as", "ben", "--archive", place.ben)
        }
        for archive in [place.ana, place.ben] { place.quipuInConflict("sync", "--archive", archive) }
        let listed = (0..<5).map { _ in place.quipuInConflict("conflicts", "--archive", place.ben) }
        return median(listed.map(\.processorMilliseconds))
    }

    func write(to path: String, count: Int, _ line: (Int) -> [UInt8]) -> Int {
        guard let file = fopen(path, "w") else { fail("cannot write \(path)") }
        defer { fclose(file) }
        var bytes = 0
        for number in 1...max(1, count) {
            let line = line(number)
            bytes += fwrite(line, 1, line.count, file)
        }
        return bytes
    }

    private func show(_ rows: [Row]) -> Bool {
        if !options.isJSON { print(Row.heading) }
        for row in rows { print(options.isJSON ? String(decoding: row.json, as: UTF8.self) : row.line) }
        return rows.allSatisfy { $0.isMet != false }
    }

    /// To people, on standard error.
    func note(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
