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

extension Store {
    /// What came in under names of this machine's own that it did not write, the latest last.
    public func nameUses() throws -> [NameUse] { try local.nameUses() }
}

/// Tells what this machine wrote from what others wrote under its names.
struct OwnNames {
    private struct End {
        var sequence: UInt64
        var chain: ChainHash?
        /// Whether the archive holds all that this machine wrote; nil where nobody has looked yet.
        var isHeld: Bool?
    }

    private var ends: [Origin: End] = [:]
    /// By a derived name, the origin that its chain began under.
    private var roots: [Origin: Origin] = [:]
    private let derived: Set<Origin>
    private(set) var uses: [NameUse] = []

    init(_ writer: Writer) throws {
        for end in try writer.store.local.ownEnds() {
            ends[end.origin] = End(sequence: end.sequence, chain: end.chain)
        }
        derived = Set(writer.branchStarts.map { Origin(branchStart: $0) })
    }

    /// - Parameter transaction: one that was just applied.
    mutating func look(at transaction: Transaction, with writer: Writer) throws {
        let name = transaction.name
        let root = derived.contains(name.origin) ? try root(of: name.origin, with: writer) : name.origin
        guard let root, let end = ends[root] else { return }
        let isOthers: Bool
        if name.origin != root {
            // Behind a branch there is nothing of this machine's unless some of it is still to come.
            isOthers = try isHeld(root, with: writer)
        } else if name.sequence < end.sequence {
            // This archive was put back as it was earlier: what comes now is to prove itself.
            isOthers = false
        } else {
            isOthers = try name.sequence > end.sequence || writer.end(of: root)?.chain != end.chain
        }
        if isOthers { note(transaction, at: writer.store.environment.nowMilliseconds()) }
    }

    private mutating func note(_ transaction: Transaction, at now: Int64) {
        if let last = uses.last, last.first.origin == transaction.name.origin,
            last.first.sequence + UInt64(last.count) == transaction.name.sequence
        {
            uses[uses.count - 1].count += 1
        } else if uses.count < LocalState.maximumNameUses {
            uses.append(
                NameUse(
                    first: transaction.name, count: 1, author: transaction.author,
                    timeMilliseconds: Int64(clamping: transaction.stamp.milliseconds),
                    noticedAtMilliseconds: now))
        }
    }

    private mutating func isHeld(_ origin: Origin, with writer: Writer) throws -> Bool {
        if let known = ends[origin]?.isHeld { return known }
        var isHeld = true
        if let end = ends[origin], let chain = end.chain {
            let name = TransactionName(origin: origin, sequence: end.sequence)
            // It may have another name since; chains have no index, and this happens once for each branch that comes.
            isHeld =
                try writer.store.locate(name)?.chain == chain
                || writer.database.integer(
                    "SELECT EXISTS (SELECT 1 FROM log WHERE chain = ?)", .blob(chain.bytes)) == 1
        }
        ends[origin]?.isHeld = isHeld
        return isHeld
    }

    /// Under which origin the chain of a derived name began; nil where that is not known.
    private mutating func root(of derived: Origin, with writer: Writer) throws -> Origin? {
        if let known = roots[derived] { return known }
        var (origin, steps) = (derived, 0)
        while self.derived.contains(origin), steps <= self.derived.count {
            steps += 1
            guard let first = try writer.store.locate(TransactionName(origin: origin, sequence: 1))?.position
            else { return nil }
            let body = try writer.store.body(at: first)
            if let root = body.root {
                origin = root
                break
            }
            guard let previous = body.previous else { return nil }
            origin = try writer.store.name(at: previous).origin
        }
        roots[derived] = origin
        return origin
    }
}

extension LocalState {
    /// Runs that are remembered: whoever uses a name may do it in any number of ways.
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
