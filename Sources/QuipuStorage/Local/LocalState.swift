internal import Glibc
internal import QuipuCausality
internal import QuipuSQLite

/// What is this machine's alone: its key, where its own chain ended, its remotes and what it last agreed with
/// each of them.
final class LocalState {
    let database: Connection

    /// - Parameter isImmutable: nothing can be made beside it, and nobody changes it.
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
                .damaged, "the file of this machine's own settings is damaged: \(path)",
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
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    /// In one commit. What another has made meanwhile is made anew: losing it loses no edit.
    static func create(
        at path: String, replicaName: String, seed: [UInt8], origin: Origin,
        remotes: [(name: String, location: String)] = [], schema: String
    ) throws {
        // It holds the key: nobody else's to read. SQLite gives its own files beside it the same rights.
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

    var version: Int64 { get throws { try database.integer("PRAGMA user_version") ?? 0 } }

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

    // MARK: remotes

    func remotes() throws -> [Remote] {
        var found: [Remote] = []
        var rows = try database.rows(
            """
            SELECT name, location, own_position, their_position, vector_hash, synced_at, piece_bytes, insecure
            FROM remote
            ORDER BY name
            """
        )
        while try rows.next() {
            var agreement: Agreement?
            if let own = rows.optionalInteger(2), let theirs = rows.optionalInteger(3),
                let hash = rows.optionalBytes(4), hash.count == 16
            {
                agreement = Agreement(
                    ownPosition: own, theirPosition: theirs,
                    vectorHash: hash.reduce(0) { $0 << 8 | UInt128($1) })
            }
            found.append(
                Remote(
                    name: rows.text(0), location: rows.text(1), agreement: agreement,
                    syncedAtMilliseconds: rows.optionalInteger(5),
                    messageBytes: rows.optionalInteger(6).map { Int($0) },
                    isInsecure: rows.integer(7) != 0))
        }
        return found
    }

    func addRemote(name: String, location: String, isInsecure: Bool) throws {
        try database.run(
            "INSERT INTO remote (name, location, insecure) VALUES (?, ?, ?)", .text(name), .text(location),
            .integer(isInsecure ? 1 : 0))
    }

    func noteInsecure(remote name: String) throws {
        try database.run("UPDATE remote SET insecure = 1 WHERE name = ?", .text(name))
    }

    /// All that was known of what a remote holds.
    func forgetAgreement(remote name: String) throws {
        try database.transaction(.immediate) {
            try database.run("DELETE FROM remote_blob WHERE remote = ?", .text(name))
            try database.run(
                """
                UPDATE remote
                SET own_position = NULL, their_position = NULL, vector_hash = NULL, blobs_position = NULL
                WHERE name = ?
                """, .text(name))
        }
    }

    func removeRemote(name: String) throws -> Bool {
        try database.transaction(.immediate) {
            try database.run("DELETE FROM remote_blob WHERE remote = ?", .text(name))
            try database.run("DELETE FROM clock_difference WHERE peer = ?", .text(name))
            try database.run("DELETE FROM remote WHERE name = ?", .text(name))
            return database.changes > 0
        }
    }

    func noteAgreement(_ agreement: Agreement?, remote name: String, nowMilliseconds: Int64) throws {
        try database.run(
            """
            UPDATE remote SET own_position = ?, their_position = ?, vector_hash = ?, synced_at = ?
            WHERE name = ?
            """,
            .integer(agreement?.ownPosition), .integer(agreement?.theirPosition),
            .blob(
                agreement.map { agreement in withUnsafeBytes(of: agreement.vectorHash.bigEndian) { Array($0) }
                }),
            .integer(nowMilliseconds), .text(name))
    }

    func notePieceBytes(_ bytes: Int, remote name: String) throws {
        try database.run("UPDATE remote SET piece_bytes = ? WHERE name = ?", .integer(bytes), .text(name))
    }

    // MARK: texts under way

    func addPart(_ bytes: [UInt8], of hash: ValueHash, at offset: Int) throws {
        try database.run(
            "INSERT OR IGNORE INTO part (hash, offset, bytes) VALUES (?, ?, ?)", .blob(hash.bytes),
            .integer(offset), .blob(bytes))
    }

    func partSize(of hash: ValueHash) throws -> Int {
        Int(
            try database.integer(
                "SELECT coalesce(max(offset + length(bytes)), 0) FROM part WHERE hash = ?",
                .blob(hash.bytes)) ?? 0)
    }

    func takeParts(of hash: ValueHash) throws -> [UInt8] {
        var whole: [UInt8] = []
        do {
            var rows = try database.rows(
                "SELECT bytes FROM part WHERE hash = ? ORDER BY offset", .blob(hash.bytes))
            while try rows.next() { rows.withBytes(0) { whole.append(contentsOf: $0) } }
        }
        return whole
    }

    func textsUnderWay(limit: Int) throws -> [ValueHash] {
        var found: [ValueHash] = []
        var rows = try database.rows(
            "SELECT DISTINCT hash FROM part ORDER BY hash LIMIT ?", .integer(limit))
        while try rows.next() { if let hash = ValueHash(bytes: rows.bytes(0)) { found.append(hash) } }
        return found
    }

    /// Drops the pieces of texts that nobody waits for any more.
    func dropUnwantedParts(_ isWanted: (ValueHash) throws -> Bool) throws {
        for hash in try textsUnderWay(limit: .max) where try !isWanted(hash) { try dropParts(of: hash) }
    }

    func dropParts(of hash: ValueHash) throws {
        try database.run("DELETE FROM part WHERE hash = ?", .blob(hash.bytes))
    }
}

/// Another replica that this one exchanges with.
public struct Remote: Sendable, Equatable {
    public var name: String
    /// A URL or a path.
    public var location: String
    public var agreement: Agreement?
    /// Unix milliseconds of the last complete exchange.
    public var syncedAtMilliseconds: Int64?
    /// Bytes of texts that a message may have, as the link has borne them so far.
    public var messageBytes: Int?
    /// Plain HTTP will do there, as its owner said.
    public var isInsecure = false
}

/// The moment at which two replicas had equal vectors: where each one's log was. An economy, never needed for
/// correctness.
public struct Agreement: Sendable, Equatable {
    public var ownPosition: Int64
    public var theirPosition: Int64
    public var vectorHash: UInt128

    public init(ownPosition: Int64, theirPosition: Int64, vectorHash: UInt128) {
        self.ownPosition = ownPosition
        self.theirPosition = theirPosition
        self.vectorHash = vectorHash
    }
}
