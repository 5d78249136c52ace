internal import QuipuCausality
internal import QuipuSQLite

/// Tells what this machine wrote from what others wrote under its names.
struct OwnNames {
    private struct End {
        var sequence: UInt64
        var chain: ChainHash?
        /// Whether the archive holds all that this machine wrote; nil if it has not been checked yet.
        var isHeld: Bool?
    }

    private var ends: [Origin: End] = [:]
    /// By a derived name, the origin that its chain began under.
    private var roots: [Origin: Origin] = [:]
    private let derived: Set<Origin>
    private(set) var uses: [NameUse] = []

    init(_ writer: Writer) throws {
        for end in try writer.archive.local.ownEnds() {
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
        if isOthers { note(transaction, at: writer.archive.environment.nowMilliseconds()) }
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
                try writer.archive.log.locate(name)?.chain == chain
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
            guard
                let first = try writer.archive.log.locate(TransactionName(origin: origin, sequence: 1))?
                    .position
            else { return nil }
            let body = try writer.archive.log.body(at: first)
            if let root = body.root {
                origin = root
                break
            }
            guard let previous = body.previous else { return nil }
            origin = try writer.archive.log.name(at: previous).origin
        }
        roots[derived] = origin
        return origin
    }
}
