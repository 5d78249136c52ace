import QuipuCausality
import QuipuSQLite
import QuipuStorage
import Support
import Testing

/// Damage that neither chains nor digest can show.
@Suite struct VerificationTests {
    @Test(arguments: [
        "DELETE FROM conflict", "DELETE FROM hanging", "UPDATE record SET state = state & ~2",
        "UPDATE record SET state = state & ~4", "INSERT INTO conflict VALUES (1, 0)",
        "DELETE FROM missing", "INSERT INTO hanging VALUES (zeroblob(16), 1)",
    ])
    func `verification also checks the data kept beside the versions`(damage: String) throws {
        let group = try Replicas(2)
        let target = RecordID(rawValue: 1).text
        let body = "\"" + String(repeating: "a", count: 100_000) + "\""
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.add([("title", "\"B\"")], id: 1, at: 1)
        try group.add([("target", "\"\(target)\""), ("text", "\"n\"")], kind: "note", id: 2, at: 0)
        try group.add([("title", "\"C\"")], id: 3, at: 0)
        _ = try group[0].delete(RecordID(rawValue: 3), kind: "article", author: "ana")
        try group.syncAll()
        try group.add([("body", body)], id: 4, at: 0)
        try group[0].log.forEachTransaction(after: 0) { transaction, _, _ in
            _ = try group[1].apply([transaction])
            return true
        }
        #expect(try group[1].verify().damaged == [])
        let database = try Connection(path: group[1].folder.storePath, options: .init(mode: .readWrite))
        try database.execute(damage)
        #expect(try group[1].verify().damaged != [])
    }
}
