internal import QuipuSQLite

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

extension LocalState {
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

    func insertRemote(name: String, location: String, isInsecure: Bool) throws {
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

    func deleteRemote(name: String) throws -> Bool {
        try database.transaction(.immediate) {
            try database.run("DELETE FROM remote_blob WHERE remote = ?", .text(name))
            try database.run("DELETE FROM clock_difference WHERE peer = ?", .text(name))
            try database.run("DELETE FROM link_speed WHERE remote = ?", .text(name))
            try database.run("UPDATE waiting_text SET remote = NULL WHERE remote = ?", .text(name))
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
}
