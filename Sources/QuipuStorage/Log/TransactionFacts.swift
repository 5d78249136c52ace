internal import QuipuCausality
internal import QuipuSQLite

/// What the versions of one transaction have in common.
struct TransactionFacts {
    var position: Int64
    var chain: ChainHash
    /// Less what clock notes take off.
    var stamp: Stamp
    var isByProgram: Bool

    var member: Version.Member { Version.Member(position: position, chain: chain, stamp: stamp) }
}

extension Log {
    /// Notes are compared by their stamps as written: a correction of a note must not reorder notes.
    func noteRank(at position: Int64) throws -> (Stamp, ChainHash) {
        var rows = try database.rows("SELECT stamp, chain FROM log WHERE position = ?", .integer(position))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(1)) else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        return (Stamp(rawValue: UInt64(clamping: rows.integer(0))), chain)
    }

    func facts(at position: Int64) throws -> TransactionFacts {
        var rows = try database.rows(
            "SELECT chain, stamp, correction, by_program FROM log WHERE position = ?", .integer(position))
        guard try rows.next(), let chain = ChainHash(bytes: rows.bytes(0)) else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        let stamp = Stamp(rawValue: UInt64(clamping: rows.integer(1)))
        return TransactionFacts(
            position: position, chain: chain, stamp: stamp.corrected(offsetMilliseconds: rows.integer(2)),
            isByProgram: rows.boolean(3))
    }

    /// Where the log has clock notes.
    func clockNotePositions() throws -> [Int64] {
        var found: [Int64] = []
        var rows = try database.rows("SELECT position, body FROM log ORDER BY position")
        while try rows.next() {
            let position = rows.integer(0)
            guard let body = LogBody(decoding: rows.bytes(1), at: position) else {
                throw StorageError.damaged(database.path, "log position \(position) is not readable")
            }
            if body.note != nil { found.append(position) }
        }
        return found
    }
}
