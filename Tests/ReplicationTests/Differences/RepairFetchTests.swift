import QuipuCausality
import QuipuReplication
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// Values that nothing here can tell any more, and a mirror can.
@Suite struct RepairFetchTests {
    private func group() throws -> Replicas {
        let group = try Replicas(2)
        for id in 1...5 {
            try group.add(
                [("title", "\"Title \(id)\""), ("body", "\"The river rose.\"")], id: UInt128(id), at: 0)
        }
        try group.add([("title", "\"Better\"")], id: 2, at: 0)
        try group.sync(0, 1)
        return group
    }

    private func damage(_ store: Store, _ sql: String) throws {
        try Connection(path: store.folder.storePath, options: .init(mode: .readWrite)).execute(sql)
    }

    private func titles(_ store: Store) throws -> [String?] {
        try (1...5).map { try store.view(RecordID(rawValue: UInt128($0)), kind: "article")?.string("title") }
    }

    @Test(arguments: [
        "UPDATE record SET fields = replace(fields, 'Title 3', 'Tattle 3')",
        "UPDATE record SET fields = replace(fields, 'rose', 'rise')",
        "UPDATE record SET fields = '{}' WHERE row = 4",
        "UPDATE version SET value = zeroblob(32) WHERE flags = 1",
        "UPDATE version SET value = zeroblob(32)",
    ])
    func `damaged values are fetched from a mirror and restored`(sql: String) throws {
        let group = try group()
        let (digest, before) = (try group[0].digest, try titles(group[0]))
        try damage(group[0], sql)
        #expect(throws: StorageError.self) { try group[0].repair() }
        let repair = try RepairFetch(group[0], over: group.link(to: 1))
        #expect(repair.count > 0)
        #expect(try group[0].repair().left == [])
        #expect(try group[0].digest == digest)
        #expect(try titles(group[0]) == before)
        #expect(try group.sync(0, 1).0.inSync)
    }

    @Test func `a mirror without the text supplies its hash, and the text is then missing here`() throws {
        let group = try group()
        _ = try group[1].delete(RecordID(rawValue: 3), kind: "article", author: "ben")
        // As a compaction of the first version left it.
        try damage(
            group[1],
            "UPDATE record SET fields = json_remove(fields, '$.title') WHERE fields LIKE '%Title 3%'")
        let digest = try group[0].digest
        try damage(group[0], "UPDATE record SET fields = replace(fields, 'Title 3', 'Tattle 3')")
        #expect(try RepairFetch(group[0], over: group.link(to: 1)).count == 1)
        #expect(try group[0].repair().left == [])
        #expect(try group[0].digest == digest)
        #expect(try titles(group[0]) == ["Title 1", "Better", nil, "Title 4", "Title 5"])
        #expect(try group[0].texts.missingCount == 1)
        // A mirror that still knows the value can send it again.
        try group.add([("title", "\"Title 3\"")], id: 3, at: 0)
        #expect(try group[0].texts.missingCount == 0)
        #expect(try titles(group[0])[2] == "Title 3")
    }

    @Test func `a mirror with the same damage repairs nothing`() throws {
        let group = try group()
        let sql = "UPDATE record SET fields = replace(fields, 'Title 3', 'Tattle 3')"
        for store in group.stores { try damage(store, sql) }
        #expect(try RepairFetch(group[0], over: group.link(to: 1)).count == 0)
        #expect(throws: StorageError.self) { try group[0].repair() }
        #expect(try titles(group[0])[2] == "Tattle 3", "nothing was changed")
    }

    @Test func `a sound archive requests nothing`() throws {
        let group = try group()
        #expect(try RepairFetch(group[0], over: group.link(to: 1)).count == 0)
    }
}
