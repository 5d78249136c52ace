internal import CQuipuSQLite

/// One connection to one database file, used by one thread at a time; closed with its last reference.
///
/// Statements are prepared once for each literal in the program and kept. SQL is a `StaticString` wherever
/// values are bound, so text from outside cannot become SQL.
public final class Connection {
    public enum Mode: Sendable {
        case readOnly
        case readWrite
        case readWriteCreate
    }

    public struct Options: Sendable {
        public var mode: Mode
        /// How long a statement waits for another connection's lock.
        public var busyTimeoutMilliseconds: Int32
        /// For a file from elsewhere: its schema may not call functions, and SQL may not damage the file.
        public var isForeign: Bool
        /// For a file that does not change: it is read without locks and without files beside it, so what a
        /// write-ahead log holds is not seen. Only together with `readOnly`.
        public var isImmutable: Bool

        public init(
            mode: Mode, busyTimeoutMilliseconds: Int32 = 5_000, isForeign: Bool = false,
            isImmutable: Bool = false
        ) {
            precondition(!isImmutable || mode == .readOnly, "what is written to is not immutable")
            self.mode = mode
            self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
            self.isForeign = isForeign
            self.isImmutable = isImmutable
        }
    }

    /// Once, before the first connection. A library that others have begun to use already goes on as it is.
    private static let isConfigured: Bool = quipu_sqlite3_stop_counting_memory() == SQLITE_OK

    public let path: String
    let isForeign: Bool
    /// Kept as long as SQLite has it open.
    private let streaming: StreamingVFS?
    var checkpointer: Checkpointer?
    let handle: OpaquePointer
    var statements: StatementCache
    var transactionDepth = 0
    /// Statements that were begun; what they cost together is held against limits, since time cannot be.
    public internal(set) var statementCount = 0

    /// - Throws: `SQLiteError`, with `cannotOpen` where the file is missing or may not be read.
    public convenience init(path: String, options: Options) throws(SQLiteError) {
        try self.init(path: path, options: options, streaming: nil)
    }

    /// Reads a file from elsewhere while it is still being written, and waits until there is something of it.
    public convenience init(_ file: StreamingVFS) throws(SQLiteError) {
        try self.init(path: file.path, options: .init(mode: .readOnly, isForeign: true), streaming: file)
    }

    private init(path: String, options: Options, streaming: StreamingVFS?) throws(SQLiteError) {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch options.mode {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .readWriteCreate: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        if path.utf8.contains(0) {
            throw SQLiteError(
                code: .cannotOpen, message: "a path cannot contain a NUL character", sql: nil, path: path)
        }
        _ = Self.isConfigured
        var opened: OpaquePointer?
        // Debian's SQLite takes what begins with `file:` for a URI, whose parameters could ask for anything.
        var name = path.hasPrefix("file:") ? "./" + path : path
        if options.isImmutable {
            name = "file:\(Self.escaped(name))?immutable=1"
            flags |= SQLITE_OPEN_URI
        }
        let status = sqlite3_open_v2(name, &opened, flags, streaming?.fileSystem)
        // A handle is returned even by most failures, and must be closed then too.
        guard status == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            let cause = opened.map { sqlite3_system_errno($0) } ?? 0
            sqlite3_close_v2(opened)
            throw SQLiteError(
                code: .init(rawValue: status), message: message, sql: nil, path: path, systemError: cause)
        }
        self.path = path
        self.streaming = streaming
        isForeign = options.isForeign
        handle = opened
        statements = StatementCache()
        sqlite3_busy_timeout(handle, options.busyTimeoutMilliseconds)
        if options.isForeign {
            _ = quipu_sqlite3_db_config_int(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
            _ = quipu_sqlite3_db_config_int(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            // Pages are checked as they are read, and none is used as memory that another may still change.
            sqlite3_exec(handle, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", nil, nil, nil)
        }
    }

    deinit {
        // Before the end of this one, so that the last connection to be closed leaves no log behind.
        checkpointer = nil
        statements.finalizeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs a script of any number of statements, without values and without results.
    public func execute(_ script: String) throws(SQLiteError) {
        try checkTransaction(sql: script)
        let status = sqlite3_exec(handle, script, nil, nil, nil)
        if status != SQLITE_OK { throw failure(status, sql: script) }
    }

    /// Rows that the last `INSERT`, `UPDATE` or `DELETE` touched.
    public var changes: Int { Int(sqlite3_changes64(handle)) }

    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Nothing can be written through it.
    public var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

    /// True while statements are in use; a connection at rest has none.
    public var isBusy: Bool { statements.lentCount > 0 }

    func failure(_ status: Int32, sql: String?) -> SQLiteError {
        let extended = sqlite3_extended_errcode(handle)
        let code = extended & 0xff == status & 0xff ? extended : status
        return SQLiteError(
            code: .init(rawValue: code), message: String(cString: sqlite3_errmsg(handle)), sql: sql,
            path: path, systemError: sqlite3_system_errno(handle))
    }

    /// A path as the path of a URI: what would end it, or stand for something else, as its hexadecimal code.
    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }
}
