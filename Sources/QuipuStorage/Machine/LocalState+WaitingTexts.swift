internal import QuipuCausality
internal import QuipuSQLite

// Sizes of texts that are not here.
extension LocalState {
    func waitingText(_ hash: ValueHash) throws -> (sizeBytes: Int, remote: String?)? {
        var rows = try database.rows(
            "SELECT bytes, remote FROM waiting_text WHERE hash = ?", .blob(hash.bytes))
        guard try rows.next() else { return nil }
        return (Int(rows.integer(0)), rows.optionalText(1))
    }

    /// In one commit.
    func noteSizes(_ sizes: [(hash: ValueHash, sizeBytes: Int)]) throws {
        if sizes.isEmpty { return }
        try database.transaction(.immediate) {
            for (hash, sizeBytes) in sizes {
                try database.run(
                    """
                    INSERT INTO waiting_text (hash, bytes) VALUES (?, ?)
                    ON CONFLICT (hash) DO UPDATE SET bytes = excluded.bytes WHERE bytes != excluded.bytes
                    """, .blob(hash.bytes), .integer(sizeBytes))
            }
        }
    }

    /// Says of all texts of which no remote is known that one has them.
    func noteSourceOfTexts(_ remote: String) throws {
        try database.run("UPDATE waiting_text SET remote = ? WHERE remote IS NULL", .text(remote))
    }

    /// Forgets texts that are here now: their pieces and their sizes, in one commit.
    func noteArrived(_ hashes: [ValueHash]) throws {
        try database.transaction(.immediate) {
            for hash in hashes {
                try dropParts(of: hash)
                try database.run("DELETE FROM waiting_text WHERE hash = ?", .blob(hash.bytes))
            }
        }
    }

    /// Forgets the sizes of texts that are no longer needed.
    func dropUnwantedSizes(_ isWanted: (ValueHash) throws -> Bool) throws {
        var last: [UInt8] = []
        while let hash = try database.bytes(
            "SELECT hash FROM waiting_text WHERE hash > ? ORDER BY hash LIMIT 1", .blob(last)
        ).flatMap({ ValueHash(bytes: $0) }) {
            last = hash.bytes
            if try !isWanted(hash) {
                try database.run("DELETE FROM waiting_text WHERE hash = ?", .blob(hash.bytes))
            }
        }
    }
}
