internal import Glibc
internal import SQLite

/// The limit to compare with: the lines of some files into one bare table, in one transaction, as durable as ours.
enum RawInsert {
    static func run(files: [String], database: String) throws {
        let connection = try Connection(path: database, options: .init(mode: .readWriteCreate))
        try connection.execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE article (json TEXT NOT NULL)")
        try connection.transaction(.immediate) {
            for file in files { try insert(file, into: connection) }
        }
    }

    private static func insert(_ lines: String, into connection: Connection) throws {
        guard let file = fopen(lines, "r") else { fail("cannot read \(lines)") }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while true {
            let count = getline(&line, &capacity, file)
            guard count > 0, let line else { return }
            let bytes = UnsafeRawBufferPointer(start: line, count: count - 1)
            try connection.run("INSERT INTO article (json) VALUES (?)", .utf8(Array(bytes)))
        }
    }
}
