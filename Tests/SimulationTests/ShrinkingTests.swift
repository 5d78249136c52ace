import Simulation
import Testing

@Suite struct ShrinkingTests {
    @Test func `a failing script is shrunk to the steps that it needs to fail`() throws {
        // A promise that cannot hold: nobody ever deletes after a restart.
        func check(_ world: World) throws {
            if world.statistics["restarts"] > 0, world.statistics["exchanges"] > 0 {
                throw Violation("restarts and exchanges do not go together")
            }
        }
        let script = try #require(
            (1...50).lazy.map {
                Script(random: UInt64($0), stepCount: 80, machineCount: 3, capabilities: .present)
            }.first { Run($0, check: check).failure != nil })
        let failure = try #require(Run(script, check: check).failure)
        let shrunk = Shrinking(script, after: failure, limit: .seconds(60), check: check)
        #expect(shrunk.violation.rule == failure.violation.rule)
        #expect(shrunk.script.steps.count == 2)
        #expect(Run(shrunk.script, check: check).failure?.violation.rule == failure.violation.rule)
    }
}
