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
        ]
    }
}
