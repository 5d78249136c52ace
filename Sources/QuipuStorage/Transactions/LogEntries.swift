public import QuipuCausality
internal import QuipuSQLite

/// An entry of the log: the transactions of one command, or one transaction that says nothing of an entry.
public struct LogEntry: Sendable {
    /// Its first transaction, which names it.
    public var name: TransactionName
    public var chain: ChainHash
    /// The words of the command; nil where they were not told.
    public var words: String?
    /// Of an entry that takes another one back.
    public var undo: EntryMark.Undo?
    /// Whether the last undo or redo of it, in the order of this log, was an undo.
    public var isUndone: Bool
    /// Where this mirror's log holds its transactions, ascending.
    public let positions: [Int64]

    /// What an undo of this entry says of itself.
    public var undoOfThis: EntryMark.Undo {
        EntryMark.Undo(count: (undo?.count ?? 0) &+ 1, root: undo?.root ?? chain)
    }
}

extension Log {
    /// The entries of the log, by their last transactions, newest first.
    /// - Parameter visit: returns false to stop.
    public func forEachLogEntry(_ visit: (LogEntry) throws -> Bool) throws {
        try forEachLogEntry(of: nil, nil, visit)
    }

    /// The entry that a transaction belongs to.
    /// - Throws: `StorageError.unknownVersion` where the log does not hold it.
    public func logEntry(of name: TransactionName) throws -> LogEntry {
        guard let position = try locate(name)?.position else {
            throw StorageError(.unknownVersion, "there is no transaction \(name) here")
        }
        var found = try entry(positions(ofEntryWith: position, through: .max))
        found.isUndone = try isUndone(found, by: knownUndos(of: found.undo?.root ?? found.chain))
        return found
    }

    /// The words of the entry that a transaction belongs to; nil where they were not told.
    public func words(of name: TransactionName) throws -> String? {
        guard let position = try locate(name)?.position,
            case .first(let words) = try mark(at: firstPosition(ofEntryAt: position))?.place
        else { return nil }
        return words
    }

    /// Visits the entries that changed a record, newest first.
    /// - Parameter visit: returns false to stop.
    public func forEachLogEntry(changing record: Record, _ visit: (LogEntry) throws -> Bool) throws {
        let undos = try knownUndos()
        var seen: Set<Int64> = []
        var window: EntryWindow?
        for position in try positions(changing: record).reversed() where !seen.contains(position) {
            let positions = try positions(ofEntryWith: position, in: &window)
            seen.formUnion(positions)
            var found = try entry(positions)
            found.isUndone = try isUndone(found, by: undos)
            if try !visit(found) { return }
        }
    }

    /// The records that an entry changed: how many, and the first of them.
    public func records(of entry: LogEntry, limit: Int) throws -> (
        count: Int, first: [(RecordID, kind: String)]
    ) {
        var rows: Set<Int64> = []
        var first: [(RecordID, kind: String)] = []
        for position in entry.positions {
            for record in try body(at: position).records where rows.insert(record.row).inserted {
                if first.count < limit { first.append(try identity(of: record.row)) }
            }
        }
        return (rows.count, first)
    }

    /// Who wrote the first transaction of an entry, and when the last one was written, without what they changed.
    public func headlines(of entry: LogEntry) throws -> (first: HistoryEntry, last: HistoryEntry) {
        let last = try headline(at: entry.positions.last ?? 0)
        return (try headline(at: entry.positions.first ?? 0), last)
    }

    /// The transactions of an entry, in the order of this log.
    public func transactions(of entry: LogEntry) throws -> [HistoryEntry] {
        try entry.positions.map { try historyEntry(at: $0, of: nil) }
    }

    /// The last entry of this replica that is not undone, by whomever; what its program did by itself is none.
    /// - Parameters:
    ///   - isUndo: instead, the last undo that is not redone, if nothing else was done since.
    ///   - later: of the entries before this one.
    public func lastOwnEntry(isUndo: Bool = false, before later: LogEntry? = nil) throws -> LogEntry? {
        guard let own = try interning.originRow(origin, in: database) else { return nil }
        var seen: Set<ChainHash> = []
        var found: LogEntry?
        try forEachLogEntry(of: own, try knownUndos()) { entry in
            // The newest entry about a root says whether that is undone.
            guard seen.insert(entry.undo?.root ?? entry.chain).inserted else { return true }
            if let later, entry.positions.first ?? 0 >= later.positions.first ?? 0 { return true }
            if let count = entry.undo?.count {
                if (count % 2 == 1) != isUndo || entry.isUndone { return true }
            } else {
                if try isByItself(entry) { return true }
                if isUndo { return false }
                if entry.isUndone { return true }
            }
            found = entry
            return false
        }
        return found
    }

