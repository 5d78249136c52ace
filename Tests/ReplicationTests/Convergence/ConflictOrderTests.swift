import QuipuStorage
import Support
import Testing

struct ConflictOrderTests {
    @Test func `conflicts are listed in the same order everywhere`() throws {
        let group = try Replicas(2)
        // Records and names of fields are met in another order on either side.
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        try group.add([("author", "\"B\"")], id: 2, at: 1)
        try group.syncAll()
        for replica in [0, 1] {
            for id: UInt128 in [2, 1] {
                try group.add(
                    [("title", "\"T\(replica)\""), ("author", "\"A\(replica)\"")], id: id, at: replica)
            }
        }
        try group.syncAll()
        let listed = try [0, 1].map { replica in
            try group[replica].conflicts().map { "\($0.id) \($0.field)" }
        }
        #expect(listed[0] == listed[1] && listed[0].count == 4)
    }
}
