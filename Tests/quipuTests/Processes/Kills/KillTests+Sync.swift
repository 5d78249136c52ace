import Support
import Testing

extension Processes.KillTests {
    @Test(arguments: SyncedPair.Victim.allCases)
    func `a sync killed at any moment loses nothing on either side`(victim: SyncedPair.Victim) throws {
        var random = SplitMix64(seed: Processes.seed &+ (victim == .client ? 3 : 4))
        var tally = KillTally("syncs of \(victim.rawValue)s")
        let wanted = Self.share(percent: 25)
        while try tally.wants(wanted) {
            let pair = try SyncedPair(&random)
            for round in 0..<Self.killsPerArchive where tally.landed < wanted {
                try pair.kill(victim, isLarge: round == 10, &random, &tally)
                if round.isMultiple(of: 5) {
                    try pair.ana.expectUndamaged()
                    try pair.there.expectUndamaged()
                }
            }
            try pair.expectEnd()
        }
        tally.report()
    }
}
