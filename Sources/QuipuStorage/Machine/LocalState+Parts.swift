internal import QuipuCausality
internal import QuipuSQLite

// Texts of which a part is here.
extension LocalState {
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

    /// Drops the pieces of texts that are no longer needed.
    func dropUnwantedParts(_ isWanted: (ValueHash) throws -> Bool) throws {
        for hash in try textsUnderWay(limit: .max) where try !isWanted(hash) { try dropParts(of: hash) }
    }

    func dropParts(of hash: ValueHash) throws {
        try database.run("DELETE FROM part WHERE hash = ?", .blob(hash.bytes))
    }
}
