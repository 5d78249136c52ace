/// Makes a failing script shorter while it still fails for the same reason: whole parts first, then steps, then
/// numbers (Zeller, Hildebrandt: "Simplifying and isolating failure-inducing input", 2002).
public struct Shrinking {
    private let rule: String
    private let check: (World) throws -> Void
    private let deadline: ContinuousClock.Instant
    /// The shortest so far.
    public private(set) var script: Script
    public private(set) var violation: Violation
    public private(set) var attemptCount = 0

    /// - Parameters:
    ///   - script: one that failed.
    ///   - limit: when to be content with what is found.
    public init(
        _ script: Script, after failure: Run.Failure, limit: Duration,
        check: @escaping (World) throws -> Void = { _ in }
    ) {
        self.script = script
        self.script.steps.removeLast(script.steps.count - failure.stepCount)
        violation = failure.violation
        rule = failure.violation.rule
        self.check = check
        deadline = .now + limit
        removeParts()
        lowerNumbers()
        removeParts()
    }

    private var isInTime: Bool { ContinuousClock.now < deadline }

    private mutating func fails(_ steps: [Step]) -> Bool {
        attemptCount += 1
        let candidate = Script(seed: script.seed, machineCount: script.machineCount, steps: steps)
        guard let failure = Run(candidate, check: check).failure, failure.violation.rule == rule else {
            return false
        }
        script.steps = Array(steps.prefix(failure.stepCount))
        violation = failure.violation
        return true
    }

    private mutating func removeParts() {
        var size = max(1, script.steps.count / 2)
        while isInTime {
            var start = 0
            var hasRemoved = false
            while start < script.steps.count, isInTime {
                var steps = script.steps
                steps.removeSubrange(start..<min(start + size, steps.count))
                if fails(steps) { hasRemoved = true } else { start += size }
            }
            if size == 1, !hasRemoved { return }
            if !hasRemoved { size = max(1, size / 2) }
        }
    }

    private mutating func lowerNumbers() {
        for index in script.steps.indices {
            guard index < script.steps.count else { return }
            for place in script.steps[index].parameters.indices {
                for smaller in [0, 1] where isInTime && index < script.steps.count {
                    guard script.steps[index].parameters[place] > smaller else { continue }
                    var steps = script.steps
                    steps[index].parameters[place] = smaller
                    if fails(steps) { break }
                }
            }
        }
    }
}
