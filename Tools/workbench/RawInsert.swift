internal import CQuipuSQLite
internal import Glibc
internal import QuipuSQLite

/// The limit to compare with: the lines of some files into one bare table, in one transaction, as durable as ours.
enum RawInsert {
    private static let settings =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE article (json TEXT NOT NULL)"

    static func run(files: [String], database: String) throws {
        let connection = try Connection(path: database, options: .init(mode: .readWriteCreate))
        try connection.execute(settings)
        try connection.transaction(.immediate) {
            for file in files {
                try forEachLine(of: file) { line in
                    try connection.run("INSERT INTO article (json) VALUES (?)", .utf8(Array(line)))
                }
            }
        }
    }

    /// Likewise, by the library's own functions.
    static func runBare(files: [String], database: String) {
        var handle: OpaquePointer?
        var statement: OpaquePointer?
        func require(_ status: Int32, _ expected: Int32 = SQLITE_OK) {
            if status != expected { fail("SQLite says \(String(cString: sqlite3_errmsg(handle)))") }
        }
        require(sqlite3_open(database, &handle))
        require(sqlite3_exec(handle, settings + "; BEGIN IMMEDIATE", nil, nil, nil))
        require(
            sqlite3_prepare_v2(handle, "INSERT INTO article (json) VALUES (?)", -1, &statement, nil))
        for file in files {
            forEachLine(of: file) { line in
                let text = line.bindMemory(to: CChar.self)
                require(sqlite3_bind_text(statement, 1, text.baseAddress, Int32(text.count), nil))
                require(sqlite3_step(statement), SQLITE_DONE)
                require(sqlite3_reset(statement))
            }
        }
        require(sqlite3_finalize(statement))
        require(sqlite3_exec(handle, "COMMIT", nil, nil, nil))
        require(sqlite3_close(handle))
    }

    private static func forEachLine(of lines: String, _ body: (UnsafeRawBufferPointer) throws -> Void)
        rethrows
    {
        guard let file = fopen(lines, "r") else { fail("cannot read \(lines)") }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while true {
            let count = getline(&line, &capacity, file)
            guard count > 0, let line else { return }
            try body(UnsafeRawBufferPointer(start: line, count: count - 1))
        }
    }
}
