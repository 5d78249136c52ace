import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Compaction forgets text, never versions.
@Suite struct CompactionTests {
    private let record = RecordID(rawValue: 7)

    private func article(_ store: Store) throws -> Record {
        try #require(try store.view(record, kind: "article"))
    }

    /// Whether bytes stand anywhere in the archive's files.
    private func holds(_ store: Store, _ text: String) throws -> Bool {
        try ["", "-wal"].contains { suffix in
            let path = store.folder.storePath + suffix
            guard FileManager.default.fileExists(atPath: path) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(text.utf8)) != nil
        }
    }

    private func expectSame(_ first: Store, _ second: Store) throws {
        #expect(try first.log.vector() == second.log.vector())
        #expect(try first.digest == second.digest)
        #expect(try first.verify().damaged == [])
        #expect(try second.verify().damaged == [])
    }

    @Test func `a superseded text is removed from the file while its version remains`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Quicksilver\"")], id: 7, at: 0)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        let before = try group[0].digest
        #expect(try holds(group[0], "Quicksilver"))
        let report = try group[0].compact()
        #expect(report.droppedTexts == 1)
        #expect(report.droppedBytes == "\"Quicksilver\"".utf8.count)
        #expect(report.hindrance == nil)
        #expect(try !holds(group[0], "Quicksilver"))
        #expect(try group[0].digest == before)
        let view = try article(group[0])
        #expect(view.string("title") == "Water")
        let history = try group[0].log.history(of: view)
        #expect(history.count == 2)
        let then = try group[0].log.fields(of: view, at: history[0].version)
        #expect(then.map(\.name) == ["title"] && then.map(\.json) == [nil])
        try expectSame(group[0], group[1])
        #expect(try group[0].compact().droppedTexts == 0, "there is nothing more to drop")
    }

    @Test func `a deleted record keeps the texts of its heads and loses the replaced texts`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Quicksilver\""), ("tags/river", "true")], id: 7, at: 0)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        let content = try group[0].verify().contentDigest
        #expect(try group[0].compact().droppedTexts == 1)
        #expect(try !holds(group[0], "Quicksilver"))
        #expect(try article(group[0]).string("title") == "Water")
        #expect(try group[0].keeping.fieldsWithoutText(of: article(group[0])) == [])
        #expect(try group[0].verify().contentDigest == content)
        #expect(try group.sync(1, 0).0.inSync)
        try expectSame(group[0], group[1])
        #expect(try article(group[1]).isDeleted)
        #expect(try article(group[1]).string("title") == "Water", "it may be restored here too")
    }

    @Test func `an edit that only a deleted record shows survives compaction and a remote restore`()
        throws
    {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\""), ("body", "\"The river rose.\"")], id: 7, at: 0)
        try group.sync(0, 1)
        try group.add([("body", "\"A whole evening of rewriting.\"")], id: 7, at: 0)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        _ = try group[0].compact()
        try group.add([("tags/important", "true")], id: 7, at: 1, author: "ben")
        #expect(try group.sync(0, 1).0.inSync)
        _ = try group[1].restore(record, kind: "article", author: "ben")
        #expect(try group.sync(1, 0).0.inSync)
        for store in group.stores {
            #expect(try article(store).string("body") == "A whole evening of rewriting.")
            #expect(try store.texts.missingCount == 0)
        }
        try expectSame(group[0], group[1])
    }

    @Test func `a hidden head of a deleted record keeps its text too`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"High water\"")], id: 7, at: 0)
        try group.add([("title", "\"Low water\"")], id: 7, at: 1, author: "ben")
        try group.sync(0, 1)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        try group.sync(0, 1)
        for store in group.stores { #expect(try store.compact().droppedTexts == 0) }
        _ = try group[1].restore(record, kind: "article", author: "ben")
        let conflict = try #require(try group[1].conflicts().first)
        #expect(([conflict.current] + conflict.others).allSatisfy { $0.json != nil })
    }

    @Test func `a record that is deleted, compacted and restored is unchanged on a lone replica`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\""), ("body", "\"only here\"")], id: 7, at: 0)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        #expect(try group[0].compact().droppedTexts == 0)
        _ = try group[0].restore(record, kind: "article", author: "ana")
        #expect(try article(group[0]).string("body") == "only here")
        #expect(try group[0].verify().damaged == [])
    }

    @Test func `values in conflict and their ancestor are kept`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Before\"")], id: 7, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"One\"")], id: 7, at: 0)
        try group.add([("title", "\"Two\"")], id: 7, at: 1)
        try group.sync(0, 1)
        let before = try #require(try group[0].conflicts().first)
        #expect(try group[0].compact().droppedTexts == 0)
        let after = try #require(try group[0].conflicts().first)
        #expect(after.others.map(\.json) == before.others.map(\.json))
        #expect(after.ancestor?.json == canonicalString("Before"))
        // Once it is settled only what is shown remains.
        try group.add([("title", "\"Three\"")], id: 7, at: 0)
        #expect(try group[0].compact().droppedTexts == 3)
        try group.sync(0, 1)
        try expectSame(group[0], group[1])
    }

    @Test func `a deleted record in conflict keeps its text, and so do its dependents`() throws {
        let group = try Replicas(2)
        let remark = RecordID(rawValue: 9)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.add(
            [("target", "\"\(record.text)\""), ("text", "\"see there\"")], kind: "annotation", id: 9, at: 0)
        try group.sync(0, 1)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        // The other side edits the remark and deletes it: a head that the delete of the article has not seen.
        try group.add([("text", "\"see here\"")], kind: "annotation", id: 9, at: 1)
        _ = try group[1].delete(remark, kind: "annotation", author: "ben")
        try group.sync(0, 1)
        for store in group.stores {
            _ = try store.compact()
            let conflict = try #require(try store.conflicts().first)
            #expect(conflict.others.map(\.json) == [canonicalString("see here")])
            #expect(try article(store).string("title") == "Water")
        }
        // Confirmed, the conflict is over; what was replaced goes, and heads stay.
        _ = try group[0].delete(record, kind: "article", author: "ana")
        try group.sync(0, 1)
        for store in group.stores {
            #expect(try store.compact().droppedTexts == 0)
            #expect(try article(store).string("title") == "Water")
            #expect(try store.texts.missingCount == 0)
        }
        try expectSame(group[0], group[1])
    }

    @Test func `a replica that returns with an unseen edit restores the deleted record's text`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\""), ("body", "\"The river rose.\"")], id: 7, at: 0)
        try group.sync(0, 1)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        _ = try group[0].compact()
        group.world.advance(milliseconds: 3 * 365 * 86_400_000)
        try group.add([("title", "\"High water\"")], id: 7, at: 1, author: "ben")
        #expect(try group.sync(1, 0).0.inSync)
        for store in group.stores {
            #expect(try store.openConflicts == 1)
            #expect(try article(store).isDeleted)
            #expect(try article(store).string("body") == "The river rose.")
        }
        try expectSame(group[0], group[1])
    }

    @Test func `an old replica that returns without news restores nothing`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Old\"")], id: 7, at: 0)
        try group.add([("title", "\"Gone\"")], id: 8, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"New\"")], id: 7, at: 0)
        _ = try group[0].delete(RecordID(rawValue: 8), kind: "article", author: "ana")
        _ = try group[0].compact()
        let state = try group[0].log.vector()
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try group[0].log.vector() == state)
        #expect(try group[0].compact(isDryRun: true).droppedTexts == 0)
        #expect(try article(group[1]).string("title") == "New")
        #expect(try group[1].view(RecordID(rawValue: 8), kind: "article")?.isDeleted == true)
        try expectSame(group[0], group[1])
    }

    @Test func `an import made on two mirrors is one version, whether its text was dropped or not`() throws {
        let group = try Replicas(3)
        let item = ImportItem(
            id: record, kind: "article", fields: [("title", canonicalString("Water"))])
        for store in group.stores { _ = try store.importBatch([item], author: "ana") }
        _ = try group[0].delete(record, kind: "article", author: "ana")
        _ = try group[0].compact()
        try group.syncAll()
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            #expect(try article(store).isDeleted)
        }
        try expectSame(group[0], group[1])
        try expectSame(group[0], group[2])
    }

    @Test func `a long text in transit arrives even if its record was deleted meanwhile`() throws {
        let group = try Replicas(2)
        let body = "\"" + String(repeating: "long ", count: 30_000) + "\""
        try group.add([("body", body)], id: 7, at: 0)
        try group[0].log.forEachTransaction(after: 0) { transaction, _, _ in
            _ = try group[1].apply([transaction])
            return true
        }
        #expect(try group[1].texts.missingCount == 1)
        _ = try group[1].delete(record, kind: "article", author: "ben")
        #expect(try group[1].texts.missingCount == 1, "somebody may restore it")
        #expect(try group.sync(1, 0).0.inSync)
        _ = try group[1].restore(record, kind: "article", author: "ben")
        #expect(try article(group[1])["body"] == Array(body.utf8))
        try group.sync(1, 0)
        try expectSame(group[0], group[1])
    }

    @Test func `an import into a collection that was deleted and compacted is refused`() throws {
        let group = try Replicas(1)
        let id = try group[0].collections.importOne(named: "Press", author: "ana")
        _ = try group[0].delete(id, kind: "collection", author: "ana")
        _ = try group[0].compact()
        let error = #expect(throws: StorageError.self) {
            try group[0].collections.importOne(named: "Press", author: "ana")
        }
        #expect(error?.code == .deleted)
    }
}
