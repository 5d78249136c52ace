public import QuipuCausality
internal import QuipuSQLite

/// The text of a visible value that is not here.
public struct WaitingText: Sendable, Equatable {
    public let field: String
    /// As reported by a mirror that has the text; nil if none did.
    public let sizeBytes: Int?
    /// The remote that has it, by its name; nil where that is not known.
    public let remote: String?
}

// What waits for a later exchange.
extension Texts {
    /// A field that lacks the text of a value; nil when none does.
    public func place(ofMissing hash: ValueHash) throws -> (record: RecordID, kind: String, field: String)? {
        var rows = try database.rows(
            """
            SELECT record.id, kind.text, field.text
            FROM missing
            JOIN record ON record.row = missing.record
            JOIN name AS kind ON kind.row = record.kind
            JOIN name AS field ON field.row = missing.field
            WHERE missing.hash = ?
            ORDER BY missing.record, missing.field
            LIMIT 1
            """, .blob(hash.bytes))
        guard try rows.next(), let id = RecordID(bytes: rows.bytes(0)) else { return nil }
        return (id, rows.text(1), rows.text(2))
    }

    /// Texts by their hashes, also those of plain fields, of which no row tells the hash: they are looked for in all
    /// records.
    ///
    /// - Parameter visit: is given each text that was found, once.
    package func visit(
        _ hashes: Set<ValueHash>, _ visit: (ValueHash, [UInt8]) throws -> Void
    ) throws {
        var left = hashes
        for hash in hashes.sorted() {
            guard let text = try text(of: hash) else { continue }
            left.remove(hash)
            try visit(hash, text)
        }
        var last: Int64 = 0
        while !left.isEmpty,
            let row = try database.integer("SELECT min(row) FROM record WHERE row > ?", .integer(last))
        {
            last = row
            for member in try recordStates.record(row: row).fields.members {
                let hash = ValueHash(of: member.json)
                if left.remove(hash) != nil { try visit(hash, member.json) }
            }
        }
    }

    /// A size that is assumed where none was told.
    private static let assumedBytes = 2 << 10

    /// Of a record: the fields whose visible value has no text here.
    public func waiting(of record: Record) throws -> [WaitingText] {
        var found: [WaitingText] = []
        var rows = try database.rows(
            """
            SELECT DISTINCT name.text, version.value
            FROM version JOIN name ON name.row = version.field
            WHERE version.record = ? AND version.flags & 8
            ORDER BY name.text
            """, .integer(record.row))
        while try rows.next() {
            let name = rows.text(0)
            guard name != "deleted", record[name] == nil, found.last?.field != name else { continue }
            // One of a cycle of merges is merged as well, which is no text that it shows.
            if name == MergedInto.field, record.mergedInto == nil { continue }
            let known = try ValueHash(bytes: rows.bytes(1)).flatMap { try local.waitingText($0) }
            found.append(WaitingText(field: name, sizeBytes: known?.sizeBytes, remote: known?.remote))
        }
        return found
    }

    /// The sum of the sizes that were told of texts that are missing here, how many records lack them, and the remotes that
    /// have them.
    public func waiting() throws -> (sizeBytes: Int, recordCount: Int, remotes: [String]) {
        var sum = 0
        var remotes: Set<String> = []
        var rows = try database.rows("SELECT DISTINCT hash FROM missing")
        while try rows.next() {
            guard let known = try ValueHash(bytes: rows.bytes(0)).flatMap({ try local.waitingText($0) })
            else { continue }
            sum += known.sizeBytes
            if let remote = known.remote { remotes.insert(remote) }
        }
        let recordCount = try database.integer("SELECT count(DISTINCT record) FROM missing") ?? 0
        return (sum, Int(recordCount), remotes.sorted())
    }

    /// Remembers how long texts are that somebody else has. Sizes of others than missing texts, and impossible ones, are
    /// ignored.
    public func noteSizes(_ sizes: [(hash: ValueHash, sizeBytes: Int)]) throws {
        let wanted = try sizes.filter { size in
            try (1...Limits.valueBytes).contains(size.sizeBytes) && isMissing(size.hash)
        }
        do { try local.noteSizes(wanted) } catch let error as SQLiteError { throw StorageError(error) }
    }

    /// Remembers that a remote has what is missing here, of texts of which that is not known yet.
    public func noteSource(remote: String) throws {
        do { try local.noteSourceOfTexts(remote) } catch let error as SQLiteError {
            throw StorageError(error)
        }
    }

    /// Missing texts as `wanted(limit:)` chooses them, and more as long as their sizes are known and sum up to less than the
    /// room.
    public func wanted(limit: Int, roomBytes: Int, atLeast least: Int) throws -> [(
        hash: ValueHash, haveBytes: Int
    )] {
        var found = try wanted(limit: least)
        guard found.count == least else { return found }
        var left = roomBytes
        for text in found {
            guard let size = try local.waitingText(text.hash)?.sizeBytes else { return found }
            left -= size - text.haveBytes
        }
        let known = Set(found.map(\.hash))
        for text in try wanted(limit: limit) where !known.contains(text.hash) {
            guard left > 0, found.count < limit, let size = try local.waitingText(text.hash)?.sizeBytes else {
                break
            }
            found.append(text)
            left -= size - text.haveBytes
        }
        return found
    }

    /// The missing texts that are needed first: what people wrote before what was imported, notes and annotations before
    /// other fields, bodies last, and the newest first.
    ///
    /// - Parameters:
    ///   - roomBytes: ends when the sizes that were told sum up to this.
    ///   - skipped: texts to leave out.
    public func urgent(limit: Int, roomBytes: Int, without skipped: Set<ValueHash> = []) throws -> [(
        hash: ValueHash, haveBytes: Int
    )] {
        var found: [(hash: ValueHash, haveBytes: Int)] = []
        var left = roomBytes
        var rows = try database.rows(
            """
            SELECT missing.hash, min(CASE
                WHEN record.state & 2 THEN 9
                WHEN version.flags & 1 AND kind.text IN ('annotation', 'note') THEN 0
                WHEN version.flags & 1 AND field.text != 'body' THEN 1
                WHEN version.flags & 1 THEN 2
                WHEN kind.text IN ('annotation', 'note') THEN 3
                WHEN field.text = 'title' THEN 4
                WHEN field.text = 'body' THEN 7
                WHEN field.text GLOB 'from/*' THEN 6
                ELSE 5 END) AS rank,
                max(coalesce(version.position, 0)) AS newest
            FROM missing
            JOIN record ON record.row = missing.record
            JOIN name AS kind ON kind.row = record.kind
            JOIN name AS field ON field.row = missing.field
            LEFT JOIN version ON version.record = missing.record AND version.field = missing.field
                AND version.value = missing.hash AND version.flags & 4
            GROUP BY missing.hash
            ORDER BY rank, newest DESC, missing.hash
            LIMIT ?
            """, .integer(Int64(limit + skipped.count)))
        while found.count < limit, left > 0, try rows.next() {
            guard let hash = ValueHash(bytes: rows.bytes(0)), !skipped.contains(hash) else { continue }
            let have = try local.partSize(of: hash)
            found.append((hash, have))
            left -= max(1, (try local.waitingText(hash)?.sizeBytes ?? Self.assumedBytes) - have)
        }
        return found
    }
}
