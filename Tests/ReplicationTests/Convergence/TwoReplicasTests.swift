import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

@Suite struct TwoReplicasTests {
    @Test func `edits of different fields both survive without a conflict`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\""), ("body", "\"The river rose.\"")], id: 7, at: 0)
        #expect(try group.sync(0, 1).0.inSync)
        try group.add([("title", "\"High water\"")], id: 7, at: 0, author: "ana")
        try group.add([("tags/river", "true")], id: 7, at: 1, author: "ben")
        let report = try group.sync(0, 1).0
        #expect(report.inSync)
        #expect(try group[0].openConflicts == 0)
        #expect(try group[0].digest == group[1].digest)
        #expect(try group[0].log.vector() == group[1].log.vector())
    }

    @Test func `edits of one field make one conflict with the same winner everywhere`() throws {
        let group = try Replicas(3)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        try group.syncAll()
        try group.add([("title", "\"A\"")], id: 7, at: 0, author: "ana")
        try group.add([("title", "\"B\"")], id: 7, at: 1, author: "ben")
        try group.syncAll()
        for replica in group.stores {
            #expect(try replica.openConflicts == 1)
            #expect(try replica.digest == group[0].digest)
        }
        try group.add([("title", "\"C\"")], id: 7, at: 2, author: "cid")
        try group.syncAll()
        for replica in group.stores { #expect(try replica.openConflicts == 0) }
    }

    @Test func `a sync with nothing to do is one round trip`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let (first, agreement) = try group.sync(0, 1)
        #expect(first.inSync)
        let (second, _) = try group.sync(0, 1, agreement: agreement)
        #expect(second.roundTrips == 1)
        #expect(second.bytesSent < 200)
        #expect(second.bytesReceived < 200)
        #expect(second.inSync)
    }

    @Test func `a long text is sent separately from its transaction`() throws {
        let group = try Replicas(2)
        let long = "\"" + String(repeating: "Nada se pierde. ", count: 60_000) + "\""
        try group.add([("title", "\"Long\""), ("body", long)], id: 7, at: 0)
        let (report, _) = try group.sync(0, 1)
        #expect(report.inSync)
        #expect(try group[1].texts.text(of: ValueHash(of: Array(long.utf8))) == Array(long.utf8))
    }
}
