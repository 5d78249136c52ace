/// One file, imported on each of several mirrors: each article has a twin from each of them, and costs no more for it.
struct TwinBench {
    private static let mirrors = 8
    /// More than so many would tell nothing that these do not.
    private static let mostArticles = 20_000
    /// What eight mirrors may cost beside one: 1.3 times as much, which is this exponent of eight.
    private static let (leastRatio, greatestExponent) = (1 / 1.3, 0.13)

    let bench: Bench
    let folder: String
    private var growths = ["list", "import again", "verify"].map { name in
        Growth("\(name), a file of 8 mirrors beside 1", factor: Double(mirrors), atMost: greatestExponent)
    }

    init(bench: Bench, folder: String) {
        self.bench = bench
        self.folder = folder
        for index in growths.indices { growths[index].bar = .ratioAtLeast(Self.leastRatio) }
    }

    var rows: [Row] { growths.flatMap(\.rows) }

    mutating func run(_ corpus: inout Corpus) {
        let lines = folder + "/twins.jsonl"
        _ = bench.write(to: lines, count: min(bench.options.articles / 5, Self.mostArticles)) {
            corpus.article($0)
        }
        let (one, many) = (costs(of: lines, on: 1), costs(of: lines, on: Self.mirrors))
        for index in growths.indices { growths[index].note(small: one[index], large: many[index]) }
    }

    private func costs(of lines: String, on count: Int) -> [Double] {
        let place = Place(bench: bench, path: folder + "/twins\(count)")
        defer { place.remove() }
        place.quipu("init", place.ana, "--name", "press")
        let others = (1..<count).map { place.path + "/mirror\($0)" }
        for other in others { place.quipu("clone", place.ana, other) }
        for archive in [place.ana] + others {
            place.quipu("import", lines, "--as", "ana", "--archive", archive)
        }
        for other in others { place.quipu("sync", "--archive", other) }
        // The first takes up the keys of what came.
        place.quipu("import", lines, "--as", "ana", "--archive", place.ana)
        return [
            place.processorMilliseconds("list", "--archive", place.ana),
            place.processorMilliseconds("import", lines, "--as", "ana", "--archive", place.ana),
            place.processorMilliseconds("verify", "--archive", place.ana),
        ]
    }
}
