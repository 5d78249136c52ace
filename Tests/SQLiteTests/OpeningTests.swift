import QuipuSQLite
import Testing

struct OpeningTests {
    @Test(arguments: [Connection.Mode.readOnly, .readWrite])
    func `a missing file is not created, and the error names it`(mode: Connection.Mode) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let error = failure { _ = try folder.open("missing.sqlite", mode) }
        #expect(error?.code.primary == .cannotOpen)
        #expect(error?.path == folder.file("missing.sqlite"))
        #expect(error?.sql == nil)
        #expect(error?.description.contains("missing.sqlite") == true)
        #expect(folder.names == [])
    }

    @Test
    func `a missing file is created if that was requested`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let connection = try folder.open("new.sqlite", .readWriteCreate)
        try connection.execute("CREATE TABLE t (a)")
        #expect(folder.names == ["new.sqlite"])
        #expect(try folder.open("new.sqlite", .readOnly).integer("SELECT COUNT(*) FROM t") == 0)
    }

    @Test
    func `a folder and a path without its folder cannot be opened`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for path in [folder.path, folder.file("no/such/folder.sqlite"), folder.path + "/"] {
            for mode in [Connection.Mode.readOnly, .readWrite, .readWriteCreate] {
                let error = failure { _ = try Connection(path: path, options: .init(mode: mode)) }
                // A folder can be opened for reading; then it is the reading that fails.
                #expect(error?.code.primary == .cannotOpen || error?.code.primary == .ioError, "\(path)")
            }
        }
    }

    @Test
    func `a file that is not a database is detected at the first read`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write(
            Array("Dear diary, this is not a database. ".utf8) + [UInt8](repeating: 7, count: 4_000), to: "x")
        let connection = try folder.open("x", .readWrite)
        let error = failure { _ = try connection.integer("SELECT COUNT(*) FROM sqlite_schema") }
        #expect(error?.code == .notADatabase)
        #expect(error?.sql == "SELECT COUNT(*) FROM sqlite_schema")
        #expect(!connection.isBusy)
    }

    @Test
    func `a truncated database is reported as corrupt and does not crash`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        do {
            let connection = try folder.open("whole", .readWriteCreate)
            try connection.execute("CREATE TABLE t (a)")
            for _ in 0..<50 {
                try connection.run("INSERT INTO t VALUES (?1)", .blob([UInt8](repeating: 1, count: 900)))
            }
        }
        let bytes = try folder.contents("whole")
        try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "half")
        let connection = try folder.open("half", .readOnly)
        let error = failure { _ = try connection.integer("SELECT SUM(LENGTH(a)) FROM t") }
        #expect(error?.code.primary == .corrupt)
    }

    @Test
    func `a connection for reading writes nothing`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.open().execute("CREATE TABLE t (a)")
        let reader = try folder.open("test.sqlite", .readOnly)
        #expect(failure { try reader.run("INSERT INTO t VALUES (1)") }?.code.primary == .readOnly)
        #expect(failure { try reader.execute("CREATE TABLE u (a)") }?.code.primary == .readOnly)
        #expect(try reader.integer("SELECT COUNT(*) FROM t") == 0)
    }

    @Test
    func `a path that looks like a URI is the name of a file`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let name = "a?mode=memory&x=#%41 b"
        try folder.open(name).execute("CREATE TABLE t (a)")
        #expect(folder.names == [name])
        let error = failure {
            _ = try Connection(
                path: "file:\(folder.file("test"))?mode=memory", options: .init(mode: .readWrite))
        }
        #expect(error?.code.primary == .cannotOpen)
    }

    @Test
    func `a path with a NUL in it does not open the file named before the NUL`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.open("a").execute("CREATE TABLE t (a)")
        let error = failure { _ = try folder.open("a\u{0}b", .readOnly) }
        #expect(error?.code.primary == .cannotOpen)
    }

    @Test
    func `a connection closes with its last reference`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        do {
            let connection = try folder.open()
            try connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a)")
            #expect(folder.exists("test.sqlite-wal"))
            _ = try connection.integer("SELECT COUNT(*) FROM t")
        }
        #expect(folder.names == ["test.sqlite"], "the last to close takes the log and the index away")
    }
}
