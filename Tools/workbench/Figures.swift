internal import Glibc

/// What the runs of a bench came to.
struct Figures {
    /// The same by the library's own functions, and by the wrapper.
    var bare: [Double] = []
    var raw: [Double] = []
    var copies: [Double] = []
    /// By name, in the order in which they came: seconds, peak memory and the limit of each run.
    private var steps: [(name: String, seconds: [Double], mebibytes: [Double], limits: [Double])] = []
    var idleBytes: [Double] = []
    var idleRounds: [Double] = []
    var idleMilliseconds: [Double] = []
    /// Of a request that is answered with next to nothing.
    var replyMilliseconds: [Double] = []
    var showMilliseconds: [Double] = []
    /// Milliseconds of processor time, by whether the archive is the large one, or that of a thousand articles.
    var idleProcessor: [Bool: [Double]] = [:]
    var showProcessor: [Bool: [Double]] = [:]
    var editBytes: [Double] = []
    var pulledEditBytes: [Double] = []
    var editRounds: [Double] = []
    var oneEditBytes: [Double] = []
    var diskRatio: [Double] = []
    var server: [Double] = []

    /// Milliseconds of processor time by name, in the order in which they came: of the archive of a thousand articles, and
    /// of the large one.
    private var growths: [(name: String, small: [Double], large: [Double])] = []
    /// Of as many articles.
    var growthFactor = 1.0
    var conflictMilliseconds: [Double] = []
    /// Of many edits of one field, beside as many of one field each.
    var historyMilliseconds: [Double] = []
    var spreadMilliseconds: [Double] = []

    /// What grows no faster than what it is about, and what hardly grows.
    private static let greatestExponents = [
        "import": 1.1, "import again": 1.1, "push": 1.1, "pull": 1.1, "verify": 1.1,
        "search, index not yet made": 1.15, "search, a word in two fifths": 0.5,
        "search, a word in a thousand": 0.3,
        "list --tag, one in a thousand": 0.4,
    ]

    /// Of what a new import costs.
    private static let greatestAgain = 0.3

    private static let leastRatios = [
        "push": 0.5, "pull": 0.5, "clone, copy made for it": 0.4, "clone, copy ready": 1,
    ]

    /// - Parameter limit: seconds of what it is held against.
    mutating func note(_ name: String, _ outcome: ChildProcess.Outcome, _ limit: Double?) {
        if !steps.contains(where: { $0.name == name }) { steps.append((name, [], [], [])) }
        guard let index = steps.firstIndex(where: { $0.name == name }) else { return }
        steps[index].seconds.append(outcome.wallMilliseconds / 1_000)
        steps[index].mebibytes.append(Double(outcome.peakKibibytes) / 1_024)
        if let limit { steps[index].limits.append(limit) }
    }

    mutating func noteGrowth(_ name: String, isLarge: Bool, _ outcome: ChildProcess.Outcome) {
        if !growths.contains(where: { $0.name == name }) { growths.append((name, [], [])) }
        guard let index = growths.firstIndex(where: { $0.name == name }) else { return }
        if isLarge {
            growths[index].large.append(outcome.processorMilliseconds)
        } else {
            growths[index].small.append(outcome.processorMilliseconds)
        }
    }

    /// A file that was imported is hardly more than read when it comes again.
    private var importAgain: [Row] {
        guard let first = growths.first(where: { $0.name == "import" }),
            let again = growths.first(where: { $0.name == "import again" })
        else { return [] }
        return [
            Row(
                name: "import again, beside import", values: again.large, unit: "ms CPU", limits: first.large,
                bar: .ratioAtLeast(1 / Self.greatestAgain))
        ]
    }

    private var growthRows: [Row] {
        // Between sizes that are close to one another it says nothing.
        guard growthFactor >= 10 else { return [] }
        return growths.map { growth in
            Row(
                name: "growth, processor time: \(growth.name)",
                values: zip(growth.small, growth.large).map {
                    max(0, log($1 / max($0, 1)) / log(growthFactor))
                },
                unit: "exponent", bar: Self.greatestExponents[growth.name].map { .atMost($0) } ?? .none)
        }
    }

    var rows: [Row] {
        var rows = [
            Row(name: "raw insert", values: raw, unit: "s", limits: bare),
            Row(name: "copy of the archive's file", values: copies, unit: "s"),
        ]
        for step in steps {
            rows.append(
                Row(
                    name: step.name, values: step.seconds, unit: "s", limits: step.limits,
                    bar: Self.leastRatios[step.name].map { .ratioAtLeast($0) } ?? .none))
        }
        for step in steps {
            rows.append(
                Row(
                    name: "\(step.name), peak memory", values: step.mebibytes, unit: "MiB",
                    bar: .atMost(Bench.memoryLimitMebibytes)))
        }
        return rows + [
            Row(
                name: "server, peak memory", values: server, unit: "MiB",
                bar: .atMost(Bench.memoryLimitMebibytes)),
            Row(name: "archive on disk", values: diskRatio, unit: "of JSON Lines", bar: .atMost(1.4)),
            Row(
                name: "nothing-to-do sync, larger way", values: idleBytes, unit: "bytes", bar: .atMost(400)),
            Row(name: "nothing-to-do sync", values: idleRounds, unit: "round trips", bar: .atMost(1)),
            Row(
                name: "nothing-to-do sync, time, beside a bare reply", values: idleMilliseconds, unit: "ms",
                limits: replyMilliseconds),
            Row(
                name: "nothing-to-do sync, beside 1,000 articles", values: idleProcessor[true] ?? [],
                unit: "ms CPU", limits: idleProcessor[false] ?? [], bar: .ratioAtLeast(0.8)),
            Row(
                name: "100 tag edits pushed, each", values: editBytes, unit: "bytes", bar: .atMost(60)),
            Row(
                name: "100 tag edits pulled, each", values: pulledEditBytes, unit: "bytes", bar: .atMost(60)),
            Row(name: "100 tag edits", values: editRounds, unit: "round trips", bar: .atMost(1)),
            Row(name: "one tag edit alone", values: oneEditBytes, unit: "bytes", bar: .atMost(300)),
            Row(name: "show, cold", values: showMilliseconds, unit: "ms", bar: .atMost(20)),
            Row(
                name: "show, cold, beside 1,000 articles", values: showProcessor[true] ?? [],
                unit: "ms CPU", limits: showProcessor[false] ?? [], bar: .ratioAtLeast(0.8)),
            Row(name: "conflicts, 100 open", values: conflictMilliseconds, unit: "ms CPU", bar: .atMost(60)),
            Row(
                name: "push of 200 edits of one field, beside 200 records", values: historyMilliseconds,
                unit: "ms CPU", limits: spreadMilliseconds, bar: .ratioAtLeast(0.5)),
        ] + importAgain + growthRows
    }
}
