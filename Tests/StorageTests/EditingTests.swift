import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@Suite struct EditingTests {
    private let record = RecordID(rawValue: 7)

    @Test func `an edit that changes nothing writes nothing`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let position = try group[0].position
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        #expect(try group[0].position == position)
    }

    @Test func `an edit of a field in conflict closes it and reports the replaced versions`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        try group.add([("title", "\"A\"")], id: 7, at: 0)
        try group.add([("title", "\"B\"")], id: 7, at: 1)
        try group.sync(0, 1)
        let outcome = try group[0].edit(
            [Edit(id: record, kind: "article", changes: [.init(field: "title", json: canonicalString("C"))])],
            author: "ana")
        #expect(outcome.closed.map(\.field) == ["title"])
        #expect(outcome.closed.first?.versions.count == 2)
        #expect(try group[0].openConflicts == 0)
        try group.sync(0, 1)
        #expect(try group[1].openConflicts == 0)
    }

    @Test func `a deleted record refuses edits until it is restored`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        let error = #expect(throws: StorageError.self) {
            try group.add([("title", "\"Fire\"")], id: 7, at: 0)
        }
        #expect(error?.code == .deleted)
        _ = try group[0].restore(record, kind: "article", author: "ana")
        try group.add([("title", "\"Fire\"")], id: 7, at: 0)
        #expect(try group[0].view(record, kind: "article")?.string("title") == "Fire")
    }

    @Test func `an edit that a delete had not seen is listed and restorable on both sides`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        try group.add([("title", "\"High water\"")], id: 7, at: 1, author: "ben")
        try group.sync(0, 1)
        for store in group.stores {
            let conflict = try #require(try store.conflicts().first)
            #expect(conflict.isDeletion)
            #expect(conflict.others.map(\.author) == ["ben"])
            #expect(conflict.others.first?.json == canonicalString("High water"))
        }
        _ = try group[1].restore(record, kind: "article", author: "ben")
        try group.sync(0, 1)
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            #expect(try store.view(record, kind: "article")?.string("title") == "High water")
        }
    }

    @Test func `deleting a record again confirms the deletion and closes the conflict everywhere`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.sync(0, 1)
        _ = try group[0].delete(record, kind: "article", author: "ana")
        try group.add(
            [("target", "\"\(record.text)\""), ("text", "\"see here\"")], kind: "annotation", id: 9, at: 1)
        try group.sync(0, 1)
        #expect(try group[0].openConflicts == 1)
        #expect(try group[0].delete(record, kind: "article", author: "ana") != nil)
        try group.sync(0, 1)
        for store in group.stores {
            #expect(try store.openConflicts == 0)
            #expect(try store.view(record, kind: "article")?.isDeleted == true)
            #expect(try store.records.attachments(to: record).count == 1)
        }
    }

    @Test func `history lists every version, and fields can be read at any version`() throws {
        let group = try Replicas(1)
        for title in ["One", "Two", "Three"] {
            try group.add([("title", "\"\(title)\"")], id: 7, at: 0, author: title)
        }
        let view = try #require(try group[0].view(record, kind: "article"))
        let history = try group[0].log.history(of: view)
        #expect(history.map(\.author) == ["One", "Two", "Three"])
        let first = try #require(try group[0].log.addition(of: view))
        #expect(first.author == "One" && first.version == history[0].version)
        let then = try group[0].log.fields(of: view, at: history[1].version)
        #expect(then.first?.json == canonicalString("Two"))
    }

    @Test func `a replica whose archive was restored continues under a new origin`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"One\"")], id: 7, at: 0)
        let folder = group[0].folder
        let backup = try TemporaryFolder()
        let copy = try FolderCopy(of: folder.storePath, in: backup)
        try group.add([("title", "\"Two\"")], id: 7, at: 0)
        let before = try group[0].origin
        try copy.putBack()
        let store = try Store(opening: folder, environment: group.world.environment())
        _ = try store.edit(
            [
                Edit(
                    id: record, kind: "article",
                    changes: [.init(field: "title", json: canonicalString("Three"))])
            ],
            author: "ana")
        #expect(try store.origin != before)
        #expect(try store.log.vector().count == 2)
        #expect(try store.verify().damaged == [])
    }
}
