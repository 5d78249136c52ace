internal import QuipuCausality
internal import QuipuPostgreSQL
internal import QuipuStorage

/// The statements for the contents of one archive's attachments in the database. The caller decides when they run.
///
/// Every statement that changes parts first changes the content's row, in the same database transaction: so there is
/// one writer at a time, and the parts are those that the row counts. Each can be repeated if its outcome is unknown.
struct BlobTable {
    /// A content that is incomplete, or not checked yet.
    struct Upload {
        var hash: BlobHash
        /// Identifies the upload: the bytes that it begins with never change.
        var id: [UInt8]
        var heldBytes: UInt64
        /// Unix milliseconds of the last progress, or of when a client resumed it.
        var changedAt: Int64
    }

    /// How much of a content is held.
    enum Presence {
        case nothing
        case part(heldBytes: UInt64)
        case whole(sizeBytes: UInt64)
    }

    enum Outcome {
        case kept
        /// Another client has completed it meanwhile.
        case isWhole
        case superseded
    }

    /// The size of all parts but the last. Other servers use the same size, so it is part of the schema's form.
    static let partBytes = 512 << 10

    let archive: String

    // MARK: reading

    func presence(of hash: BlobHash, on connection: Connection) throws -> Presence {
        let rows = try connection.run(
            """
            SELECT held, CASE WHEN taker IS NULL THEN 1::bigint ELSE 0::bigint END
            FROM quipu.blob
            WHERE archive = $1 AND hash = $2
            """, .text(archive), .bytes(hash.bytes))
        guard rows.count > 0 else { return .nothing }
        let held = UInt64(clamping: try rows.integer(0, 0))
        return try rows.integer(0, 1) == 1 ? .whole(sizeBytes: held) : .part(heldBytes: held)
    }

    /// The complete ones of some contents.
    func whole(among hashes: [BlobHash], on connection: Connection) throws -> Set<BlobHash> {
        let rows = try connection.run(
            "SELECT hash FROM quipu.blob WHERE archive = $1 AND hash = ANY ($2) AND taker IS NULL",
            .text(archive), .listOfBytes(hashes.map(\.bytes)))
        return Set((0..<rows.count).compactMap { BlobHash(bytes: rows.bytes($0, 0)) })
    }

    func whole(after last: BlobHash?, limit: Int, on connection: Connection) throws -> [BlobHash] {
        let rows = try connection.run(
            """
            SELECT hash FROM quipu.blob
            WHERE archive = $1 AND hash > $2 AND taker IS NULL
            ORDER BY hash
            LIMIT $3
            """, .text(archive), .bytes(last?.bytes ?? []), .integer(limit))
        return (0..<rows.count).compactMap { BlobHash(bytes: rows.bytes($0, 0)) }
    }

    func totalBytes(on connection: Connection) throws -> UInt64 {
        let rows = try connection.run(
            "SELECT CAST(coalesce(sum(held), 0) AS bigint) FROM quipu.blob WHERE archive = $1", .text(archive)
        )
        return UInt64(clamping: try rows.integer(0, 0))
    }

    /// - Throws: `BlobDamage` if the part is missing.
    func part(_ number: UInt64, of hash: BlobHash, on connection: Connection) throws -> [UInt8] {
        let rows = try connection.run(
            "SELECT bytes FROM quipu.blob_part WHERE archive = $1 AND hash = $2 AND part = $3",
            .text(archive), .bytes(hash.bytes), .integer(Int64(clamping: number)))
        guard rows.count == 1 else { throw BlobDamage(hash: hash, part: number) }
        return rows.bytes(0, 0)
    }

    /// The uploads, the most recently changed first.
    func uploads(on connection: Connection) throws -> [Upload] {
        let rows = try connection.run(
            """
            SELECT hash, upload, held, changed_at
            FROM quipu.blob
            WHERE archive = $1 AND taker IS NOT NULL
            ORDER BY changed_at DESC, hash
            """, .text(archive))
        return try (0..<rows.count).compactMap { row in
            guard let hash = BlobHash(bytes: rows.bytes(row, 0)) else { return nil }
            return Upload(
                hash: hash, id: rows.bytes(row, 1), heldBytes: UInt64(clamping: try rows.integer(row, 2)),
                changedAt: try rows.integer(row, 3))
        }
    }

    // MARK: taking in