    /// Whether nobody asked for it: a clock note, a merge that an exchange made, or what became of passages by one.
    private func isByItself(_ entry: LogEntry) throws -> Bool {
        guard entry.words == nil, let position = entry.positions.first else { return false }
        let transaction = try historyEntry(at: position, of: nil)
        return transaction.changes.allSatisfy {
            $0.isMerge || transaction.isByProgram && AnchorState.isNote($0.field, of: $0.kind)
        }
    }

    /// - Parameters:
    ///   - origin: the row of the one whose entries are visited; nil for all.
    ///   - known: the undos of the log; nil if all entries are visited, which finds them.
    private func forEachLogEntry(
        of origin: Int64?, _ known: KnownUndos?, _ visit: (LogEntry) throws -> Bool
    ) throws {
        var visited: Set<Int64> = []
        var met = KnownUndos()
        var next = try position + 1
        while let position = try lastPosition(before: next, of: origin) {
            next = position
            if visited.remove(position) != nil { continue }
            // Nothing of it can stand behind this one: that would have been met before.
            let positions = try positions(ofEntryWith: position, through: position)
            visited.formUnion(positions.dropLast())
            var entry = try entry(positions)
            entry.isUndone = try isUndone(entry, by: known ?? met)
            if let undo = entry.undo, let first = positions.first { met.add(undo, at: first) }
            if try !visit(entry) { return }
        }
    }

    private func lastPosition(before position: Int64, of origin: Int64?) throws -> Int64? {
        guard let origin else {
            return try database.integer(
                "SELECT max(position) FROM log WHERE position < ?", .integer(position))
        }
        return try database.integer(
            "SELECT position FROM log WHERE origin = ? AND position < ? ORDER BY sequence DESC LIMIT 1",
            .integer(origin), .integer(position))
    }

    /// - Parameter positions: at least one.
    private func entry(_ positions: [Int64]) throws -> LogEntry {
        let first = positions.first ?? 0
        let mark = try mark(at: first)
        var words: String?
        if case .first(let told) = mark?.place { words = told }
        return LogEntry(
            name: try name(at: first), chain: try facts(at: first).chain, words: words, undo: mark?.undo,
            isUndone: false, positions: positions)
    }

    func mark(at position: Int64) throws -> EntryMark? {
        EntryMark(in: try body(at: position).unknown)
    }

    /// Where the first transaction of the entry of another one is; the same one if it does not follow from the log.
    func firstPosition(ofEntryAt position: Int64) throws -> Int64 {
        guard case .continuing(let back) = try mark(at: position)?.place else { return position }
        return try firstPosition(back, before: position) ?? position
    }

    /// The position of the transaction a number of transactions before one in its chain, if it begins an entry.
    func firstPosition(_ back: UInt64, before position: Int64) throws -> Int64? {
        var name = try name(at: position)
        var left = back
        while left >= name.sequence {
            // The chain goes on under the name that it had before a branch.
            guard let start = try locate(TransactionName(origin: name.origin, sequence: 1))?.position,
                let previous = try body(at: start).previous
            else { return nil }
            left -= name.sequence
            name = try self.name(at: previous)
        }
        let first = TransactionName(origin: name.origin, sequence: name.sequence - left)
        guard let found = try locate(first)?.position, case .first = try mark(at: found)?.place else {
            return nil
        }
        return found
    }

    /// The transactions of the entry that one belongs to, ascending.
    /// - Parameter last: up to which position they are sought.
    private func positions(ofEntryWith position: Int64, through last: Int64) throws -> [Int64] {
        let first = try firstPosition(ofEntryAt: position)
        if first == position, last == position { return [position] }
        let found = try positions(ofEntryAt: first, through: last)
        // What stands too far behind the others is an entry by itself.
        return found.last == position || found.contains(position) ? found : [position]
    }

    /// So many transactions of other entries may stand between two of one entry, as when two programs write at once. The
    /// search for more of an entry ends there.
    static let mostBetween = 1_000

    /// - Parameters:
    ///   - first: the position of an entry's first transaction.
    ///   - last: up to which position the others are sought.
    private func positions(ofEntryAt first: Int64, through last: Int64) throws -> [Int64] {
        guard case .first = try mark(at: first)?.place else { return [first] }
        var found = [first]
        var between = 0
        // A chain that branched goes on under another name.
        var rows = try database.rows(
            """
            SELECT position, body
            FROM log
            WHERE position > ?1 AND position <= ?2
                AND (?3 OR origin = (SELECT origin FROM log WHERE position = ?1))
            ORDER BY position
            """, .integer(first), .integer(last), .boolean(try !branchStarts.isEmpty))
        while between < Self.mostBetween, try rows.next() {
            let position = rows.integer(0)
            if let body = LogBody(decoding: rows.bytes(1), at: position),
                case .continuing(let back) = EntryMark(in: body.unknown)?.place,
                try firstPosition(back, before: position) == first
            {
                found.append(position)
                between = 0
            } else {
                between += 1
            }
        }
        return found
    }
}
