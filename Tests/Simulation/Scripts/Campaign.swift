/// Many worlds one after the other, each from a seed of its own, until enough steps were played, time is up or a
/// promise is broken.
public struct Campaign {
    /// Steps in one world: enough for its histories to be rich, few enough for its checks to be cheap.
    public static let stepsPerWorld = 240

    public private(set) var statistics = Statistics()
    public private(set) var failure: Run?

    public init() {}

    /// - Parameters:
    ///   - seed: of the first world; the others' count up.
    ///   - machineCount: nil for 2 to 5, by seed.
    ///   - limit: when to begin no further world.
    ///   - report: is told of each world.
    public mutating func play(
        seed: UInt64, steps: Int, machineCount: Int? = nil, limit: Duration? = nil,
        capabilities: Capabilities = .present, report: (Run) -> Void = { _ in }
    ) {
        let deadline = limit.map { ContinuousClock.now + $0 }
        var left = steps
        var seed = seed
        while left > 0, failure == nil, deadline.map({ ContinuousClock.now < $0 }) ?? true {
            let script = Script(
                random: seed, stepCount: min(left, Self.stepsPerWorld),
                machineCount: machineCount ?? 2 + Int(seed % 4), capabilities: capabilities)
            let run = Run(script)
            statistics.add("worlds")
            statistics.add(run.statistics)
            report(run)
            if run.failure != nil { failure = run }
            left -= script.steps.count
            seed &+= 1
        }
    }
}
