import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// The archive as other SQLite tools see it.
@Suite struct ViewTests {
    @Test(arguments: ["title", "a\"b", "a.b[0]", "a\\b", "a'b", "$"])
    func `the conflicts view shows every value for any field name`(field: String) throws {
        let group = try Replicas(2)
        try group.add([(field, "\"A\"")], id: 1, at: 0)
        try group.add([(field, "\"B\"")], id: 1, at: 1)
        try group.syncAll()
        let database = try Connection(path: group[0].folder.storePath, options: .init(mode: .readOnly))
        var values: Set<String> = []
        var rows = try database.rows("SELECT value FROM conflicts")
        while try rows.next() { values.insert(rows.text(0)) }
        #expect(values == ["A", "B"])
    }

    @Test func `a record is no longer found by a word that it has lost`() throws {
        let group = try Replicas(1)
        var isFresh = true
        try group.add([("title", "\"zanzibar\"")], id: 1, at: 0)
        #expect(try group[0].search("zanzibar", isIndexFresh: &isFresh).count == 1)
        try group.add([("title", "\"\"")], id: 1, at: 0)
        #expect(try group[0].search("zanzibar", isIndexFresh: &isFresh).isEmpty)
    }
}
