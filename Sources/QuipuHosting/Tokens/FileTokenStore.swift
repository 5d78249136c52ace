internal import Glibc
internal import QuipuCausality
internal import QuipuEmbeddedSchema
package import QuipuReplication
internal import QuipuSQLite
internal import QuipuStorage
internal import Synchronization

/// Tokens in their own small database, `access.sqlite`. It is created with the first token: without the file, no
/// token was ever created.
///
/// `@unchecked Sendable`: the connection is accessed under `lock` only.
package final class FileTokenStore: TokenStore, @unchecked Sendable {
    package static let fileName = "access.sqlite"
    static let applicationID: Int64 = 1_366_651_252
    static let form: Int64 = 1

    package let path: String
    private let lock = Mutex(())
    private var connection: Connection?
    private let wasOpened = Atomic(false)
    private var openFile: FileIdentity?

    /// - Parameter folder: the served folder, or the archive's own `.quipu` folder.
    package init(in folder: String) { path = folder + "/" + Self.fileName }

    package func isInUse() throws -> Bool {
        try reading { database in
            try database.integer("SELECT EXISTS (SELECT 1 FROM token)") == 1
        } ?? false
    }

    package func list() throws -> [AccessToken] {
        try reading { database in
            var found: [AccessToken] = []
            var rows = try database.rows(
                """
                SELECT id, hash, label, archive, role, created_at, expires_at, revoked_at, last_used_at
                FROM token
                ORDER BY created_at, id
                """)
            while try rows.next() { found.append(try AccessToken(rows, in: path)) }
            return found
        } ?? []
    }

    package func find(_ id: TokenID) throws -> AccessToken? {
        try reading { database in
            var rows = try database.rows(
                """
                SELECT id, hash, label, archive, role, created_at, expires_at, revoked_at, last_used_at
                FROM token
                WHERE id = ?
                """, .text(id.text))
            return try rows.next() ? try AccessToken(rows, in: path) : nil
        } ?? nil
    }

    package func add(_ token: AccessToken) throws {
        let (archive, role): (String?, Role) =
            switch token.scope {
            case .server: (nil, .owner)
            case .archive(let name, let role): (name, role)
            }
        try writing { database in
            try database.transaction(.immediate) {
                guard try database.integer("SELECT 1 FROM token WHERE id = ?", .text(token.id.text)) == nil
                else {
                    throw TokenError(
                        .exists, "there is a token \(token.id) already", hint: "make another one")
                }
                try database.run(
                    """
                    INSERT INTO token (id, hash, label, archive, role, created_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                    .text(token.id.text), .blob(token.hash.bytes), .text(token.label), .text(archive),
                    .text(role.rawValue), .integer(token.createdAt), .integer(token.expiresAt))
            }
        }
    }

    package func revoke(_ id: TokenID, atMilliseconds now: Int64) throws -> Bool {
        // A mistyped id must not create the database.
        guard try find(id) != nil else { return false }
        return try writing { database in
            try database.run(
                "UPDATE token SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", .integer(now),
                .text(id.text))
            return database.changes > 0
        }
    }

    package func noteUse(of id: TokenID, atMilliseconds now: Int64) throws {
        try writing(isDurable: false) { database in
            try database.run(
                "UPDATE token SET last_used_at = ? WHERE id = ? AND coalesce(last_used_at, 0) < ?",
                .integer(now), .text(id.text), .integer(now))
        }
    }
}

extension FileTokenStore {
    package func charge(_ taken: QuotaAmount, to id: TokenID, onDay day: Int64) throws -> QuotaAmount {
        try writing(isDurable: false) { database in
            // Files of earlier versions lack the table.
            try database.execute(Self.intakeTable)
            return try database.transaction(.immediate) {
                try database.run("DELETE FROM intake WHERE day < ?", .integer(day))
                try database.run(
                    """
                    INSERT INTO intake (token, day, origins, branch_starts, transactions)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET
                        origins = origins + excluded.origins,
                        branch_starts = branch_starts + excluded.branch_starts,
                        transactions = transactions + excluded.transactions
                    """, .text(id.text), .integer(day), .integer(taken.origins),
                    .integer(taken.branchStarts),
                    .integer(taken.transactions))
                var rows = try database.rows(
                    "SELECT origins, branch_starts, transactions FROM intake WHERE token = ? AND day = ?",
                    .text(id.text), .integer(day))
                guard try rows.next() else { return taken }
                return QuotaAmount(
                    origins: Int(rows.integer(0)), branchStarts: Int(rows.integer(1)),
                    transactions: Int(rows.integer(2)))
            }
        }
    }

    /// A row of `access.sql`.
    private static let intakeTable: String = {
        let schema = Definitions.access
        return schema.firstRange(of: "CREATE TABLE IF NOT EXISTS intake").map {
            String(schema[$0.lowerBound...])
        }
            ?? ""
    }()

    /// Nil if no token was ever created.
    private func reading<Result: Sendable>(_ body: (Connection) throws -> Result) throws -> Result? {
        // Every request to a server without tokens calls this: no lock.
        if !wasOpened.load(ordering: .relaxed), access(path, F_OK) != 0 { return nil }
        return try lock.withLock { _ in
            if connection == nil, access(path, F_OK) != 0 { return nil }
            return try presented {
                try body(opened())
            }
        }
    }

    private func writing<Result: Sendable>(isDurable: Bool = true, _ body: (Connection) throws -> Result)
        throws
        -> Result
    {
        try lock.withLock { _ in
            try presented {
                let database = try opened()
                // With a write-ahead log, NORMAL does not sync, and can lose the last commits in a power failure.
                try database.execute("PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL")")
                return try body(database)
            }
        }
    }

    private func opened() throws -> Connection {
        // A file that replaces the open one (a restored backup) is used from then on.
        if let connection, let openFile, (FileIdentity(path: path) ?? openFile) == openFile {
            return connection
        }
        // Readable by its owner only; SQLite gives its auxiliary files the same permissions.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            FolderRights(of: folder).settle(descriptor, isPersonal: true)
            close(descriptor)
        }
        let database = try Connection(path: path, options: .init(mode: .readWrite))
        if try database.integer("PRAGMA application_id") == 0 {
            try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            try database.transaction(.immediate) {
                // Read under the lock: another process may have been faster.
                if try database.integer("SELECT count(*) FROM sqlite_schema") == 0 {
                    try database.execute(Definitions.access)
                }
            }
        }
        guard try database.integer("PRAGMA application_id") == Self.applicationID else {
            throw StorageError(
                .notAnArchive, "this file does not hold a server's tokens: \(path)",
                hint: "move it away; without it the server has no tokens")
        }
        guard try database.integer("PRAGMA user_version") == Self.form else {
            throw StorageError(
                .newerArchive, "the server's tokens were made by a newer Quipu: \(path)",
                hint: "install the newer version; nothing was changed")
        }
        (connection, openFile) = (database, FileIdentity(path: path))
        wasOpened.store(true, ordering: .relaxed)
        return database
    }

    private func presented<Result: Sendable>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            let presentable = StorageError.presentable(error)
            guard let error = presentable as? StorageError, error.code == .readOnly else { throw presentable }
            throw StorageError(
                .readOnly, "the server's tokens cannot be read or written: \(path)",
                hint: "check the permissions of the file and its folder")
        }
    }
}

extension AccessToken {
    fileprivate init(_ rows: borrowing Rows, in path: String) throws {
        guard let id = TokenID(rows.text(0)), let hash = TokenHash(bytes: rows.bytes(1)),
            let role = Role(rawValue: rows.text(4))
        else {
            throw StorageError(
                .damaged, "the server's tokens are damaged: \(path)",
                hint: "take the file from a backup, or remove it and make new tokens")
        }
        self.init(
            id: id, hash: hash, label: rows.optionalText(2),
            scope: rows.optionalText(3).map { .archive($0, role) } ?? .server, createdAt: rows.integer(5),
            expiresAt: rows.optionalInteger(6), revokedAt: rows.optionalInteger(7),
            lastUsedAt: rows.optionalInteger(8))
    }
}
