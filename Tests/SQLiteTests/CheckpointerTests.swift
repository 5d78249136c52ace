import Foundation
import Testing

@testable import QuipuSQLite

/// The write-ahead log is brought to its place beside the one who writes.
@Suite struct CheckpointerTests {
    private static let limitBytes = 512 << 10
    private static let commitBytes = 40 << 10

    /// A database that is checkpointed after 64 KiB, with a table of blobs.
    private static func database(in folder: TemporaryFolder) throws -> Connection {
        let database = try folder.open()
        try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (value BLOB) STRICT")
        try database.checkpointBesides(afterBytes: 64 << 10, limitBytes: limitBytes)
        return database
    }

    private static func write(_ count: Int, into database: Connection) throws {
        for _ in 0..<count {
            try database.run("INSERT INTO t (value) VALUES (randomblob(?))", .integer(Int64(commitBytes)))
        }
    }

    private static func size(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    @Test func `a write-ahead log that grows without a pause stays within its limit, and all of it is kept`()
        throws
    {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let database = try Self.database(in: folder)
        try Self.write(200, into: database)
        // The file never shrinks, so this is the most that was ever in it.
        #expect(try Self.size(of: folder.file("test.sqlite-wal")) < Self.limitBytes + 3 * Self.commitBytes)
        #expect(
            try Self.size(of: folder.file("test.sqlite")) > 200 * Self.commitBytes - 2 * Self.limitBytes)
        let other = try folder.open("test.sqlite", .readOnly)
        #expect(try other.integer("SELECT count(*) FROM t") == 200)
        #expect(try other.integer("SELECT sum(length(value)) FROM t") == Int64(200 * Self.commitBytes))
    }

    @Test func `nobody waits for a reader that blocks checkpoints, and the checkpoint is made up for later`()
        throws
    {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let database = try Self.database(in: folder)
        let reader = try folder.open("test.sqlite", .readOnly)
        try reader.transaction(.deferred) {
            #expect(try reader.integer("SELECT count(*) FROM t") == 0)
            try Self.write(60, into: database)
            #expect(try reader.integer("SELECT count(*) FROM t") == 0)
            #expect(try Self.size(of: folder.file("test.sqlite-wal")) > 60 * Self.commitBytes)
        }
        try Self.write(100, into: database)
        #expect(
            try Self.size(of: folder.file("test.sqlite")) > 160 * Self.commitBytes - 2 * Self.limitBytes)
        #expect(try database.integer("SELECT count(*) FROM t") == 160)
    }

    @Test func `the write-ahead log is truncated once nobody writes any more`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let database = try Self.database(in: folder)
        try Self.write(20, into: database)
        // Checkpoints never wait, so it is looked at until it is so; a fault ends the wait.
        let end = ContinuousClock.now + .seconds(20)
        while try Self.size(of: folder.file("test.sqlite-wal")) > 0, ContinuousClock.now < end {
            poll(nil, 0, 20)
        }
        #expect(try Self.size(of: folder.file("test.sqlite-wal")) == 0)
        #expect(try database.integer("SELECT count(*) FROM t") == 20)
    }

    @Test func `closing the last connection removes the write-ahead log`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        do {
            let database = try Self.database(in: folder)
            try Self.write(5, into: database)
        }
        #expect(!folder.exists("test.sqlite-wal"))
    }
}
