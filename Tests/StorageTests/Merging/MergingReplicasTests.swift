import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

struct MergingReplicasTests {
    /// Three replicas change words of one paragraph at random, meet at random, and merge what they may.
    @Test func `replicas that merge on their own converge and keep every written text`() throws {
        var merges = 0
        for seed in RandomSeeds.first(12).map(UInt64.init) {
            let scene = try MergeScene(3, edits: nil)
            let group = scene.group
            var random = SplitMix64(seed: seed)
            try scene.set("body", (0..<60).map { "b\($0)" }.joined(separator: " "), at: 0)
            try group.syncAll()
            var written: [[UInt8]] = []
            for step in 0..<24 {
                let replica = Int.random(in: 0..<3, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let text = try changed(scene.body(at: replica) ?? "", step: step, using: &random)
                    try scene.set("body", text, at: replica)
                    written.append(canonicalString(text))
                case 1: merges += try scene.merge(at: replica).count
                default: try group.sync(replica, (replica + Int.random(in: 1...2, using: &random)) % 3)
                }
            }
            try group.syncAll()
            for replica in 0..<3 { merges += try scene.merge(at: replica).count }
            try group.syncAll()
            try scene.expectSame(
                body: try #require(try scene.body(at: 0)), conflicts: try group[0].openConflicts)
            for text in written { #expect(try group[2].texts.text(of: ValueHash(of: text)) == text) }
        }
        #expect(merges >= RandomSeeds.first(12).count)
    }

    /// One word replaced, or one put in.
    private func changed(_ text: String, step: Int, using random: inout SplitMix64) -> String {
        var words = text.split(separator: " ").map(String.init)
        let place = Int.random(in: words.indices, using: &random)
        words[place] = Bool.random(using: &random) ? "w\(step)" : words[place] + " w\(step)"
        return words.joined(separator: " ")
    }
}
