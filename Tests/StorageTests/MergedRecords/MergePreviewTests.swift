import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct MergePreviewTests {
    @Test
    func `a preview names a conflict that the merge opens in a field that the kept record lacks`()
        throws
    {
        let scene = try MergedScene()
        let (a, b, d) = (MergedScene.first, MergedScene.second, MergedScene.third)
        try scene.add(a, ["title": "Flood", "publisher": "Press"])
        try scene.add(b, ["title": "Flood", "publisher": "Valle", "body": "The river rose."])
        try scene.add(d, ["title": "Flood"])
        try scene.merge(b, into: a)
        try scene.set(a, "publisher", "ByHand")
        let preview = try scene.group[0].previewMerge([a], into: d, kind: "article")
        let opened = try #require(preview.fields.first { $0.effect == .opens })
        #expect(opened.field == "publisher" && opened.shown == canonicalString("ByHand"))
        #expect(opened.others.map(\.id) == [b])
        #expect(preview.fields.map(\.field) == ["body", "publisher"])
        try scene.merge(a, into: d)
        #expect(try scene.contest(d, "publisher") == ["ByHand", "Valle"])
        #expect(try scene.group[0].openConflicts == 1)
    }

    @Test(arguments: RandomSeeds.first(60))
    func `a merge shows the values and opens the conflicts that its preview named`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let scene = try MergedScene(2)
        let ids = (1...5).map { RecordID(rawValue: UInt128($0)) }
        let fields = ["author", "body", "title"]
        for id in ids {
            var given: [String: String] = ["title": "a"]
            for field in fields where Bool.random(using: &random) {
                given[field] = ["a", "b", "c"].randomElement(using: &random)
            }
            try scene.add(id, given)
        }
        try scene.group.syncAll()
        for _ in 0..<24 {
            let mirror = Int.random(in: 0...1, using: &random)
            let id = ids[Int.random(in: 0..<ids.count, using: &random)]
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let value = ["\"a\"", "\"b\"", "\"c\"", "null"][Int.random(in: 0..<4, using: &random)]
                let field = fields[Int.random(in: 0..<3, using: &random)]
                scene.group.world.advance(milliseconds: 1_000)
                _ = try? scene.group[mirror].edit(
                    [
                        Edit(
                            id: id, kind: "article",
                            changes: [.init(field: field, json: Array(value.utf8))])
                    ], author: "hand\(mirror)")
            case 4: try? scene.unmerge(id, at: mirror)
            case 5: try scene.group.syncAll()
            case 6: _ = try? scene.group[mirror].delete(id, kind: "article", author: "hand\(mirror)")
            case 7: _ = try? scene.group[mirror].restore(id, kind: "article", author: "hand\(mirror)")
            default:
                let others = ids.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))
                try tell(scene, Array(others), id, mirror)
            }
        }
    }

    /// Compares a preview with what is there after the merge.
    private func tell(
        _ scene: MergedScene, _ others: [RecordID], _ keep: RecordID, _ mirror: Int
    ) throws {
        let store = scene.group[mirror]
        let preview: MergePreview
        do { preview = try store.previewMerge(others, into: keep, kind: "article") } catch {
            #expect(throws: StorageError.self) {
                try scene.write(.merge(others, into: keep, kind: "article"), at: mirror)
            }
            return
        }
        try scene.write(.merge(others, into: keep, kind: "article"), at: mirror)
        let article = try #require(try scene.article(keep, at: mirror))
        #expect(article.id == preview.keep)
        let open = try store.conflicts(of: preview.keep, kind: "article").filter { !$0.isDeletion }
        #expect(preview.fields.filter { $0.effect == .opens }.map(\.field) == open.map(\.field).sorted())
        for field in preview.fields {
            let shown = article[field.field].flatMap { $0 == Array("null".utf8) ? nil : $0 }
            #expect(shown == field.shown, "\(field.field)")
        }
        for conflict in open {
            let said = preview.fields.first { $0.field == conflict.field }?.others.map(\.json) ?? []
            #expect(Set(said) == Set(conflict.others.compactMap(\.json)))
        }
    }
}
