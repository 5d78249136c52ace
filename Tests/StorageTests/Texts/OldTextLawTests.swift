import QuipuCausality
import Support
import Testing

@testable import QuipuStorage

/// Whatever happens to texts, in whatever order, each that is held is what it was.
@Suite struct OldTextLawTests {
    /// Long texts, of which several records and fields have some in turn.
    private struct Pool {
        var texts: [[UInt8]]

        init(_ prose: inout Prose, count: Int) {
            var words = prose.words(bytes: 1_500)
            texts = (0..<count).map { _ in
                prose.edit(&words)
                return Prose.json(words)
            }
        }
    }

    @Test(arguments: RandomSeeds.first(8))
    func `old texts survive edits, syncs, compactions, purges and repairs unchanged`(seed: Int)
        throws
    {
        var random = SplitMix64(seed: UInt64(seed) &* 7_919)
        var scene = try TextScene(3, seed: UInt64(seed))
        let pool = Pool(&scene.prose, count: 40).texts
        for step in 0..<100 {
            let replica = Int.random(in: 0..<3, using: &random)
            let store = scene.group[replica]
            let id = UInt128(Int.random(in: 1...3, using: &random))
            let record = RecordID(rawValue: id)
            let view = try store.view(record, kind: "article")
            switch Int.random(in: 0..<24, using: &random) {
            case 0..<14 where view?.isDeleted != true:
                let text = pool[Int.random(in: pool.indices, using: &random)]
                let field = Bool.random(using: &random) ? "body" : "abstract"
                try scene.set(field, to: text, of: id, at: replica)
            case 14 where view?.isDeleted == false:
                _ = try store.delete(record, kind: "article", author: "ana")
            case 15 where view?.isDeleted == true:
                // Refused where somebody edited what they did not know to be deleted.
                _ = try? store.purge(record, kind: "article", author: "ana")
            case 16, 17:
                if view?.isDeleted == true, view?.isPurged != true {
                    _ = try store.restore(record, kind: "article", author: "ana")
                }
            case 18: _ = try store.compact()
            case 19: #expect(try store.repair().left == [])
            default:
                let other = Int.random(in: 0..<3, using: &random)
                if other != replica { try scene.group.sync(replica, other) }
            }
            if step.isMultiple(of: 4) { try scene.expectSound(replica, "seed \(seed), step \(step)") }
        }
        try scene.group.syncAll()
        for replica in 0..<3 {
            try scene.expectSound(replica, "seed \(seed)")
            #expect(try scene.depth(replica) <= CompressedText.maximumDepth)
            #expect(try scene.group[replica].texts.missingCount == 0)
        }
    }
}
