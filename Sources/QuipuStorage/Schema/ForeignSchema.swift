internal import QuipuEmbeddedSchema
internal import QuipuSQLite

/// Holds the schema of a database from elsewhere against ours, byte for byte. A trigger, a view or a generated
/// column of somebody else's making would run as ours, with our rights, so nothing but the header is read before.
struct ForeignSchema: Sendable {
    private struct Entry: Equatable {
        var type: String
        var name: String
        var table: String
        var sql: String?

        var title: String { "\(type) '\(name)'" }
    }

    private let entries: [Entry]

    static let store = ForeignSchema(madeBy: Definitions.store)
    /// Of the earlier forms of the archive's database that copies may still have: 1 and 2.
    static let storeForm1 = ForeignSchema(madeBy: Definitions.storeForm1)
    /// Of forms 3 and 4.
    static let storeForm3 = ForeignSchema(
        madeBy: "PRAGMA legacy_alter_table = ON;" + Definitions.storeForm1 + Definitions.storeStep2
            + Definitions.storeStep3)
    static let local = ForeignSchema(madeBy: Definitions.local)

    private init(madeBy script: String) {
        do {
            let database = try Connection(path: ":memory:", options: .init(mode: .readWriteCreate))
            try database.execute(script)
            entries = try Self.entries(of: database)
        } catch {
            preconditionFailure("the embedded schema does not run: \(error)")
        }
    }

    private static func entries(of database: Connection) throws(SQLiteError) -> [Entry] {
        var found: [Entry] = []
        var rows = try database.rows(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name, tbl_name, sql")
        while try rows.next() {
            found.append(
                Entry(
                    type: rows.text(0), name: rows.text(1), table: rows.text(2), sql: rows.optionalText(3)))
        }
        return found
    }

    /// The first thing that is not ours, or not as ours is; nil when all is.
    func difference(of database: Connection) throws(SQLiteError) -> String? {
        let found = try Self.entries(of: database)
        if found == entries { return nil }
        let strange = found.first { !entries.contains($0) } ?? entries.first { !found.contains($0) }
        return strange?.title ?? "its layout"
    }

    /// - Throws: `StorageError.damaged` where anything is not as ours is.
    func check(_ database: Connection) throws {
        guard let difference = try difference(of: database) else { return }
        throw StorageError(
            .damaged,
            "the file does not have Quipu's layout, and is not used: \(database.path) (\(difference))",
            hint:
                "another program has changed it; keep a copy of the folder, and use another mirror or an older backup"
        )
    }
}
