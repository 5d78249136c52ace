import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Giving a field the value that it has is a word on it, which somebody else's edit does not undo in silence.
@Suite struct ConfirmationTests {
    private let id = RecordID(rawValue: 1)

    private func edit(_ field: String, _ json: String, at store: Store) throws -> TransactionName? {
        let edit = Edit(
            id: id, kind: "article", changes: [Edit.Change(field: field, json: Array(json.utf8))])
        return try store.edit([edit], author: "ben").version
    }

    private func group(_ field: String, _ json: String, writtenAt author: Int) throws -> Replicas {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 1, at: author)
        _ = try edit(field, json, at: group[author])
        try group.sync(0, 1)
        return group
    }

    @Test(
        arguments: [
            ("tags/river", "true", "false"), ("tags/river", "false", "true"),
            ("author", "\"Ana\"", "\"Eva\""),
            ("author", "\"Ana\"", "null"),
        ], [0, 1])
    func `a value that one person confirms and another replaces at the same time is a conflict`(
        change: (field: String, kept: String, other: String), author: Int
    ) throws {
        let group = try group(change.field, change.kept, writtenAt: author)
        #expect(try edit(change.field, change.other, at: group[0]) != nil)
        #expect(try edit(change.field, change.kept, at: group[1]) != nil)
        try group.syncAll()
        for store in group.stores {
            let conflict = try #require(try store.conflicts().first { $0.field == change.field })
            let values = ([conflict.current] + conflict.others).map {
                $0.json.map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(Set(values) == [change.kept, change.other])
        }
    }

    @Test func `two people who confirm the same value are not in conflict`() throws {
        let group = try group("tags/river", "true", writtenAt: 0)
        #expect(try edit("tags/river", "true", at: group[0]) != nil)
        #expect(try edit("tags/river", "true", at: group[1]) != nil)
        try group.syncAll()
        for store in group.stores { #expect(try store.openConflicts == 0) }
    }

    @Test func `a value that nobody else can have changed is not written twice`() throws {
        let group = try group("tags/river", "true", writtenAt: 0)
        #expect(try edit("tags/river", "true", at: group[1]) != nil)
        #expect(try edit("tags/river", "true", at: group[1]) == nil)
        #expect(try edit("author", "\"Ana\"", at: group[1]) != nil)
        #expect(try edit("author", "\"Ana\"", at: group[1]) == nil)
        // After an exchange somebody may have.
        try group.add([("title", "\"Fire\"")], id: 2, at: 0)
        try group.sync(1, 0)
        #expect(try edit("tags/river", "true", at: group[1]) != nil)
    }

    @Test func `an imported value is confirmed by hand once`() throws {
        let group = try Replicas(1)
        _ = try group[0].importBatch(
            [ImportItem(id: id, kind: "article", fields: [("title", Array("\"Water\"".utf8))])], author: "ana"
        )
        #expect(try edit("title", "\"Water\"", at: group[0]) != nil)
        #expect(try edit("title", "\"Water\"", at: group[0]) == nil)
    }
}
