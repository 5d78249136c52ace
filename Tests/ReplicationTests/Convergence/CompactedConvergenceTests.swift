import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Random scripts, once as they are and once with compactions at any time: nothing but texts may differ.
@Suite struct CompactedConvergenceTests {
    @Test(arguments: RandomSeeds.first(40))
    func `compaction at any time changes no version, no digest and no conflict`(seed: Int) throws {
        let plain = try run(seed, compacts: false)
        let compacted = try run(seed, compacts: true)
        let expected = try ReplicaState(of: plain[0])
        for store in compacted.stores {
            let state = try ReplicaState(of: store)
            #expect(state.vectorHash == expected.vectorHash, "seed \(seed)")
            #expect(state.digest == expected.digest, "seed \(seed)")
            // Heads keep their texts, so that nothing that is shown differs.
            #expect(state == expected, "seed \(seed)")
            let report = try store.verify()
            #expect(report.damaged == [], "seed \(seed)")
            #expect(try report.contentDigest == plain[0].verify().contentDigest, "seed \(seed)")
            #expect(try versions(in: store) == versions(in: plain[0]), "seed \(seed)")
        }
    }

    private func run(_ seed: Int, compacts: Bool) throws -> Replicas {
        var random = SplitMix64(seed: UInt64(seed) &* 31_337)
        var other = SplitMix64(seed: UInt64(seed))
        let group = try Replicas(Int.random(in: 2...4, using: &random), seed: UInt64(seed))
        for step in 0..<50 {
            try Script.step(step, on: group, using: &random)
            guard compacts, Int.random(in: 0..<6, using: &other) == 0 else { continue }
            let store = group[Int.random(in: group.stores.indices, using: &other)]
            _ = try store.compact()
            #expect(try store.verify().damaged == [], "seed \(seed), step \(step)")
        }
        try group.syncAll()
        return group
    }

    /// The open conflicts by the versions that stand against each other.
    private func versions(in store: Store) throws -> [String] {
        try store.conflicts().map { conflict in
            "\(conflict.id.text) \(conflict.field) \(conflict.current.version) "
                + "\(conflict.others.map(\.version).sorted()) \(conflict.ancestor?.version.description ?? "-")"
        }.sorted()
    }
}
