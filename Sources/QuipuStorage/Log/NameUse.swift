public import QuipuCausality
internal import QuipuSQLite

/// Transactions that came in under a name of this machine's own, one after the other, and that it did not write, or does
/// not remember that it did.
///
/// Nothing in a transaction shows who wrote it. So this is what is left when a folder was copied, or put back as it was
/// earlier, and what somebody leaves who may write to a mirror and takes the name of another. Nothing is refused for it:
/// the next edit of this machine begins under a fresh name.
public struct NameUse: Sendable, Equatable {
    /// The first of them, as it was named when it came.
    public var first: TransactionName
    public var count: Int
    /// Whom the first of them names as its author, and when that was by its own word, in Unix milliseconds.
    public var author: String
    public var timeMilliseconds: Int64
    public var noticedAtMilliseconds: Int64
}

extension Log {
    /// What came in under names of this machine's own that it did not write, the latest last.
    public func nameUses() throws -> [NameUse] { try local.nameUses() }
}

extension LocalState {
    /// The number of runs that are remembered: a name may be used in any number of ways.
    static let maximumNameUses = 64

    /// Where what this machine wrote ends, under its present origin and its past ones.
    func ownEnds() throws -> [(origin: Origin, sequence: UInt64, chain: ChainHash?)] {
        var found: [(origin: Origin, sequence: UInt64, chain: ChainHash?)] = []
        var rows = try database.rows(
            """
            SELECT origin, sequence, chain FROM replica
            UNION ALL
            SELECT origin, sequence, chain FROM past_origin
            """)
        while try rows.next() {
            guard let origin = Origin(bytes: rows.bytes(0)) else { continue }
            found.append(
                (
                    origin, UInt64(clamping: rows.integer(1)),
                    rows.optionalBytes(2).flatMap { ChainHash(bytes: $0) }
                ))
        }
        return found
    }

    func nameUses() throws -> [NameUse] {
        var found: [NameUse] = []
        var rows = try database.rows(
            """
            SELECT origin, sequence, count, author, time, noticed_at
            FROM name_use
            ORDER BY noticed_at, origin, sequence
            """)
        while try rows.next() {
            guard let origin = Origin(bytes: rows.bytes(0)) else { continue }
            found.append(
                NameUse(
                    first: TransactionName(origin: origin, sequence: UInt64(clamping: rows.integer(1))),
                    count: Int(rows.integer(2)), author: rows.text(3), timeMilliseconds: rows.integer(4),
                    noticedAtMilliseconds: rows.integer(5)))
        }
        return found
    }

    /// Remembers runs; one that goes on where another ended makes that longer.
    func note(_ uses: [NameUse]) throws {
        for use in uses {
            let sequence = Int64(clamping: use.first.sequence)
            try database.run(
                "UPDATE name_use SET count = count + ? WHERE origin = ? AND sequence + count = ?",
                .integer(use.count), .blob(use.first.origin.bytes), .integer(sequence))
            if database.changes > 0 { continue }
            try database.run(
                """
                INSERT OR IGNORE INTO name_use (origin, sequence, count, author, time, noticed_at)
                SELECT ?, ?, ?, ?, ?, ?
                WHERE (SELECT count(*) FROM name_use) < ?
                """, .blob(use.first.origin.bytes), .integer(sequence), .integer(use.count),
                .text(use.author), .integer(use.timeMilliseconds), .integer(use.noticedAtMilliseconds),
                .integer(Self.maximumNameUses))
        }
    }
}
