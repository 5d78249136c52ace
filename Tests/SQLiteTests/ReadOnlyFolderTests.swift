import Glibc
import QuipuSQLite
import Testing

/// A folder that may not be written to, as on a locked stick. Permissions do not bind the superuser, so where
/// tests run as that, the thread lays its rights to files aside for the while: `setfsuid` is of one thread.
struct ReadOnlyFolderTests {
    /// `setfsuid(2)`, which Glibc's module leaves out.
    static func setFileUser(_ user: uid_t) {
        let function = dlsym(nil, "setfsuid")
        _ = unsafeBitCast(function, to: (@convention(c) (uid_t) -> Int32).self)(user)
    }

    static func locked<Result>(_ folder: TemporaryFolder, _ body: () throws -> Result) rethrows -> Result {
        chmod(folder.path, 0o555)
        for name in folder.names { chmod(folder.file(name), 0o444) }
        setFileUser(geteuid() == 0 ? 65_534 : geteuid())
        defer {
            setFileUser(geteuid())
            chmod(folder.path, 0o755)
        }
        return try body()
    }

    static func database(_ journal: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.open().execute(
            "PRAGMA journal_mode = \(journal); CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        return folder
    }

    @Test
    func `a database cannot be created in a read-only folder`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let error = Self.locked(folder) { failure { try folder.open().execute("CREATE TABLE t (a)") } }
        #expect(error?.code.primary == .cannotOpen)
        #expect(folder.names == [])
    }

    @Test(arguments: [Connection.Mode.readOnly, .readWrite])
    func `a database with a rollback journal can be read and not written`(mode: Connection.Mode) throws {
        let folder = try Self.database("DELETE")
        defer { folder.remove() }
        try Self.locked(folder) {
            let connection = try folder.open("test.sqlite", mode)
            #expect(try connection.integer("SELECT a FROM t") == 1)
            #expect(failure { try connection.run("INSERT INTO t VALUES (2)") }?.code.primary == .readOnly)
        }
    }

    @Test(arguments: [Connection.Mode.readOnly, .readWrite])
    func `a database with a write-ahead log cannot be read without its shared-memory index`(
        mode: Connection.Mode
    ) throws {
        let folder = try Self.database("WAL")
        defer { folder.remove() }
        Self.locked(folder) {
            let error = failure { _ = try folder.open("test.sqlite", mode).integer("SELECT a FROM t") }
            // Which of the two depends on whether the process as a whole may write there.
            #expect(error?.code.primary == .readOnly || error?.code.primary == .cannotOpen)
        }
        #expect(folder.names == ["test.sqlite"])
    }
}
