import Foundation
import Simulation
import Testing

/// Random worlds against all promises. `Tools/simulate --seed S` plays a failing one again and shrinks it.
@Suite(.serialized) struct PromiseTests {
    /// Seconds of a run with fresh seeds; without it the seeds are the same each time, so that a change is refused for
    /// what it did and not for luck.
    private static let seconds =
        ProcessInfo.processInfo.environment["QUIPU_SIMULATION_SECONDS"].flatMap { Int64($0) }

    @Test(arguments: 1...16)
    func `every promise holds in a random world`(seed: UInt64) {
        let script = Script(
            random: seed, stepCount: 120, machineCount: 2 + Int(seed % 4), capabilities: .present)
        if let failure = Run(script).failure { report(script, failure) }
    }

    @Test func `every promise holds in long worlds`() {
        let seed = Self.seconds == nil ? 1 << 20 : UInt64.random(in: 1...1 << 40)
        var campaign = Campaign()
        campaign.play(
            seed: seed, steps: Self.seconds == nil ? 1_920 : .max, limit: Self.seconds.map { .seconds($0) })
        print("simulation with seeds from \(seed): \(campaign.statistics.description)")
        #expect(campaign.statistics["quiet points"] > 0)
        if let run = campaign.failure, let failure = run.failure { report(run.script, failure) }
    }

    private func report(_ script: Script, _ failure: Run.Failure) {
        let shrunk = Shrinking(script, after: failure, limit: .seconds(60))
        Issue.record(
            """
            seed \(script.seed), \(script.machineCount) machines, step \(failure.stepCount): \(failure.violation)
            shrunk: \(shrunk.violation)
            \(shrunk.script)
            """)
    }
}
