import Simulation
import Testing

@Suite struct ScriptTests {
    @Test(arguments: 1...20)
    func `a printed script is read back unchanged`(seed: UInt64) throws {
        let script = Script(random: seed, stepCount: 200, machineCount: 3, capabilities: .all)
        #expect(script.steps.count == 200)
        #expect(try #require(Script(script.description)) == script)
    }

    @Test func `every action is drawn in some script`() {
        var drawn: Set<Action> = []
        for seed in 1...60 {
            let script = Script(random: UInt64(seed), stepCount: 300, machineCount: 3, capabilities: .all)
            drawn.formUnion(script.steps.map(\.action))
        }
        #expect(drawn.count == Action.allCases.count)
    }

    @Test(arguments: ["", "seed 1", "seed 1, 2 machines\nnonsense", "seed 1, 2 machines\n1: edit machine=0"])
    func `a malformed script is refused`(text: String) {
        #expect(Script(text) == nil)
    }

    @Test(arguments: [3, 11, 18] as [UInt64])
    func `running a script twice gives the same trace`(seed: UInt64) {
        let script = Script(random: seed, stepCount: 120, machineCount: 3, capabilities: .present)
        let (first, second) = (Run(script), Run(script))
        #expect(first.trace == second.trace)
        #expect(first.statistics == second.statistics)
        #expect(first.statistics["steps"] == 120)
    }
}
