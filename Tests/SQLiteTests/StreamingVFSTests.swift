import Foundation
import Synchronization
import Testing

@testable import QuipuSQLite

/// A database is read while it is still being written.
@Suite struct StreamingVFSTests {
    private static let rows = 500

    /// The bytes of a database with a table of numbered rows, a page or so each.
    private static func database(in folder: TemporaryFolder, journalMode: StaticString = "delete") throws
        -> [UInt8]
    {
        let connection = try folder.open("whole.sqlite")
        try connection.execute(
            "PRAGMA journal_mode = \(journalMode); CREATE TABLE t (number INTEGER, filling BLOB)")
        for number in 0..<rows {
            try connection.run(
                "INSERT INTO t VALUES (?, randomblob(3000))", .integer(Int64(number)))
        }
        try connection.run("VACUUM INTO ?", .text(folder.file("plain.sqlite")))
        return try folder.contents(journalMode.description == "delete" ? "plain.sqlite" : "whole.sqlite")
    }

    /// What a thread of its own comes to.
    private final class Reader: Sendable {
        private let result = Mutex<Result<Int64?, any Error>?>(nil)
        private let end = DispatchSemaphore(value: 0)

        init(of file: StreamingVFS) {
            Thread.detachNewThread { [self] in
                let count = Result {
                    try Connection(file).integer("SELECT count(*) FROM t WHERE length(filling) = 3000")
                }
                result.withLock { $0 = count }
                end.signal()
            }
        }

        func count() throws -> Int64? {
            end.wait()
            return try result.withLock { try $0?.get() }
        }
    }

    @Test func `pages that have arrived are read at once, and the others are waited for`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bytes = try Self.database(in: folder)
        let file = try StreamingVFS(folder.file("arriving.sqlite"))
        let reader = Reader(of: file)
        let half = bytes.count / 2
        try folder.write(Array(bytes[..<half]), to: "arriving.sqlite")
        file.advance(to: half)
        // Without a wait for what is not there.
        #expect(try Connection(file).integer("SELECT number FROM t WHERE rowid = 100") == 99)
        let handle = try #require(FileHandle(forWritingAtPath: file.path))
        try handle.seekToEnd()
        handle.write(Data(bytes[half...]))
        try handle.close()
        file.advance(to: bytes.count)
        #expect(try reader.count() == Int64(Self.rows))
    }

    @Test func `readers of an abandoned file get an error, whether they wait already or come later`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bytes = try Self.database(in: folder)
        let file = try StreamingVFS(folder.file("arriving.sqlite"))
        let reader = Reader(of: file)
        try folder.write(bytes, to: "arriving.sqlite")
        file.advance(to: bytes.count / 2)
        file.abandon()
        #expect(throws: SQLiteError.self) { try reader.count() }
        #expect(throws: SQLiteError.self) { try Reader(of: file).count() }
    }

    @Test func `a file that ends before its announced size is reported as damaged`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bytes = try Self.database(in: folder)
        for count in [0, 50, 100, bytes.count / 2] {
            let file = try StreamingVFS(folder.file("arriving.sqlite"))
            try folder.write(Array(bytes[..<count]), to: "arriving.sqlite")
            file.advance(to: count)
            file.finish()
            #expect(throws: SQLiteError.self, "\(count) bytes") { try Reader(of: file).count() }
        }
    }

    @Test func `a file in write-ahead log mode is not read, since its log could hold more`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bytes = try Self.database(in: folder, journalMode: "wal")
        #expect(bytes[18] == 2)
        let file = try StreamingVFS(folder.file("arriving.sqlite"))
        try folder.write(bytes, to: "arriving.sqlite")
        file.finish()
        #expect(throws: SQLiteError.self) { try Reader(of: file).count() }
    }

    @Test func `an arriving file is not written to`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bytes = try Self.database(in: folder)
        let file = try StreamingVFS(folder.file("arriving.sqlite"))
        try folder.write(bytes, to: "arriving.sqlite")
        file.finish()
        let error = #expect(throws: SQLiteError.self) { try Connection(file).run("DELETE FROM t") }
        #expect(error?.code.primary == .readOnly)
        #expect(try folder.contents("arriving.sqlite") == bytes)
    }
}
