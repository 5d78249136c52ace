import Foundation
import QuipuSQLite
import Simulation
import Support
import Testing

/// The simulated disk under SQLite: what a sync promised is there when the power is back, and nothing else need be.
@Suite struct DiskTests {
    private func open(_ path: String, synchronous: String) throws -> Connection {
        let connection = try Connection(path: path, options: .init(mode: .readWriteCreate))
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous)")
        return connection
    }

    private func integrity(of path: String) throws -> (check: String?, rows: Int64?) {
        let connection = try Connection(path: path, options: .init(mode: .readWrite))
        return (
            try connection.text("PRAGMA integrity_check"),
            try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
                ? 0 : try connection.integer("SELECT count(*) FROM entry")
        )
    }

    /// Inserts rows one commit each until the power goes.
    /// - Returns: commits that came back.
    private func insertUntilDown(_ connection: Connection, _ disk: SimulatedDisk) -> Int64 {
        var count: Int64 = 0
        do {
            try connection.execute("CREATE TABLE entry (text TEXT)")
            while count < 500 {
                try connection.run(
                    "INSERT INTO entry VALUES (?)", .text(String(repeating: "knot ", count: 80)))
                count += 1
            }
        } catch {}
        return count
    }

    @Test(arguments: 1...60)
    func `a commit that is synced survives a loss of power at any write`(seed: Int) throws {
        let folder = try TemporaryFolder()
        let disk = SimulatedDisk(folder: folder.path, sectorBytes: seed % 2 == 0 ? 512 : 4_096)
        defer { disk.detach() }
        let path = folder.path(of: "entries.sqlite")
        var connection: Connection? = try open(path, synchronous: "FULL")
        disk.armPowerLoss(operations: seed * 3, after: seed % 3 == 0)
        let committed = try insertUntilDown(#require(connection), disk)
        #expect(disk.isDown)
        connection = nil
        disk.recover(salt: UInt64(seed))
        let (check, rows) = try integrity(of: path)
        #expect(check == "ok", "seed \(seed)")
        #expect(try #require(rows) >= committed, "seed \(seed)")
        #expect(try #require(rows) <= committed + 1, "seed \(seed)")
    }

    @Test func `an unsynced commit is lost in some losses of power`() throws {
        var lostCount = 0
        for seed in 1...20 {
            let folder = try TemporaryFolder()
            let disk = SimulatedDisk(folder: folder.path, sectorBytes: 512)
            defer { disk.detach() }
            let path = folder.path(of: "entries.sqlite")
            var connection: Connection? = try open(path, synchronous: "NORMAL")
            disk.armPowerLoss(operations: 40 + seed, after: false)
            let committed = try insertUntilDown(#require(connection), disk)
            connection = nil
            disk.recover(salt: UInt64(seed))
            if try (integrity(of: path).rows ?? 0) < committed { lostCount += 1 }
        }
        #expect(lostCount > 5)
    }

    @Test func `a full disk refuses writes that grow a file and continues when there is room`() throws {
        let folder = try TemporaryFolder()
        let disk = SimulatedDisk(folder: folder.path, sectorBytes: 512)
        defer { disk.detach() }
        let connection = try open(folder.path(of: "entries.sqlite"), synchronous: "FULL")
        try connection.execute("CREATE TABLE entry (text TEXT)")
        disk.isFull = true
        let error = #expect(throws: SQLiteError.self) {
            try connection.run("INSERT INTO entry VALUES ('a')")
        }
        #expect(error?.code.primary == .full)
        disk.isFull = false
        try connection.run("INSERT INTO entry VALUES ('b')")
        #expect(try connection.integer("SELECT count(*) FROM entry") == 1)
    }

    @Test func `a simulated disk does not affect files elsewhere`() throws {
        let (inside, outside) = (try TemporaryFolder(), try TemporaryFolder())
        let disk = SimulatedDisk(folder: inside.path, sectorBytes: 512)
        defer { disk.detach() }
        disk.armPowerLoss(operations: 1, after: false)
        let connection = try open(outside.path(of: "entries.sqlite"), synchronous: "FULL")
        try connection.execute("CREATE TABLE entry (text TEXT)")
        #expect(!disk.isDown)
        #expect(disk.operationCount == 0)
    }
}
