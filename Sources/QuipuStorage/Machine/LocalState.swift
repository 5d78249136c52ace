internal import Glibc
internal import QuipuCausality
internal import QuipuSQLite

/// What is this machine's alone: its key, where its own chain ended, its remotes and what it last agreed with
/// each of them.
final class LocalState {
    let database: Connection

    /// - Parameter isImmutable: nothing can be created beside it, and it does not change.
    init(path: String, mode: Connection.Mode, isForeign: Bool = false, isImmutable: Bool = false) throws {
        do {
            database = try Connection(
                path: path, options: .init(mode: mode, isForeign: isForeign, isImmutable: isImmutable))
            try Self.checkForm(of: database, isForeign: isForeign)
            if mode != .readOnly {
                try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            }
            _ = try database.integer("SELECT count(*) FROM replica")
        } catch let error as SQLiteError {
            let isBroken = error.code.primary == .notADatabase || error.code.primary == .corrupt
            guard isBroken else { throw error }
            throw StorageError(
                .damaged, "this machine's settings file is damaged: \(path)",
                hint: "no edit is lost: remove it, and add the remotes again: rm \(path)")
        }
    }

    /// An older form is brought up to date.
    /// - Throws: `StorageError.newerArchive`; of a file from elsewhere also `olderArchive` and `damaged`.
    private static func checkForm(of database: Connection, isForeign: Bool) throws {
        let form = Int(try database.integer("PRAGMA user_version") ?? 0)
        let latest = Migrations.local.latestForm
        if form > latest {
            throw StorageError(
                .newerArchive,
                "this machine's settings were written by a newer Quipu (form \(form), this one knows \(latest)): "
                    + database.path,
                hint: "install the newer version; nothing was changed")
        }
        if isForeign {
            guard form == latest else {
                throw StorageError(
                    .olderArchive, "the archive was made by an older Quipu: \(database.path)",
                    remedy: Remedy(.openAtHome))
            }
            try ForeignSchema.local.check(database)
        }
        if form < latest, form >= 1 { try Migrations.local.bringUpToDate(at: database.path) }
    }

    /// For looking at an archive that nothing is remembered of.
    init(emptyWith schema: String) throws {
        database = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
        try database.execute(schema)
    }

    /// What SQLite finds wrong with the file, in words.
    func damage() throws -> [String] {
        var found: [String] = []
        var rows = try database.rows("PRAGMA integrity_check(10)")
        while try rows.next() { if rows.text(0) != "ok" { found.append(rows.text(0)) } }
        return found
    }

    /// False where there is none, or where its making was stopped half-way.
    static func isMade(at path: String) -> Bool {
        guard ArchiveFolder.exists(path) else { return false }
        // What cannot be read is damage, which opening it tells of. A journal left by a crash is rolled back.
        guard let database = try? Connection(path: path, options: .init(mode: .readWrite)),
            let isEmpty = try? database.isEmpty
        else { return true }
        return !isEmpty
    }

    /// What belongs to an archive that is no more.
    static func remove(at path: String) {
        DatabaseFiles.remove(at: path)
    }

