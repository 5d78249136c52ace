internal import QuipuCausality
internal import QuipuSQLite

/// Names, authors and origins as the small integers that rows hold.
///
/// Only what is committed or in the transaction under way is remembered: `forget` follows every roll-back.
final class Interning {
    private var nameRows: [String: Int64] = [:]
    private var namesByRow: [Int64: String] = [:]
    /// By their bytes: unlike names of fields, authors come in any normal form, and strings that differ in that
    /// alone are equal in Swift. One would be logged as the other, and its chain hash would no longer fit.
    private var authorRows: [[UInt8]: Int64] = [:]
    private var originRows: [Origin: Int64] = [:]
    private var originsByRow: [Int64: Origin] = [:]
    /// Names of the first rows, by row: these few are asked for at every change.
    private var firstNames: [String?] = []
    /// By a name's row, the name that was asked for after it. Records name their fields in one order, and strings
    /// that share their storage compare in no time.
    private var followers: [(name: String, row: Int64)?] = []
    private var lastRow: Int64 = 0

    private static let firstCount: Int64 = 1_024

    /// Sets with very many elements would otherwise keep all their names in memory.
    private static let maximumCount = 20_000

    func forget() {
        nameRows = [:]
        namesByRow = [:]
        authorRows = [:]
        originRows = [:]
        originsByRow = [:]
        firstNames = []
        followers = []
        lastRow = 0
    }

    private func makeRoom() {
        if nameRows.count + authorRows.count + originRows.count + namesByRow.count > Self.maximumCount {
            forget()
        }
    }

    func nameRow(_ name: String, in database: Connection) throws(SQLiteError) -> Int64 {
        if let row = try knownNameRow(name, in: database) { return row }
        try database.run("INSERT INTO name (text) VALUES (?)", .text(name))
        let row = database.lastInsertedRow
        nameRows[name] = row
        namesByRow[row] = name
        return row
    }

    /// Remembers which name followed the one before.
    private func follow(_ name: String, _ row: Int64) {
        if lastRow < Self.firstCount {
            while followers.count <= lastRow { followers.append(nil) }
            followers[Int(lastRow)] = (name, row)
        }
        lastRow = row
    }

    /// Nil when nothing in the archive has the name.
    func knownNameRow(_ name: String, in database: Connection) throws(SQLiteError) -> Int64? {
        if lastRow < followers.count, let next = followers[Int(lastRow)], next.name == name {
            lastRow = next.row
            return next.row
        }
        if let row = nameRows[name] {
            follow(name, row)
            return row
        }
        guard let row = try database.integer("SELECT row FROM name WHERE text = ?", .text(name)) else {
            return nil
        }
        makeRoom()
        nameRows[name] = row
        namesByRow[row] = name
        return row
    }

    func name(_ row: Int64, in database: Connection) throws -> String {
        if row >= 0, row < firstNames.count, let name = firstNames[Int(row)] { return name }
        if let name = namesByRow[row] {
            if row >= 0, row < Self.firstCount {
                while firstNames.count <= row { firstNames.append(nil) }
                firstNames[Int(row)] = name
            }
            return name
        }
        guard let name = try database.text("SELECT text FROM name WHERE row = ?", .integer(row)) else {
            throw StorageError.damaged(database.path, "name \(row) is missing")
        }
        makeRoom()
        namesByRow[row] = name
        return name
    }

    func authorRow(_ author: String, in database: Connection) throws(SQLiteError) -> Int64 {
        let key = Array(author.utf8)
        if let row = authorRows[key] { return row }
        makeRoom()
        if let row = try database.integer("SELECT row FROM author WHERE text = ?", .text(author)) {
            authorRows[key] = row
            return row
        }
        try database.run("INSERT INTO author (text) VALUES (?)", .text(author))
        authorRows[key] = database.lastInsertedRow
        return database.lastInsertedRow
    }

    func originRow(_ origin: Origin, in database: Connection) throws(SQLiteError) -> Int64? {
        if let row = originRows[origin] { return row }
        guard let row = try database.integer("SELECT row FROM origin WHERE id = ?", .blob(origin.bytes))
        else {
            return nil
        }
        makeRoom()
        originRows[origin] = row
        originsByRow[row] = origin
        return row
    }

    func origin(_ row: Int64, in database: Connection) throws -> Origin {
        if let origin = originsByRow[row] { return origin }
        guard let bytes = try database.bytes("SELECT id FROM origin WHERE row = ?", .integer(row)),
            let origin = Origin(bytes: bytes)
        else { throw StorageError.damaged(database.path, "origin \(row) is missing") }
        makeRoom()
        originsByRow[row] = origin
        return origin
    }
}
