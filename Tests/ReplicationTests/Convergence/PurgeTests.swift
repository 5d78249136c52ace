import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// A purge forgets a deleted record for good, here and on every mirror, and nothing by hand that it had not seen.
@Suite struct PurgeTests {
    private let record = RecordID(rawValue: 7)

    private func article(_ store: Store) throws -> Record {
        try #require(try store.view(record, kind: "article"))
    }

    private func holds(_ store: Store, _ text: String) throws -> Bool {
        let data = try Data(contentsOf: URL(fileURLWithPath: store.folder.storePath))
        return data.range(of: Data(text.utf8)) != nil
    }

    /// What a store would send to somebody who has nothing.
    private func sent(by store: Store) throws -> String {
        var texts = ""
        try store.log.forEachTransaction(after: 0) { transaction, _, _ in
            for change in transaction.records.flatMap(\.fields) {
                texts += String(decoding: change.value.text ?? [], as: UTF8.self)
            }
            return true
        }
        return texts
    }

    private func purged(_ count: Int) throws -> Replicas {
        let group = try Replicas(count)
        try group.add([("title", "\"Quicksilver\""), ("body", "\"Zanzibar\"")], id: 7, at: 0)
        try group.add([("title", "\"Mercury\"")], id: 7, at: 0)
        try group.add(
            [("target", "\"\(record.text)\""), ("text", "\"walrus\"")], kind: "annotation", id: 9, at: 0)
        try group.syncAll()
        _ = try group[0].delete(record, kind: "article", author: "ana")
        #expect(try group[0].purge(record, kind: "article", author: "ana").recordCount == 2)
        return group
    }

    private let words = ["Quicksilver", "Zanzibar", "Mercury", "walrus"]

    private func expectGone(from store: Store) throws {
        let texts = try sent(by: store)
        for word in words { #expect(!texts.contains(word), "\(word) would be sent") }
        _ = try store.compact()
        for word in words { #expect(try !holds(store, word), "\(word) is in the file") }
        #expect(try article(store).isPurged)
        #expect(try store.texts.missingCount == 0)
        #expect(try store.verify().damaged == [])
    }

    @Test func `a purged record is gone from every mirror that received the purge, compacted or not`() throws
    {
        let group = try purged(3)
        #expect(try group.sync(0, 1).0.inSync)
        #expect(try group.sync(2, 1).0.inSync)
        for store in group.stores { try expectGone(from: store) }
        #expect(try group[0].digest == group[2].digest)
        #expect(try group[0].purge(record, kind: "article", author: "ana").version == nil, "so already")
    }

    @Test func `a purge removes the snapshots that a mirror keeps for clones`() throws {
        let group = try purged(2)
        mkdir(group[1].folder.snapshotsPath, 0o700)
        try group[1].keeping.copyDatabase(to: group[1].folder.snapshotsPath + "/1-copy.zst")
        try group.sync(0, 1)
        #expect(group[1].folder.snapshotNames() == [])
    }

    @Test func `a mirror that has never held the record is in sync without its texts`() throws {
        let group = try purged(1)
        let late = try Replicas(1)
        let empty = try Store.create(
            in: late.folder.path(of: "late"), id: group[0].id, name: "test",
            environment: late.world.environment())
        let transport = try PathTransport(
            path: group[0].folder.workPath, environment: group.world.environment())
        let (report, _) = try Synchronizer(empty, over: transport).run(agreement: nil)
        #expect(report.inSync)
        try expectGone(from: empty)
    }

    @Test func `a manual edit that the purge had not seen is kept as a conflict, and nothing else is kept`()
        throws
    {
        let group = try purged(2)
        try group.add([("body", "\"okapi\"")], id: 7, at: 1, author: "ben")
        #expect(try group.sync(1, 0).0.inSync)
        for store in group.stores {
            let texts = try sent(by: store)
            #expect(texts.contains("okapi"))
            for word in words { #expect(!texts.contains(word)) }
            #expect(try store.conflicts().map(\.field).sorted() == ["body", "deleted"])
            #expect(try !article(store).isPurged)
            #expect(try store.verify().damaged == [])
        }
        _ = try group[1].restore(record, kind: "article", author: "ben")
        #expect(try group.sync(1, 0).0.inSync)
        #expect(try article(group[0]).string("body") == "okapi")
        // Purged again, with everything seen, nothing stands.
        _ = try group[0].delete(record, kind: "article", author: "ana")
        _ = try group[0].purge(record, kind: "article", author: "ana")
        #expect(try group.sync(0, 1).0.inSync)
        for store in group.stores { #expect(try !sent(by: store).contains("okapi")) }
    }

    @Test func `a record in conflict cannot be purged`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        try group.add([("title", "\"High water\"")], id: 7, at: 1, author: "ben")
        try group.sync(0, 1)
        let error = #expect(throws: StorageError.self) {
            try group[0].purge(record, kind: "article", author: "ana")
        }
        #expect(error?.code == .inConflict)
    }

    @Test func `only a deleted record is purged, and a purged record is not restored`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let early = #expect(throws: StorageError.self) {
            try group[0].purge(record, kind: "article", author: "ana")
        }
        #expect(early?.code == .notDeleted)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        _ = try group[0].purge(record, kind: "article", author: "ana")
        let late = #expect(throws: StorageError.self) {
            try group[0].restore(record, kind: "article", author: "ana")
        }
        #expect(late?.code == .purged)
    }

    private func item(_ title: String, _ body: String) -> ImportItem {
        ImportItem(
            kind: "article",
            fields: [
                ("title", canonicalString(title)), ("body", canonicalString(body)),
                ("url", canonicalString("http://example.org/water")),
            ])
    }

    @Test func `a purge replaces every import of its fields, seen or not, earlier or later`() throws {
        let group = try Replicas(2)
        guard case .created(let id) = try group[0].importBatch([item("Water", "one")], author: "ana").first
        else {
            Issue.record("nothing was created")
            return
        }
        try group.sync(0, 1)
        _ = try group[0].delete(id, kind: "article", author: "ana")
        _ = try group[0].purge(id, kind: "article", author: "ana")
        // The other has not heard of it, and its source has changed.
        #expect(try group[1].importBatch([item("Flood", "two")], author: "ben") == [.updated(id)])
        #expect(try group.sync(1, 0).0.inSync)
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            #expect(try store.view(id, kind: "article")?.isPurged == true)
            #expect(try !sent(by: store).contains("Flood") && !sent(by: store).contains("one"))
            #expect(try store.verify().damaged == [])
            #expect(try store.importBatch([item("Flood", "two")], author: "ben") == [.stayedDeleted(id)])
        }
    }

    @Test func `a text that another record shows too is kept`() throws {
        let group = try purged(2)
        try group.add([("title", "\"Mercury\"")], id: 8, at: 1)
        try group.add([("title", "\"Venus\"")], id: 8, at: 1)
        #expect(try group.sync(0, 1).0.inSync)
        let other = try #require(try group[0].view(RecordID(rawValue: 8), kind: "article"))
        let first = try #require(try group[0].log.history(of: other).first)
        #expect(
            try group[0].log.fields(of: other, at: first.version).first?.json == canonicalString("Mercury"))
    }

    @Test func `a repair derives the same state from a purged record`() throws {
        let group = try purged(2)
        try group.add([("body", "\"okapi\"")], id: 7, at: 1, author: "ben")
        try group.sync(0, 1)
        let digest = try group[0].digest
        #expect(try group[0].repair().left == [])
        #expect(try group[0].digest == digest)
        #expect(try !sent(by: group[0]).contains("Zanzibar"))
    }
}
