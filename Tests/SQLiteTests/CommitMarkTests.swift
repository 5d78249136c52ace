import QuipuSQLite
import Testing

struct CommitMarkTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/marked.sqlite"
        let connection = try Connection(path: path, options: .init(mode: .readWriteCreate))
        try connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
        try connection.execute("INSERT INTO t VALUES (0)")
    }

    private func connected() throws -> Connection {
        let connection = try Connection(path: path, options: .init(mode: .readWrite))
        _ = try connection.integer("SELECT count(*) FROM t")
        return connection
    }

    @Test func `the mark is unchanged by reads and changes with each commit of any connection`() throws {
        let (one, other) = (try connected(), try connected())
        var last = try #require(one.commitMark())
        _ = try other.integer("SELECT max(x) FROM t")
        #expect(one.commitMark() == last && other.commitMark() == last)
        for writer in [other, one, other] {
            try writer.execute("INSERT INTO t VALUES (1)")
            let mark = try #require(one.commitMark())
            #expect(mark != last)
            #expect(other.commitMark() == mark)
            last = mark
        }
    }

    @Test func `uncommitted writes do not change the mark, and a rollback restores it`() throws {
        let (one, other) = (try connected(), try connected())
        let before = try #require(one.commitMark())
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            try other.transaction(.immediate) {
                try other.execute("INSERT INTO t VALUES (1)")
                #expect(one.commitMark() == before)
                throw Refusal()
            }
        }
        #expect(one.commitMark() == before)
    }

    @Test func `a commit after a checkpoint that restarted the log changes the mark`() throws {
        let (one, other) = (try connected(), try connected())
        let before = try #require(one.commitMark())
        try other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try other.execute("INSERT INTO t VALUES (1)")
        #expect(one.commitMark() != before)
    }

    @Test func `a database without a write-ahead log or before its first read has no mark`() throws {
        #expect(try Connection(path: path, options: .init(mode: .readWrite)).commitMark() == nil)
        let memory = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try memory.execute("CREATE TABLE t (x)")
        #expect(memory.commitMark() == nil)
    }
}
