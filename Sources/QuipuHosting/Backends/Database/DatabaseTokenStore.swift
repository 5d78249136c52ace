internal import QuipuCausality
internal import QuipuEmbeddedSchema
internal import QuipuPostgreSQL
package import QuipuReplication
package import QuipuStorage

/// Tokens in the database that several servers share: a token that is revoked through one is revoked for all at once.
package final class DatabaseTokenStore: TokenStore {
    private let pool: DatabasePool

    init(over pool: DatabasePool) { self.pool = pool }

    /// For managing tokens without serving.
    /// - Throws: `StorageError` if the database cannot be used.
    package convenience init(at address: String, environment: Environment = .system) throws {
        do {
            let pool = DatabasePool(try DatabaseAddress(address)) { _ in }
            _ = try pool.withConnection { try DatabaseLayout.prepare($0, environment: environment) }
            self.init(over: pool)
        } catch let error as PostgreSQLError {
            throw StorageError(error)
        }
    }

    package func isInUse() throws -> Bool {
        try run { try $0.run("SELECT id FROM quipu.token LIMIT 1").count > 0 }
    }

    package func list() throws -> [AccessToken] {
        try run { connection in
            let rows = try connection.run(
                """
                SELECT id, hash, label, archive, role, created_at, expires_at, revoked_at, last_used_at
                FROM quipu.token
                ORDER BY created_at, id
                """)
            return try (0..<rows.count).map { try AccessToken(rows, $0) }
        }
    }

    package func find(_ id: TokenID) throws -> AccessToken? {
        try run { connection in
            let rows = try connection.run(
                """
                SELECT id, hash, label, archive, role, created_at, expires_at, revoked_at, last_used_at
                FROM quipu.token
                WHERE id = $1
                """, .text(id.text))
            return rows.count == 0 ? nil : try AccessToken(rows, 0)
        }
    }

    package func add(_ token: AccessToken) throws {
        let (archive, role): (String?, Role) =
            switch token.scope {
            case .server: (nil, .owner)
            case .archive(let name, let role): (name, role)
            }
        let added = try run { connection in
            try connection.run(
                """
                INSERT INTO quipu.token (id, hash, label, archive, role, created_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT DO NOTHING
                """, .text(token.id.text), .bytes(token.hash.bytes), .text(token.label), .text(archive),
                .text(role.rawValue), .integer(token.createdAt), .integer(token.expiresAt)
            ).affectedCount
        }
        // If the outcome of the first attempt was unknown, the second finds its result.
        guard try added == 1 || find(token.id)?.hash == token.hash else {
            throw TokenError(.exists, "there is a token \(token.id) already", hint: "make another one")
        }
    }

    package func revoke(_ id: TokenID, atMilliseconds now: Int64) throws -> Bool {
        try run { connection in
            try connection.run(
                "UPDATE quipu.token SET revoked_at = coalesce(revoked_at, $1) WHERE id = $2", .integer(now),
                .text(id.text)
            ).affectedCount == 1
        }
    }

    package func noteUse(of id: TokenID, atMilliseconds now: Int64) throws {
        _ = try run { connection in
            try connection.run(
                "UPDATE quipu.token SET last_used_at = $1 WHERE id = $2 AND coalesce(last_used_at, 0) < $1",
                .integer(now), .text(id.text))
        }
    }

    package func charge(_ taken: QuotaAmount, to id: TokenID, onDay day: Int64) throws -> QuotaAmount {
        try run { connection in
            do {
                return try Self.charge(taken, to: id, onDay: day, on: connection)
            } catch let error as PostgreSQLError where error.code == .undefinedTable {
                // A database with the tables of an earlier version.
                try connection.execute(Definitions.postgres)
                return try Self.charge(taken, to: id, onDay: day, on: connection)
            }
        }
    }

    /// If the outcome of the first attempt was unknown, it may count twice, which does no harm.
    private static func charge(
        _ taken: QuotaAmount, to id: TokenID, onDay day: Int64, on connection: Connection
    ) throws -> QuotaAmount {
        try connection.run(
            "DELETE FROM quipu.intake WHERE token = $1 AND day < $2", .text(id.text), .integer(day))
        let rows = try connection.run(
            """
            INSERT INTO quipu.intake AS known (token, day, origins, branch_starts, transactions)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (token, day) DO UPDATE SET
                origins = known.origins + excluded.origins,
                branch_starts = known.branch_starts + excluded.branch_starts,
                transactions = known.transactions + excluded.transactions
            RETURNING origins, branch_starts, transactions
            """, .text(id.text), .integer(day), .integer(Int64(taken.origins)),
            .integer(Int64(taken.branchStarts)), .integer(Int64(taken.transactions)))
        guard rows.count == 1 else { return taken }
        return QuotaAmount(
            origins: Int(try rows.integer(0, 0)), branchStarts: Int(try rows.integer(0, 1)),
            transactions: Int(try rows.integer(0, 2)))
    }

    /// Each of these can be repeated without effect.
    private func run<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try pool.retrying(body)
    }
}

extension AccessToken {
    fileprivate init(_ rows: Rows, _ row: Int) throws {
        guard let id = TokenID(rows.text(row, 0)), let hash = TokenHash(bytes: rows.bytes(row, 1)),
            let role = Role(rawValue: rows.text(row, 4))
        else {
            throw StorageError(
                .damaged, "a token in the database is not readable", hint: "revoke all, and make new ones")
        }
        func time(_ column: Int) throws -> Int64? {
            rows.isNull(row, column) ? nil : try rows.integer(row, column)
        }
        self.init(
            id: id, hash: hash, label: rows.isNull(row, 2) ? nil : rows.text(row, 2),
            scope: rows.isNull(row, 3) ? .server : .archive(rows.text(row, 3), role),
            createdAt: try rows.integer(row, 5), expiresAt: try time(6), revokedAt: try time(7),
            lastUsedAt: try time(8))
    }
}
