/// One script, played from its beginning to its end or to the first promise that does not hold.
public struct Run: Sendable {
    public struct Failure: Sendable {
        public var violation: Violation
        /// Steps that were played, the failing one included.
        public var stepCount: Int
    }

    public let script: Script
    public let failure: Failure?
    public let statistics: Statistics
    public let trace: Trace

    /// - Parameter check: one more thing that must hold after each step; throws a `Violation`.
    public init(_ script: Script, check: (World) throws -> Void = { _ in }) {
        self.script = script
        var stepCount = 0
        do {
            let world = try World(script)
            var violation: Violation?
            do {
                for step in script.steps {
                    stepCount += 1
                    try world.perform(step)
                    try check(world)
                }
            } catch let error as Violation {
                violation = error
            } catch {
                violation = Violation("the simulation itself goes on", "\(error)")
            }
            failure = violation.map { Failure(violation: $0, stepCount: stepCount) }
            statistics = world.statistics
            trace = world.trace
        } catch {
            failure = Failure(violation: Violation("a world begins", "\(error)"), stepCount: 0)
            statistics = Statistics()
            trace = Trace()
        }
    }
}
