import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

/// Whatever this replica writes into a text, the passages of its annotations are looked for in it.
@Suite struct ReanchoringTests {
    private typealias Scene = AnchorScene

    @Test func `an edit stores an anchor only when a passage no longer stands word for word or returns`()
        throws
    {
        let scene = try Scene.hand()
        try scene.write("Once upon a time. " + Scene.body)
        #expect(try scene.anchor() == nil)
        try scene.write(Scene.nearly)
        #expect(try scene.isNear())
        try scene.write(Scene.other)
        #expect(try scene.anchor() == Scene.lost(in: Scene.other))
        try scene.write(Scene.body)
        #expect(try scene.anchor() == Scene.exact)
    }

    @Test func `an import of a changed text stores how well the passages are still found`() throws {
        let scene = try Scene()
        func item(_ body: String) -> ImportItem {
            MergedScene.item(["title": "Mill", "url": "https://example.org/1", "body": body], "1")
        }
        try scene.scene.bring(item(Scene.body))
        let id = try #require(try scene.scene.listed().first)
        try scene.annotate(id)
        try scene.scene.bring(item(Scene.nearly))
        #expect(try scene.isNear())
        try scene.scene.bring(item(Scene.other))
        #expect(try scene.anchor() == Scene.lost(in: Scene.other))
        let position = try scene.group[0].position
        try scene.scene.bring(item(Scene.other))
        #expect(try scene.group[0].position == position)
    }

    @Test func `undo and redo look for the passages in the text that they bring back`() throws {
        let scene = try Scene.hand()
        try scene.write(Scene.other)
        try scene.undo()
        #expect(try scene.anchor() == Scene.exact)
        try scene.undo(isRedo: true)
        #expect(try scene.anchor() == Scene.lost(in: Scene.other))
        try scene.undo()
        #expect(try scene.anchor() == Scene.exact)
        #expect(try scene.group[0].verify().damaged == [])
    }

    @Test func `an anchor that the program stored does not keep an annotation from being undone`() throws {
        let scene = try Scene.hand()
        let entry = try #require(try scene.group[0].log.lastOwnEntry())
        try scene.write(Scene.other)
        let report = try scene.group[0].undo(entry, words: "undo", author: "ana")
        #expect(report.left.isEmpty)
        #expect(try scene.group[0].view(Scene.remark, kind: "annotation")?.isDeleted == true)
    }

    @Test func `merge and unmerge look for the passages in the text that is shown afterwards`() throws {
        let scene = try Scene.hand()
        try scene.write(Scene.other, to: Scene.second)
        try scene.scene.merge(Scene.article, into: Scene.second)
        #expect(try scene.anchor() == Scene.lost(in: Scene.other))
        try scene.scene.unmerge(Scene.article)
        #expect(try scene.anchor() == Scene.exact)
    }

    @Test func `an edit of the record that shows a merged one looks for the passages of both`() throws {
        let scene = try Scene.hand()
        try scene.write(Scene.body, to: Scene.second)
        try scene.scene.merge(Scene.article, into: Scene.second)
        #expect(try scene.anchor() == nil)
        try scene.write(Scene.nearly)
        #expect(try scene.isNear())
        #expect(try scene.group[0].stored(Scene.article, kind: "article")?.string("body") == Scene.body)
    }

    @Test func `a received text brings its author's anchors, and the receiver writes nothing`() throws {
        let scene = try Scene.hand(2)
        try scene.write(Scene.other, at: 1)
        let count = try scene.group[1].position
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.anchor(at: mirror) == Scene.lost(in: Scene.other))
            #expect(try scene.group[mirror].position == count)
        }
    }

    @Test func `two conflicting texts put no anchor of their annotations in conflict`() throws {
        let scene = try Scene.hand(2)
        try scene.write(Scene.nearly, at: 0)
        try scene.write(Scene.other, at: 1)
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.group[mirror].conflicts().map(\.field) == ["body"])
            #expect(try scene.group[mirror].verify().damaged == [])
        }
        try scene.write(Scene.nearly, at: 0)
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.isNear(at: mirror))
            #expect(try scene.group[mirror].openConflicts == 0)
            #expect(try scene.group[mirror].verify().damaged == [])
        }
        #expect(try scene.group[0].digest == scene.group[1].digest)
    }

    @Test func `an anchor that another mirror stored does not contest the deletion of its annotation`() throws
    {
        let scene = try Scene.hand(2)
        _ = try scene.group[0].delete(Scene.remark, kind: "annotation", author: "ana")
        try scene.write(Scene.other, at: 1)
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.group[mirror].openConflicts == 0)
            #expect(try scene.group[mirror].view(Scene.remark, kind: "annotation")?.isDeleted == true)
        }
    }

    @Test func `an automatic merge looks for the passages and does not become the last own log entry`() throws
    {
        let scene = try Scene(2)
        let collection = RecordID(rawValue: 500)
        _ = try scene.group[0].edit(
            [
                Edit(
                    id: collection, kind: "collection",
                    changes: [
                        .init(field: "name", json: canonicalString("Press")),
                        .init(field: "merge", json: canonicalString("automatic")),
                    ])
            ], author: "ana")
        try scene.write(Scene.body)
        _ = try scene.group[0].edit(
            [
                Edit(
                    id: Scene.article, kind: "article",
                    changes: [.init(field: "collections/\(collection.text)", json: Array("true".utf8))])
            ], author: "ana")
        try scene.group.syncAll()
        try scene.annotate(Scene.article, at: 1)
        try scene.write(Scene.body.replacing("1890", with: "1891"), at: 0)
        let entry = try #require(try scene.group[0].log.lastOwnEntry())
        try scene.write(Scene.nearly, at: 1)
        try scene.group.syncAll()
        #expect(try scene.group[0].merging.mergeByPolicy(author: "hand0").count == 1)
        #expect(try scene.isNear())
        #expect(try scene.group[0].log.lastOwnEntry()?.name == entry.name)
        #expect(try scene.group[0].openConflicts == 0)
    }

    @Test func `importing an older export of an annotation does not replace its anchor`() throws {
        let scene = try Scene.hand()
        let exported = try scene.group[0].view(Scene.remark, kind: "annotation")?.fields ?? []
        try scene.write(Scene.nearly)
        var item = ImportItem(
            kind: "annotation",
            fields: exported.map { ($0.name, $0.json) } + [("anchor", Array(Scene.exact.utf8))])
        item.fields.sort { $0.name < $1.name }
        item.id = Scene.remark
        for _ in 0..<2 { _ = try scene.group[0].importBatch([item], author: "ana") }
        #expect(try scene.isNear())
    }
}
