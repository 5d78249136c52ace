import QuipuCanonicalJSON
import QuipuCausality
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// The text with both changes, or why there is none.
struct ProposedMergeTests {
    @Test(arguments: ["automatic", "manual", nil])
    func `the text with both changes is proposed under every policy`(policy: String?) throws {
        let scene = try MergeScene(3, policy: policy)
        for replica in 0..<3 {
            #expect(try scene.proposal(at: replica) == .text(canonicalString(MergeScene.both)))
        }
        // Taken by a person it is an edit like any other.
        try scene.set("body", MergeScene.both, at: 2)
        try scene.expectSame(body: MergeScene.both, conflicts: 0)
    }

    @Test func `changes of the same words are not merged`() throws {
        let scene = try MergeScene(edits: ("The new mill by the river.", "The red mill by the river."))
        #expect(try scene.proposal() == .impossible(.overlapping))
        #expect(try scene.merge(at: 0).isEmpty)
    }

    @Test(arguments: [("url", "not-prose"), ("doi", "not-prose"), ("x-own", "not-prose")])
    func `a field that is not prose is not merged`(field: String, obstacle: String) throws {
        let scene = try MergeScene(edits: nil)
        try scene.set(field, MergeScene.before, at: 0)
        try scene.group.syncAll()
        try scene.set(field, MergeScene.first, at: 0)
        try scene.set(field, MergeScene.second, at: 1)
        try scene.group.syncAll()
        #expect(
            try scene.proposal(for: field) == .impossible(try #require(MergeObstacle(rawValue: obstacle))))
        #expect(try scene.merge(at: 0).isEmpty)
    }

    @Test func `a removed value cannot be merged`() throws {
        let scene = try MergeScene(edits: nil)
        try scene.set("body", MergeScene.first, at: 0)
        try scene.group.add([("body", "null")], id: MergeScene.article.rawValue, at: 1)
        try scene.group.syncAll()
        #expect(try scene.proposal() == .impossible(.notText))
    }

    @Test func `three versions are left to people`() throws {
        let scene = try MergeScene(3, edits: nil)
        let third = "The old mill by the lake was sold on Monday."
        for (replica, text) in [MergeScene.first, MergeScene.second, third].enumerated() {
            try scene.set("body", text, at: replica)
        }
        try scene.group.syncAll()
        #expect(try scene.proposal() == .impossible(.notTwo))
        #expect(try scene.merge(at: 0).isEmpty)
    }

    @Test func `versions without a common ancestor are not merged`() throws {
        let scene = try MergeScene(edits: nil)
        try scene.set("abstract", MergeScene.first, at: 0)
        try scene.set("abstract", MergeScene.second, at: 1)
        try scene.group.syncAll()
        #expect(try scene.proposal(for: "abstract") == .impossible(.noAncestor))
    }

    @Test func `versions with two common ancestors are not merged`() throws {
        let scene = try MergeScene(policy: nil)
        // Both settle the conflict, and neither knows of the other.
        try scene.set("body", MergeScene.both, at: 0)
        try scene.set("body", MergeScene.both + " Nobody was asked.", at: 1)
        try scene.group.syncAll()
        #expect(try scene.proposal() == .impossible(.noAncestor))
    }

    @Test(arguments: [MergeScene.before, MergeScene.first])
    func `nothing is merged without the text of the ancestor or of a version`(text: String) throws {
        let scene = try MergeScene()
        let database = try Connection(
            path: scene.group[0].folder.storePath, options: .init(mode: .readWrite))
        try database.run(
            "DELETE FROM text WHERE hash = ?", .blob(ValueHash(of: canonicalString(text)).bytes))
        #expect(database.changes == 1)
        #expect(try scene.proposal() == .impossible(.textMissing))
        #expect(try scene.merge(at: 0).isEmpty)
    }

    @Test func `a resolved conflict and a deletion conflict have nothing to merge`() throws {
        let scene = try MergeScene()
        let conflict = try #require(try scene.group[0].conflicts().first)
        try scene.set("body", "Settled.", at: 0)
        #expect(try scene.group[0].merging.proposal(of: conflict) == .impossible(.notTwo))
        _ = try scene.group[0].delete(MergeScene.article, kind: "article", author: "ana")
        try scene.set("title", "Kept", at: 1)
        try scene.group.syncAll()
        #expect(try scene.proposal(for: "deleted") == .impossible(.deleted))
    }
}