    /// Resumes or begins an upload, and takes it over from any other client.
    ///
    /// - Parameter id: the id of the upload if it is a new one.
    /// - Returns: nil if the content is complete.
    func take(
        _ hash: BlobHash, by taker: [UInt8], id: [UInt8], at now: Int64, on connection: Connection
    ) throws -> Upload? {
        let rows = try connection.run(
            """
            INSERT INTO quipu.blob (archive, hash, upload, taker, held, changed_at)
            VALUES ($1, $2, $3, $4, 0, $5)
            ON CONFLICT (archive, hash) DO UPDATE
            SET taker = excluded.taker, changed_at = excluded.changed_at
            WHERE blob.taker IS NOT NULL
            RETURNING upload, held
            """, .text(archive), .bytes(hash.bytes), .bytes(id), .bytes(taker), .integer(now))
        guard rows.count > 0 else { return nil }
        return Upload(
            hash: hash, id: rows.bytes(0, 0), heldBytes: UInt64(clamping: try rows.integer(0, 1)),
            changedAt: now)
    }

    /// Appends bytes to an upload; all of them belong to one part.
    func append(
        _ bytes: [UInt8], to upload: Upload, by taker: [UInt8], at now: Int64, on connection: Connection
    ) throws -> Outcome {
        let held = Int64(clamping: upload.heldBytes)
        let longer = held + Int64(bytes.count)
        return try connection.transaction {
            let moved = try connection.run(
                """
                UPDATE quipu.blob SET held = $5, changed_at = $6
                WHERE archive = $1 AND hash = $2 AND taker = $3 AND held = $4
                """, .text(archive), .bytes(upload.hash.bytes), .bytes(taker), .integer(held),
                .integer(longer), .integer(now))
            guard moved.affectedCount == 1 else {
                // An earlier attempt may have succeeded without a confirmation.
                return try outcome(of: upload, taker: taker, heldBytes: longer, on: connection)
            }
            try connection.run(
                """
                INSERT INTO quipu.blob_part (archive, hash, part, bytes) VALUES ($1, $2, $3, $4)
                ON CONFLICT (archive, hash, part) DO UPDATE SET bytes = blob_part.bytes || excluded.bytes
                """, .text(archive), .bytes(upload.hash.bytes), .integer(held / Int64(Self.partBytes)),
                .bytes(bytes))
            return .kept
        }
    }

    private func outcome(
        of upload: Upload, taker: [UInt8], heldBytes: Int64, on connection: Connection
    ) throws -> Outcome {
        if case .whole = try presence(of: upload.hash, on: connection) { return .isWhole }
        let rows = try connection.run(
            "SELECT held FROM quipu.blob WHERE archive = $1 AND hash = $2 AND taker = $3 AND held = $4",
            .text(archive), .bytes(upload.hash.bytes), .bytes(taker), .integer(heldBytes))
        return rows.count == 1 ? .kept : .superseded
    }

    /// Makes a content available whose held bytes were checked. It does not matter if another client resumes it
    /// meanwhile: the checked bytes are those in the table, as long as it is the same upload with the same length.
    func publish(_ upload: Upload, at now: Int64, on connection: Connection) throws -> Outcome {
        let done = try connection.run(
            """
            UPDATE quipu.blob SET taker = NULL, changed_at = $5
            WHERE archive = $1 AND hash = $2 AND upload = $3 AND held = $4 AND taker IS NOT NULL
            """, .text(archive), .bytes(upload.hash.bytes), .bytes(upload.id),
            .integer(Int64(clamping: upload.heldBytes)), .integer(now))
        if done.affectedCount == 1 { return .kept }
        if case .whole = try presence(of: upload.hash, on: connection) { return .isWhole }
        return .superseded
    }

    // MARK: removing

    /// Removes an upload, unless it has made progress since.
    func discard(_ upload: Upload, on connection: Connection) throws {
        try connection.transaction {
            let gone = try connection.run(
                """
                DELETE FROM quipu.blob
                WHERE archive = $1 AND hash = $2 AND upload = $3 AND held = $4 AND taker IS NOT NULL
                """, .text(archive), .bytes(upload.hash.bytes), .bytes(upload.id),
                .integer(Int64(clamping: upload.heldBytes)))
            if gone.affectedCount == 1 { try removeParts(of: upload.hash, on: connection) }
        }
    }

    /// Removes a complete content.
    func remove(_ hash: BlobHash, on connection: Connection) throws {
        try connection.transaction {
            let gone = try connection.run(
                "DELETE FROM quipu.blob WHERE archive = $1 AND hash = $2 AND taker IS NULL", .text(archive),
                .bytes(hash.bytes))
            if gone.affectedCount == 1 { try removeParts(of: hash, on: connection) }
        }
    }

    private func removeParts(of hash: BlobHash, on connection: Connection) throws {
        try connection.run(
            "DELETE FROM quipu.blob_part WHERE archive = $1 AND hash = $2", .text(archive), .bytes(hash.bytes)
        )
    }
}
