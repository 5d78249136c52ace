internal import QuipuEmbeddedSchema
internal import QuipuPostgreSQL
internal import QuipuStorage

/// The tables in the database (`Schema/postgres.sql`), created on first use, by any number of processes at once.
enum DatabaseLayout {
    /// The newest form that this version understands.
    static let form: Int64 = 1
    private static let maximumAttempts = 10

    /// Creates missing tables.
    ///
    /// - Returns: the database's id.
    /// - Throws: `StorageError.newerArchive` if a newer version has created the tables; `PostgreSQLError`.
    static func prepare(_ connection: Connection, environment: Environment) throws -> [UInt8] {
        var attempt = 1
        while true {
            do {
                if let id = try read(connection) {
                    // A pooler may not support transactions, which should show before anything is served.
                    try connection.transaction {}
                    return id
                }
                try connection.execute(Definitions.postgres)
                // Last, so that no process takes half of the tables for all.
                try connection.run(
                    "INSERT INTO quipu.layout (singleton, form, id) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
                    .integer(form), .bytes(environment.randomBytes(16)))
            } catch let error as PostgreSQLError where error.isRaceOfDefinitions && attempt < maximumAttempts
            {
                attempt += 1
            }
        }
    }

    /// Nil if there are no tables yet.
    private static func read(_ connection: Connection) throws -> [UInt8]? {
        let rows: Rows
        do throws(PostgreSQLError) {
            rows = try connection.run("SELECT form, id FROM quipu.layout WHERE singleton = 1")
        } catch {
            guard error.code == .undefinedTable || error.code == .undefinedSchema else { throw error }
            return nil
        }
        guard rows.count == 1 else { return nil }
        let found = try rows.integer(0, 0)
        guard found <= form else {
            throw StorageError(
                .newerArchive,
                "the database was laid out by a newer Quipu (form \(found), this one knows \(form))",
                hint: "install the newer version; nothing was changed")
        }
        return rows.bytes(0, 1)
    }
}

extension PostgreSQLError {
    /// Another process creates the same objects at this moment: PostgreSQL lets one of the two fail, in several ways.
    fileprivate var isRaceOfDefinitions: Bool {
        isContention || code == .uniqueViolation
            || ["42P06", "42P07", "42710", "XX000"].contains(code.rawValue)
    }
}
