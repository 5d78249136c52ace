import Foundation
import QuipuCausality
import QuipuHosting
import QuipuPostgreSQL
import QuipuReplication
import QuipuReplicationHTTP
import QuipuStorage
import Support
import Testing

@Suite struct DatabaseBackendTests {
    @Test func `two machines sync through two processes and end up identical`() throws {
        let shared = try SharedDatabase()
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        #expect(try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil).0.inSync)
        try group.add([("title", "\"Market\"")], id: 8, at: 1)
        #expect(try Synchronizer(group[1], over: shared.transport(1)).run(agreement: nil).0.inSync)
        #expect(try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil).0.inSync)
        #expect(try group[0].digest == group[1].digest)
        #expect(try group[0].log.vector() == group[1].log.vector())
        #expect(try shared.logIsWhole)
    }

    @Test
    func `an agreement with one process holds with another, in at most 400 bytes each way`()
        throws
    {
        let shared = try SharedDatabase()
        let group = try Replicas(2)
        for index in 1...3 {
            try group.add([("title", "\"Water\"")], id: UInt128(index), at: index % 2)
            _ = try Synchronizer(group[index % 2], over: shared.transport(index % 2)).run(agreement: nil)
        }
        let (_, agreement) = try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil)
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        let server = try Server(shared.backends[1], as: configuration)
        defer { server.stop() }
        let transport = HTTPTransport(try ArchiveURL("\(server.url)/press"))
        let (report, _) = try Synchronizer(group[0], over: transport).run(agreement: agreement)
        #expect(report.inSync && report.roundTrips == 1)
        #expect(report.bytesSent <= 400 && report.bytesReceived <= 400)
    }

    @Test func `eight concurrent clients at two processes lose and duplicate nothing`() async throws {
        let shared = try SharedDatabase()
        let group = try Replicas(8)
        let transports = [shared.transport(0), shared.transport(1)]
        for round in 0..<3 {
            for replica in 0..<8 {
                for index in 0..<5 {
                    try group.add(
                        [("title", "\"\(round)\"")], id: UInt128(100 * replica + 10 * round + index),
                        at: replica)
                }
            }
            let folders = group.stores.map(\.folder)
            let environment = group.world.environment()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (index, folder) in folders.enumerated() {
                    let transport = transports[(index + round) % 2]
                    tasks.addTask {
                        let store = try Store(opening: folder, environment: environment)
                        _ = try Synchronizer(store, over: transport).run(agreement: nil)
                    }
                }
                try await tasks.waitForAll()
            }
        }
        for (index, store) in group.stores.enumerated() {
            #expect(try Synchronizer(store, over: transports[index % 2]).run(agreement: nil).0.inSync)
        }
        let digests = try [0, 1].map { try shared.store($0) { try $0.digest } }
        for store in group.stores { #expect(try [store.digest, store.digest] == digests) }
        #expect(try group[0].recordCounts().map(\.count) == [120])
        #expect(try shared.sql("SELECT position FROM quipu.archive") == "120")
        #expect(try shared.logIsWhole)
    }

    @Test func `a process that starts later has the whole log, long texts included`() throws {
        let shared = try SharedDatabase(1)
        let group = try Replicas(2)
        let body = "\"" + String(repeating: "Wasser ", count: 100_000) + "\""
        try group.add([("title", "\"A\""), ("body", body)], id: 1, at: 0)
        try group.add([("title", "\"B\"")], id: 1, at: 0)
        #expect(try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil).0.inSync)
        try shared.addHome()
        #expect(try Synchronizer(group[1], over: shared.transport(1)).run(agreement: nil).0.inSync)
        #expect(try group[1].texts.text(of: ValueHash(of: Array(body.utf8)))?.count == body.utf8.count)
        #expect(
            try shared.sql("SELECT count(*), texts FROM quipu.text, quipu.archive GROUP BY texts") == "3|1")
    }

    @Test func `a text that arrives after its transaction at one process reaches the other processes`() throws
    {
        let shared = try SharedDatabase()
        let group = try Replicas(2)
        let body = Array(("\"" + String(repeating: "x", count: 100_000) + "\"").utf8)
        let name = TransactionName(origin: Origin(rawValue: 9), sequence: 1)
        let change = FieldChange(field: "body", value: .hash(ValueHash(of: body)))
        let transaction = Transaction(
            name: name, stamp: Stamp(milliseconds: FakeWorld.startMilliseconds), author: "ana",
            isByProgram: false,
            records: [RecordChanges(id: RecordID(rawValue: 3), kind: "article", fields: [change])])
        for store in group.stores { _ = try store.apply([transaction]) }
        for backend in [0, 1] {
            #expect(try !Synchronizer(group[0], over: shared.transport(backend)).run(agreement: nil).0.inSync)
        }
        try group[1].texts.addPart(body, of: ValueHash(of: body), at: 0, totalBytes: body.count)
        #expect(try Synchronizer(group[1], over: shared.transport(0)).run(agreement: nil).0.inSync)
        #expect(try Synchronizer(group[0], over: shared.transport(1)).run(agreement: nil).0.inSync)
        #expect(try group[0].digest == group[1].digest)
    }

    @Test func `copies of one folder that continue through two processes keep the edits of both`() throws {
        let shared = try SharedDatabase()
        let group = try Replicas(1)
        try group.add([("title", "\"Before\"")], id: 1, at: 0)
        _ = try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil)
        let copy = try group.copy(0)
        for round in 0..<3 {
            for replica in [0, copy] {
                try group.add(
                    [("title", "\"\(replica)\"")], id: UInt128(10 + 10 * replica + round), at: replica)
            }
            for replica in [0, copy, 0] {
                _ = try Synchronizer(group[replica], over: shared.transport(replica)).run(agreement: nil)
            }
        }
        _ = try Synchronizer(group[copy], over: shared.transport(0)).run(agreement: nil)
        try shared.addHome()
        let digests = try [0, 1, 2].map { try shared.store($0) { try $0.digest } }
        #expect(try Set(digests) == [group[0].digest])
        #expect(try group[0].log.vector() == group[copy].log.vector())
        #expect(try shared.store(2) { try $0.log.vector() } == group[0].log.vector())
        #expect(try group[0].recordCounts().map(\.count) == [7])
        #expect(try shared.sql("SELECT branches FROM quipu.archive") == "2")
        #expect(try shared.logIsWhole)
    }

    @Test func `an archive with another id under the same name is refused by every process`() throws {
        let shared = try SharedDatabase()
        let (first, second) = (try Replicas(1, seed: 1), try Replicas(1, seed: 2))
        try first.add([("title", "\"Water\"")], id: 7, at: 0)
        try second.add([("title", "\"Fire\"")], id: 7, at: 0)
        _ = try Synchronizer(first[0], over: shared.transport(0)).run(agreement: nil)
        let error = #expect(throws: ReplicationError.self) {
            try Synchronizer(second[0], over: shared.transport(1)).run(agreement: nil)
        }
        #expect(error?.code == .otherArchive)
        #expect(try Handshake(over: shared.transport(1)).digest == first[0].digest)
    }

    @Test func `archives are created only where allowed, and invalid names are not found`() throws {
        let shared = try SharedDatabase(0)
        let backend = try DatabaseBackend(shared.url, createsArchives: false)
        defer { backend.close() }
        #expect(try backend.create(named: "press", id: ArchiveID(rawValue: 1)) == nil)
        #expect(try backend.archive(named: "press") == nil)
        #expect(try backend.archive(named: "../press") == nil)
        #expect(try shared.sql("SELECT count(*) FROM quipu.archive") == "0")
        try backend.checkReadiness()
    }
}
