internal import Glibc
internal import Simulation

/// Random worlds from one seed on; a failing one is shrunk and printed.
struct Play {
    private var seed: UInt64 = 1
    private var steps = 10_000
    private var machineCount: Int?
    private var limit: Duration?
    private var shrinkLimit = Duration.seconds(120)

    init(_ words: some Sequence<String>) {
        var words = Array(words)[...]
        while let option = words.popFirst() {
            guard let value = words.popFirst().flatMap({ UInt64($0) }) else {
                fail("\(option) takes a number")
            }
            switch option {
            case "--seed": seed = value
            case "--steps": steps = Int(clamping: value)
            case "--replicas":
                guard (2...8).contains(value) else { fail("--replicas takes 2 to 8") }
                machineCount = Int(value)
            case "--seconds": limit = .seconds(Int64(clamping: value))
            case "--shrink-seconds": shrinkLimit = .seconds(Int64(clamping: value))
            default: fail("no such option: \(option)")
            }
        }
    }

    func run() {
        var campaign = Campaign()
        campaign.play(seed: seed, steps: steps, machineCount: machineCount, limit: limit)
        print(campaign.statistics.description)
        print("\(campaign.statistics["steps"]) steps in all")
        guard let failure = campaign.failure else { return print("every promise held") }
        Self.report(failure, shrinkLimit: shrinkLimit)
        exit(1)
    }

    static func report(_ run: Run, shrinkLimit: Duration) {
        guard let failure = run.failure else { return }
        print("FAILED with seed \(run.script.seed) after \(failure.stepCount) steps: \(failure.violation)")
        guard shrinkLimit > .zero else { return }
        let shrunk = Shrinking(run.script, after: failure, limit: shrinkLimit)
        print(
            "shrunk to \(shrunk.script.steps.count) steps in \(shrunk.attemptCount) attempts: \(shrunk.violation)"
        )
        print(shrunk.script)
    }
}
