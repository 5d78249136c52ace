/// Windows of a slow link, after each of which the program is ended: how much of what the link carries is progress.
///
/// A window is so many bytes, and not so much time, so that it does not matter how busy the machine is.
struct WindowBench {
    private static let pace = SlowLink.Pace(bytesPerSecond: 30_000, delayMilliseconds: 40)
    private static let windowBytes = 100_000
    /// Without any progress there would be no end.
    private static let mostWindows = 100
    private static let (articles, factor) = (600, 4)
    private static let leastRatio = 0.7

    let bench: Bench
    let folder: String
    private var pulled = Growth("pull in windows of 100 KB", factor: Double(factor), atMost: 1.2)
    private var pushed = Growth("push in windows of 100 KB", factor: Double(factor), atMost: 1.2)
    /// In kilobytes, with what one go without an end takes.
    private var carried: [(isPush: Bool, carried: Double, needed: Double)] = []

    init(bench: Bench, folder: String) {
        self.bench = bench
        self.folder = folder
        pulled.unit = "KB"
        pushed.unit = "KB"
    }

    var rows: [Row] {
        [(pulled, false), (pushed, true)].flatMap { growth, isPush in
            let runs = carried.filter { $0.isPush == isPush }
            return [
                Row(
                    name: growth.name, values: runs.map(\.carried), unit: "KB", limits: runs.map(\.needed),
                    bar: .ratioAtLeast(Self.leastRatio))
            ] + growth.rows.suffix(1)
        }
    }

    mutating func run(_ corpus: inout Corpus) {
        let (small, large) = (folder + "/few.jsonl", folder + "/many.jsonl")
        _ = bench.write(to: small, count: Self.articles / Self.factor) { corpus.article($0) }
        _ = bench.write(to: large, count: Self.articles) { corpus.article($0) }
        for isPush in [false, true] {
            let few = carry(small, isPush: isPush, in: Self.windowBytes, at: Self.pace)
            let many = carry(large, isPush: isPush, in: Self.windowBytes, at: Self.pace)
            let needed = carry(large, isPush: isPush, in: .max, at: nil)
            if isPush {
                pushed.note(small: few, large: many)
            } else {
                pulled.note(small: few, large: many)
            }
            carried.append((isPush, many, needed))
        }
    }

    /// - Returns: kilobytes that the link carried until all was there.
    private func carry(_ lines: String, isPush: Bool, in windowBytes: Int, at pace: SlowLink.Pace?) -> Double
    {
        let place = Place(bench: bench, path: folder + "/windows")
        defer { place.remove() }
        let server = place.serve()
        defer { server.stop() }
        guard let port = server.url.split(separator: ":").last.flatMap({ UInt16($0.prefix { $0 != "/" }) })
        else { fail("the server's URL has no port: \(server.url)") }
        var link = SlowLink(to: port, pace: pace)
        defer { link.close() }
        place.quipu("init", place.ana, "--name", "press")
        place.quipu("remote", "add", "origin", server.url, "--archive", place.ana)
        place.quipu("sync", "--archive", place.ana)
        place.quipu("clone", server.url, place.ben)
        let (giver, slow) = isPush ? (place.ben, place.ben) : (place.ana, place.ben)
        place.quipu("import", lines, "--as", "ana", "--archive", giver)
        if !isPush { place.quipu("sync", "--archive", giver) }
        place.quipu("remote", "remove", "origin", "--archive", slow)
        place.quipu("remote", "add", "origin", "http://127.0.0.1:\(link.port)/press", "--archive", slow)
        for _ in 0..<Self.mostWindows {
            let program = ChildProcess([bench.quipu, "sync", "--archive", slow, "--quiet"])
            let hasEnded = link.carry(for: program, atMost: windowBytes)
            if !hasEnded { program.terminate() }
            let outcome = program.wait()
            if hasEnded, outcome.exitCode == 0 { return Double(link.carriedBytes) / 1_000 }
        }
        fail("after \(Self.mostWindows) windows there was no end")
    }
}
