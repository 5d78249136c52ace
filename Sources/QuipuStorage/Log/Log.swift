public import QuipuCausality
internal import QuipuSQLite

/// The transactions that an archive holds: where each is, how it is named, and what of each origin is here.
public struct Log: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var log: Log { Log(archive: archive) }
}

extension Log {
    public func vector() throws -> Vector {
        var vector = Vector()
        var rows = try database.rows("SELECT id, sequence, chain FROM origin")
        while try rows.next() {
            guard let entry = Self.entry(rows.bytes(0), rows.integer(1), rows.bytes(2)) else {
                throw StorageError.damaged(database.path, "its vector is not readable")
            }
            vector[entry.origin] = entry
        }
        return vector
    }

    private static func entry(_ id: [UInt8], _ sequence: Int64, _ chain: [UInt8]) -> Vector.Entry? {
        guard let origin = Origin(bytes: id), let chain = ChainHash(bytes: chain) else { return nil }
        return Vector.Entry(origin: origin, sequence: UInt64(clamping: sequence), chain: chain)
    }

    /// The entry of a transaction that is held; nil when it is not.
    public func entry(of name: TransactionName) throws -> Vector.Entry? {
        guard let held = try locate(name) else { return nil }
        return Vector.Entry(origin: name.origin, sequence: name.sequence, chain: held.chain)
    }

    /// The vector as it was when the log ended at `position`: today's, less what came since.
    public func vector(at position: Int64) throws -> Vector {
        var vector = try vector()
        var later: [(Origin, UInt64)] = []
        do {
            // By position: for the grouping SQLite would read the index of all names.
            var rows = try database.rows(
                "SELECT origin, min(sequence) FROM log NOT INDEXED WHERE position > ? GROUP BY origin",
                .integer(position)
            )
            while try rows.next() {
                later.append(
                    (try interning.origin(rows.integer(0), in: database), UInt64(clamping: rows.integer(1))))
            }
        }
        for (origin, first) in later {
            vector[origin] =
                first <= 1 ? nil : try entry(of: TransactionName(origin: origin, sequence: first - 1))
        }
        return vector
    }

    /// The vector's entries for what the log holds past `position`.
    public func vectorEntries(changedSince position: Int64) throws -> [Vector.Entry] {
        var found: [Vector.Entry] = []
        var rows = try database.rows(
            """
            SELECT id, sequence, chain
            FROM origin
            WHERE row IN (SELECT origin FROM log WHERE position > ?)
            ORDER BY id
            """, .integer(position))
        while try rows.next() {
            guard let entry = Self.entry(rows.bytes(0), rows.integer(1), rows.bytes(2)) else {
                throw StorageError.damaged(database.path, "its vector is not readable")
            }
            found.append(entry)
        }
        return found
    }

    /// Whether anything of an origin is held.
    public func holds(_ origin: Origin) throws -> Bool {
        try interning.originRow(origin, in: database) != nil
    }

    /// The highest sequence held of an origin; 0 for none.
    public func sequence(of origin: Origin) throws -> UInt64 {
        guard let row = try interning.originRow(origin, in: database),
            let sequence = try database.integer("SELECT sequence FROM origin WHERE row = ?", .integer(row))
        else { return 0 }
        return UInt64(clamping: sequence)
    }

    /// The position of a transaction in the log; nil if it is not there.
    func locate(_ name: TransactionName) throws -> (position: Int64, chain: ChainHash)? {
        guard let origin = try interning.originRow(name.origin, in: database) else { return nil }
        var rows = try database.rows(
            "SELECT position, chain FROM log WHERE origin = ? AND sequence = ?", .integer(origin),
            .integer(Int64(clamping: name.sequence)))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(1)) else { return nil }
        return (rows.integer(0), chain)
    }

    /// The name of the transaction at a log position.
    func name(at position: Int64) throws -> TransactionName {
        var rows = try database.rows(
            "SELECT origin, sequence FROM log WHERE position = ?", .integer(position))
        guard try rows.next() else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        let origin = rows.integer(0)
        let sequence = UInt64(clamping: rows.integer(1))
        return TransactionName(origin: try interning.origin(origin, in: database), sequence: sequence)
    }

    /// What this replica knows, as it is told to others.
    public func knowledge() throws -> Knowledge {
        Knowledge(vector: try vector(), branchStarts: Set(try branchStarts))
    }

    /// What it knew when the log ended at `position`, told under the branch starts of today.
    public func knowledge(at position: Int64) throws -> Knowledge {
        Knowledge(vector: try vector(at: position), branchStarts: Set(try branchStarts))
    }

    public var branchStarts: [ChainHash] {
        get throws {
            var found: [ChainHash] = []
            var rows = try database.rows("SELECT chain FROM branch_start ORDER BY chain")
            while try rows.next() { if let chain = ChainHash(bytes: rows.bytes(0)) { found.append(chain) } }
            return found
        }
    }

    /// The kinds of all records, those deleted included.
    public func kindsEverUsed() throws -> [String] {
        var found: [String] = []
        var rows = try database.rows(
            """
            SELECT text
            FROM name
            WHERE EXISTS (SELECT 1 FROM record INDEXED BY record_by_kind WHERE kind = name.row)
            ORDER BY text
            """)
        while try rows.next() { found.append(rows.text(0)) }
        return found
    }

    /// The elements that a set of any record has or had: for `tags` all tags.
    public func elementsEverUsed(of set: String) throws -> [String] {
        var found: [String] = []
        // "0" follows "/".
        var rows = try database.rows(
            "SELECT text FROM name WHERE text > ? AND text < ? ORDER BY text", .text(set + "/"),
            .text(set + "0"))
        while try rows.next() { found.append(String(rows.text(0).dropFirst(set.count + 1))) }
        return found
    }
}