    /// In one commit. What another process has created meanwhile is replaced: losing it loses no edit.
    static func create(
        at path: String, replicaName: String, seed: [UInt8], origin: Origin,
        remotes: [(name: String, location: String)] = [], schema: String
    ) throws {
        // It holds the key: only its owner may read it. SQLite gives its own files beside it the same permissions.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            FolderRights(of: folder).settle(descriptor, isPersonal: true)
            close(descriptor)
        }
        let database = try Connection(path: path, options: .init(mode: .readWriteCreate))
        try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try database.transaction(.immediate) {
            if try database.isEmpty {
                try database.execute(schema)
            } else {
                for table in [
                    "replica", "clock", "clock_difference", "unnoted", "refusal", "remote", "remote_blob",
                    "fetched_collection", "part", "holding", "loss", "past_origin", "name_use", "shown",
                    "bundle_number", "bundle_sender", "link_speed", "waiting_text",
                ] {
                    try database.execute("DELETE FROM \(table)")
                }
            }
            try database.run(
                "INSERT INTO replica (singleton, name, secret, origin) VALUES (1, ?, ?, ?)",
                .text(replicaName), .blob(seed), .blob(origin.bytes))
            for remote in remotes {
                try database.run(
                    "INSERT INTO remote (name, location) VALUES (?, ?)", .text(remote.name),
                    .text(remote.location))
            }
        }
    }

    /// A key for a chain that nobody has written on.
    static func freshOrigin(_ environment: Environment) -> (Origin, seed: [UInt8]) {
        let seed = environment.randomBytes(SigningKey.seedSize)
        guard let origin = SigningKey.origin(ofSeed: seed) else {
            preconditionFailure("the source of randomness must give as many bytes as it is asked for")
        }
        return (origin, seed)
    }

    // MARK: the replica

    struct Replica {
        var name: String
        var origin: Origin
        var sequence: UInt64
        var chain: ChainHash?
    }

    func replica() throws -> Replica {
        var rows = try database.rows("SELECT name, origin, sequence, chain FROM replica")
        guard try rows.next(), let origin = Origin(bytes: rows.bytes(1)) else {
            throw StorageError.damaged(database.path, "it does not say who this replica is")
        }
        return Replica(
            name: rows.text(0), origin: origin, sequence: UInt64(clamping: rows.integer(2)),
            chain: rows.optionalBytes(3).flatMap { ChainHash(bytes: $0) })
    }

    /// Remembers where this machine's own chain ends and what the clock read; does nothing when another process has
    /// begun a fresh chain since.
    /// - Parameter isNote: what was added says itself how the clock stood.
    func noteOwnEnd(_ entry: Vector.Entry, added count: UInt64, clock: MachineClock, isNote: Bool) throws {
        try database.transaction(.immediate) {
            try database.run(
                """
                UPDATE replica SET sequence = ?, chain = ?, clock_reading = max(clock_reading, ?)
                WHERE origin = ? AND sequence < ?
                """,
                .integer(Int64(clamping: entry.sequence)), .blob(entry.chain.bytes),
                .integer(clock.reading), .blob(entry.origin.bytes),
                .integer(Int64(clamping: entry.sequence)))
            if !isNote { try addUnnoted(entry, added: count, clock: clock) }
            // What it was off by before says nothing of the time after.
            if clock.isSynchronized {
                try database.run("UPDATE replica SET clock_offset = 0 WHERE clock_offset != 0")
            }
        }
    }

    /// Whether others may have read what this machine wrote, up to a transaction of its chain.
    func isShown(_ name: TransactionName) throws -> Bool {
        try database.integer(
            "SELECT EXISTS (SELECT 1 FROM shown WHERE origin = ? AND sequence >= ?)",
            .blob(name.origin.bytes), .integer(Int64(clamping: name.sequence))) == 1
    }

    func noteShown(_ end: TransactionName) throws {
        try database.run(
            "INSERT OR REPLACE INTO shown (singleton, origin, sequence) VALUES (1, ?, ?)",
            .blob(end.origin.bytes), .integer(Int64(clamping: end.sequence)))
    }

    /// The next edit begins a chain of its own.
    func startFreshOrigin(_ origin: Origin, seed: [UInt8]) throws {
        try database.transaction(.immediate) {
            try database.run(
                "INSERT OR REPLACE INTO past_origin SELECT origin, sequence, chain FROM replica")
            try database.run(
                "UPDATE replica SET secret = ?, origin = ?, sequence = 0, chain = NULL", .blob(seed),
                .blob(origin.bytes))
        }
    }

    /// The next edit goes on with a chain that was written elsewhere.
    func goOn(under origin: Origin, seed: [UInt8], after end: Vector.Entry?) throws {
        try database.run(
            "UPDATE replica SET secret = ?, origin = ?, sequence = ?, chain = ? WHERE origin != ? OR chain IS NOT ?",
            .blob(seed), .blob(origin.bytes), .integer(Int64(clamping: end?.sequence ?? 0)),
            .blob(end?.chain.bytes), .blob(origin.bytes), .blob(end?.chain.bytes))
    }
}
