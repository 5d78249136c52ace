import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

/// `merge`, `unmerge` and `split` are entries as all others: an undo takes them back, a redo brings them again.
@Suite struct MergedUndoTests {
    private let first = MergedScene.first
    private let second = MergedScene.second
    private let third = MergedScene.third

    private func three(_ mirrors: Int = 1) throws -> MergedScene {
        let scene = try MergedScene(mirrors)
        try scene.add(first, ["title": "Flood", "body": "The river rose."])
        try scene.add(second, ["title": "The flood", "author": "Ruiz"])
        try scene.add(third, ["title": "Flood!", "author": "Gomez"])
        if mirrors > 1 { try scene.group.syncAll() }
        return scene
    }

    private func write(_ edit: RecordEdit, _ scene: MergedScene, at mirror: Int = 0) throws {
        try scene.group[mirror].asOneEntry("edit") { _ = try scene.write(edit, at: mirror) }
    }

    @discardableResult
    private func undo(_ scene: MergedScene, isRedo: Bool = false, at mirror: Int = 0) throws -> UndoReport {
        scene.group.world.advance(milliseconds: 1_000)
        let store = scene.group[mirror]
        let entry = try #require(try store.log.lastOwnEntry(isUndo: isRedo))
        return try store.undo(entry, words: isRedo ? "redo" : "undo", author: "hand\(mirror)")
    }

    /// What everybody sees, with what stands open.
    private func view(_ scene: MergedScene, at mirror: Int = 0) throws -> [String] {
        try scene.listed(at: mirror).compactMap { try scene.article($0, at: mirror) }.map { record in
            let fields = record.fields.filter { $0.name != "mergedInto" && !$0.name.hasPrefix("from/") }.map {
                "\($0.name)=\(String(decoding: $0.json, as: UTF8.self))"
            }
            return "\(record.id.rawValue) \(record.members.map(\.rawValue)) \(fields) \(record.isInConflict)"
        }
    }

    @Test func `one undo takes back a merge of three records, and redo merges them again`() throws {
        let scene = try three()
        let apart = try view(scene)
        try write(.merge([second, third], into: first, kind: "article"), scene)
        let together = try view(scene)
        #expect(together.count == 1)
        for _ in 0..<2 {
            #expect(try undo(scene).left.isEmpty)
            #expect(try view(scene) == apart)
            #expect(try undo(scene, isRedo: true).left.isEmpty)
            #expect(try view(scene) == together)
        }
        #expect(try scene.group[0].verify().damaged == [])
    }

    @Test func `the undo of an unmerge merges the records again and opens no new conflict`() throws {
        let scene = try three()
        try write(.merge([second, third], into: first, kind: "article"), scene)
        let together = try view(scene)
        try write(.unmerge(third, kind: "article"), scene)
        let apart = try view(scene)
        #expect(try scene.listed() == [first, third])
        #expect(try undo(scene).left.isEmpty)
        #expect(try view(scene) == together)
        #expect(try undo(scene, isRedo: true).left.isEmpty)
        #expect(try view(scene) == apart)
    }

    @Test func `the undo of a merge keeps what was written to the kept record since`() throws {
        let scene = try three()
        try write(.merge([second], into: first, kind: "article"), scene)
        let entry = try #require(try scene.group[0].log.lastOwnEntry())
        try scene.set(second, "author", "Ana Ruiz")
        #expect(try scene.group[0].undo(entry, words: "undo", author: "ana").left.isEmpty)
        #expect(try scene.listed() == [first, second, third])
        #expect(try scene.article(first)?.string("author") == "Ana Ruiz")
        #expect(try scene.article(second)?.string("author") == "Ruiz")
        #expect(try scene.group[0].openConflicts == 0)
    }

    @Test func `two people who undo one merge agree`() throws {
        let scene = try three(2)
        try write(.merge([second], into: first, kind: "article"), scene)
        try scene.group.syncAll()
        let name = try #require(try scene.group[0].log.lastOwnEntry()).name
        for mirror in 0...1 {
            let entry = try scene.group[mirror].log.logEntry(of: name)
            scene.group.world.advance(milliseconds: 1_000)
            _ = try scene.group[mirror].undo(entry, words: "undo", author: "hand\(mirror)")
        }
        try scene.group.syncAll()
        for mirror in 0...1 {
            #expect(try scene.listed(at: mirror) == [first, second, third])
            #expect(try scene.group[mirror].openConflicts == 0)
        }
        #expect(try scene.group[0].digest == scene.group[1].digest)
    }

    @Test func `the undo of a merge leaves out the kept record if that was deleted since`() throws {
        let scene = try three()
        try write(.merge([second], into: first, kind: "article"), scene)
        let entry = try #require(try scene.group[0].log.lastOwnEntry())
        _ = try scene.group[0].delete(first, kind: "article", author: "ana")
        #expect(try scene.listed() == [third])
        let report = try scene.group[0].undo(entry, words: "undo", author: "ana")
        #expect(report.left.count == 1)
        _ = try scene.group[0].restore(first, kind: "article", author: "ana")
        #expect(try scene.listed() == [first, third])
    }

    @Test func `a split is undone into one record, and redone into two`() throws {
        let scene = try MergedScene()
        let record = RecordID(rawValue: 77)
        let one = MergedScene.item(["title": "Flood", "url": "https://example.org/1", "author": "Ruiz"], "1")
        let two = MergedScene.item(["title": "Drought", "url": "https://example.org/2"], "2")
        try scene.importInto(record, one)
        try scene.importInto(record, two)
        let whole = try view(scene)
        try write(.split(record, kind: "article", item: nil), scene)
        let apart = try view(scene)
        #expect(apart.count == 2)
        try undo(scene)
        #expect(try view(scene) == whole)
        try undo(scene, isRedo: true)
        #expect(try view(scene) == apart)
        #expect(try scene.group[0].openConflicts == 0)
        let position = try scene.group[0].position
        let effects = try scene.bring(one, two)
        #expect(try scene.group[0].position == position, "\(effects)")
        #expect(try scene.group[0].verify().damaged == [])
    }
}
