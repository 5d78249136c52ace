import Foundation
import QuipuCausality
import QuipuHosting
import QuipuPostgreSQL
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// What becomes of what was acknowledged, and of what was not.
@Suite struct DatabaseTroubleTests {
    /// One record through the first process, known to both.
    private func begun() throws -> (SharedDatabase, Replicas) {
        let shared = try SharedDatabase()
        let group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 1, at: 0)
        for backend in [0, 1] {
            _ = try Synchronizer(group[0], over: shared.transport(backend)).run(agreement: nil)
        }
        return (shared, group)
    }

    private func expectAllEqual(_ shared: SharedDatabase, _ group: Replicas, records: Int) throws {
        for _ in 0..<2 {
            for (index, store) in group.stores.enumerated() {
                #expect(
                    try Synchronizer(store, over: shared.transport(index % 2)).run(agreement: nil).0.inSync)
            }
        }
        for store in group.stores { #expect(try store.recordCounts().map(\.count) == [records]) }
        let digests = try shared.backends.indices.map { try shared.store($0) { try $0.digest } }
        #expect(try Set(digests + group.stores.map { try $0.digest }).count == 1)
        #expect(try shared.logIsWhole)
    }

    @Test(arguments: ["INITIALLY IMMEDIATE", "INITIALLY DEFERRED"])
    func `a transaction that the database refuses is not in the cache and is accepted later`(moment: String)
        throws
    {
        let (shared, group) = try begun()
        // Refused when the row is written, or only at COMMIT.
        try shared.sql(
            """
            CREATE TABLE allowed (position bigint PRIMARY KEY);
            INSERT INTO allowed VALUES (1);
            ALTER TABLE quipu.log ADD CONSTRAINT few FOREIGN KEY (position) REFERENCES allowed DEFERRABLE \(moment)
            """)
        try group.add([("title", "\"Fog\"")], id: 2, at: 0)
        #expect(throws: PostgreSQLError.self) {
            try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil)
        }
        #expect(try shared.store(0) { try $0.position } == 1)
        #expect(try shared.sql("SELECT position FROM quipu.archive") == "1")
        try shared.sql("ALTER TABLE quipu.log DROP CONSTRAINT few")
        try expectAllEqual(shared, group, records: 2)
    }

    @Test func `a process that has fallen behind catches up before it answers`() throws {
        let (shared, group) = try begun()
        for index in 2..<40 { try group.add([("title", "\"\(index)\"")], id: UInt128(index), at: 0) }
        _ = try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil)
        #expect(try Handshake(over: shared.transport(1)).digest == group[0].digest)
    }

    @Test func `a cache that is deleted under a running process is rebuilt`() throws {
        let (shared, group) = try begun()
        try FileManager.default.removeItem(atPath: shared.cache(0))
        for index in 2...4 {
            try group.add([("title", "\"\(index)\"")], id: UInt128(index), at: index % 2)
            _ = try Synchronizer(group[index % 2], over: shared.transport(0)).run(agreement: nil)
        }
        try expectAllEqual(shared, group, records: 4)
    }

    @Test func `a cache outlives its process and is locked by one process`() throws {
        let (shared, group) = try begun()
        let error = #expect(throws: StorageError.self) {
            try DatabaseBackend(shared.url, cache: shared.cache(0))
        }
        #expect(error?.code == .busy)
        try shared.reopen(0)
        try group.add([("title", "\"Fog\"")], id: 2, at: 1)
        _ = try Synchronizer(group[1], over: shared.transport(1)).run(agreement: nil)
        try expectAllEqual(shared, group, records: 2)
        #expect(shared.reports[0].all.isEmpty)
    }

    /// What a restore from a backup of that moment leaves.
    private func putBack(_ shared: SharedDatabase, to position: Int) throws {
        try shared.sql(
            """
            DELETE FROM quipu.log WHERE position > \(position);
            DELETE FROM quipu.branch_start WHERE position > \(position);
            UPDATE quipu.archive
            SET position = \(position), branches = 0, texts = 0,
                mark = coalesce((SELECT mark FROM quipu.log WHERE log.position = \(position)), epoch);
            DELETE FROM quipu.text
            """)
    }

    @Test(arguments: [0, 1, 2])
    func `a database restored to an older state is completed by a process that has more`(position: Int) throws
    {
        let (shared, group) = try begun()
        let body = "\"" + String(repeating: "y", count: 300_000) + "\""
        try group.add([("title", "\"Fog\"")], id: 2, at: 0)
        try group.add([("title", "\"Long\""), ("body", body)], id: 3, at: 0)
        for backend in [0, 1] {
            _ = try Synchronizer(group[0], over: shared.transport(backend)).run(agreement: nil)
        }
        // The author's machine is gone: only the caches know.
        let digest = try group[0].digest
        try putBack(shared, to: position)
        #expect(try Handshake(over: shared.transport(1)).digest == digest)
        #expect(shared.reports[1].all.count == 1)
        #expect(try Handshake(over: shared.transport(0)).digest == digest)
        try shared.addHome()
        #expect(try shared.store(2) { try ($0.digest, $0.texts.missingCount) == (digest, 0) })
        let names = try FileManager.default.subpathsOfDirectory(atPath: shared.cache(1))
        #expect(!names.contains { $0.contains("~") })
        try expectAllEqual(shared, group, records: 3)
    }

    @Test func `a database that continued from an older state keeps both histories`() throws {
        let (shared, group) = try begun()
        try group.add([("title", "\"Fog\"")], id: 2, at: 0)
        _ = try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil)
        try putBack(shared, to: 1)
        try shared.addHome()
        try group.add([("title", "\"Ice\"")], id: 3, at: 1)
        try group.add([("title", "\"Snow\"")], id: 4, at: 1)
        _ = try Synchronizer(group[1], over: shared.transport(2)).run(agreement: nil)
        #expect(try shared.sql("SELECT position FROM quipu.archive") == "3")
        _ = try Handshake(over: shared.transport(0))
        #expect(try shared.sql("SELECT position FROM quipu.archive") == "4")
        try expectAllEqual(shared, group, records: 4)
    }

    @Test func `an archive that the database lost is created again by a process that knows it`() throws {
        let (shared, group) = try begun()
        try shared.sql("DELETE FROM quipu.log; DELETE FROM quipu.archive")
        try shared.reopen(0)
        #expect(try Handshake(over: shared.transport(0)).digest == group[0].digest)
        try expectAllEqual(shared, group, records: 1)
    }

    @Test(arguments: [
        "UPDATE quipu.log SET body = set_byte(body, length(body) - 1, 0) WHERE position = 2",
        "UPDATE quipu.log SET body = (SELECT body FROM quipu.log AS other WHERE other.position = 1) WHERE position = 2",
        "UPDATE quipu.log SET chain = set_byte(chain, 0, 255 - get_byte(chain, 0)) WHERE position = 2",
        "UPDATE quipu.log SET mark = set_byte(mark, 0, 255 - get_byte(mark, 0)) WHERE position = 2",
        "DELETE FROM quipu.log WHERE position = 2", "DELETE FROM quipu.log WHERE position = 3",
        "UPDATE quipu.log SET position = 5 - position WHERE position = 2",
        "UPDATE quipu.archive SET mark = epoch",
    ])
    func `a tampered log is refused by the process that reads it`(sql: String) throws {
        let (shared, group) = try begun()
        for index in 2...3 { try group.add([("title", "\"\(index)\"")], id: UInt128(index), at: 0) }
        _ = try Synchronizer(group[0], over: shared.transport(0)).run(agreement: nil)
        if sql.contains("5 - position") { try shared.sql("DELETE FROM quipu.log WHERE position = 3") }
        try shared.sql(sql)
        try shared.addHome()
        let error = #expect(throws: StorageError.self) { try Handshake(over: shared.transport(2)) }
        #expect(error?.code == .damaged)
        // Nobody is told that something was taken after that.
        try group.add([("title", "\"Later\"")], id: 9, at: 1)
        #expect(throws: StorageError.self) {
            try Synchronizer(group[1], over: shared.transport(2)).run(agreement: nil)
        }
    }

    @Test func `many processes may start at once on an empty database`() async throws {
        let shared = try SharedDatabase(0)
        let url = shared.url
        let group = try Replicas(1)
        let id = group[0].id
        let made = try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<6 {
                tasks.addTask {
                    let backend = try DatabaseBackend(url)
                    defer { backend.close() }
                    return try backend.create(named: "press", id: id) != nil
                }
            }
            return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 6)
        #expect(try shared.sql("SELECT count(*) FROM quipu.layout, quipu.archive") == "1")
    }

    @Test func `a database that a newer build has laid out is refused`() throws {
        let shared = try SharedDatabase(1)
        try shared.sql("UPDATE quipu.layout SET form = 2")
        let error = #expect(throws: StorageError.self) { try DatabaseBackend(shared.url) }
        #expect(error?.code == .newerArchive)
        #expect(error?.hint?.isEmpty == false)
    }

    @Test func `a database user without permissions gets a hint what to do`() throws {
        let shared = try SharedDatabase(0)
        let name = try shared.sql("SELECT current_database()")
        let url = shared.server.url(of: name, user: "guarded", password: "open%20sesame")
        let error = #expect(throws: StorageError.self) { try DatabaseBackend(url) }
        #expect(error?.hint?.contains("Schema/postgres.sql") == true)
        #expect(error?.description.contains("sesame") == false)
    }
}
