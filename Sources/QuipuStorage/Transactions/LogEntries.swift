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
        try forEachLogEntry(of: nil, visit)
    }

    /// The entry that a transaction belongs to.
    /// - Throws: `StorageError.unknownVersion` where the log does not hold it.
    public func logEntry(of name: TransactionName) throws -> LogEntry {
        guard let position = try locate(name)?.position else {
            throw StorageError(.unknownVersion, "there is no transaction \(name) here")
        }
        let first = try firstPosition(ofEntryAt: position)
        return try entry(at: first, positions(ofEntryAt: first, through: .max))
    }

    /// The words of the entry that a transaction belongs to; nil where they were not told.
    public func words(of name: TransactionName) throws -> String? {
        guard let position = try locate(name)?.position,
            case .first(let words) = try mark(at: firstPosition(ofEntryAt: position))?.place
        else { return nil }
        return words
    }

    /// The entries that changed a record, newest first.
    public func entries(changing record: Record) throws -> [LogEntry] {
        var seen: Set<Int64> = []
        var found: [LogEntry] = []
        for transaction in try history(of: record).reversed() {
            let first = try firstPosition(ofEntryAt: transaction.position)
            guard seen.insert(first).inserted else { continue }
            found.append(try entry(at: first, positions(ofEntryAt: first, through: .max)))
        }
        return found
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

    /// The last entry of this replica that is not undone; what its program did by itself is none.
    /// - Parameter isUndo: instead, the last undo that is not redone, if nothing else was done since.
    public func lastOwnEntry(isUndo: Bool = false) throws -> LogEntry? {
        guard let own = try interning.originRow(origin, in: database) else { return nil }
        var seen: Set<ChainHash> = []
        var found: LogEntry?
        try forEachLogEntry(of: own) { entry in
            // The newest entry about a root says whether that is undone.
            guard seen.insert(entry.undo?.root ?? entry.chain).inserted else { return true }
            if let count = entry.undo?.count {
                if (count % 2 == 1) != isUndo { return true }
            } else {
                if try isByItself(entry) { return true }
                if isUndo { return false }
            }
            found = entry
            return false
        }
        return found
    }

    /// Whether nobody asked for it: a clock note, or a merge that an exchange made.
    private func isByItself(_ entry: LogEntry) throws -> Bool {
        guard entry.words == nil, let position = entry.positions.first else { return false }
        let transaction = try historyEntry(at: position, of: nil)
        return transaction.changes.allSatisfy(\.isMerge)
    }

    /// - Parameter origin: the row of the one whose entries are visited; nil for all.
    private func forEachLogEntry(of origin: Int64?, _ visit: (LogEntry) throws -> Bool) throws {
        var visited: Set<Int64> = []
        // By root, what the newest undo or redo of it is.
        var counts: [ChainHash: UInt64] = [:]
        var next = try position + 1
        while let position = try lastPosition(before: next, of: origin) {
            next = position
            let first = try firstPosition(ofEntryAt: position)
            if visited.contains(first) { continue }
            // Nothing of it can stand behind this one: that would have been met before.
            let positions =
                first == position ? [position] : try positions(ofEntryAt: first, through: position)
            if positions.count > 1 { visited.insert(first) }
            var entry = try entry(at: first, positions)
            let root = entry.undo?.root ?? entry.chain
            if let newest = counts[root] {
                entry.isUndone = newest % 2 != (entry.undo?.count ?? 0) % 2
            } else if let undo = entry.undo {
                counts[root] = undo.count
            }
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

    private func entry(at first: Int64, _ positions: [Int64]) throws -> LogEntry {
        let mark = try mark(at: first)
        var words: String?
        if case .first(let told) = mark?.place { words = told }
        return LogEntry(
            name: try name(at: first), chain: try facts(at: first).chain, words: words, undo: mark?.undo,
            isUndone: false, positions: positions)
    }

    private func mark(at position: Int64) throws -> EntryMark? {
        EntryMark(in: try body(at: position).unknown)
    }

    /// Where the first transaction of the entry of another one is; the same one if it does not follow from the log.
    private func firstPosition(ofEntryAt position: Int64) throws -> Int64 {
        guard case .continuing(let back) = try mark(at: position)?.place else { return position }
        return try firstPosition(back, before: position) ?? position
    }

    /// The position of the transaction a number of transactions before one in its chain, if it begins an entry.
    private func firstPosition(_ back: UInt64, before position: Int64) throws -> Int64? {
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

    /// - Parameters:
    ///   - first: the position of an entry's first transaction.
    ///   - last: up to which position the others are sought.
    private func positions(ofEntryAt first: Int64, through last: Int64) throws -> [Int64] {
        guard case .first = try mark(at: first)?.place else { return [first] }
        var found = [first]
        var candidates: [(position: Int64, back: UInt64)] = []
        do {
            // A chain that branched goes on under another name.
            var rows = try database.rows(
                """
                SELECT position, body
                FROM log
                WHERE position > ?1 AND position <= ?2
                    AND (?3 OR origin = (SELECT origin FROM log WHERE position = ?1))
                ORDER BY position
                """, .integer(first), .integer(last), .boolean(try !branchStarts.isEmpty))
            while try rows.next() {
                let position = rows.integer(0)
                guard let body = LogBody(decoding: rows.bytes(1), at: position),
                    case .continuing(let back) = EntryMark(in: body.unknown)?.place
                else { continue }
                candidates.append((position, back))
            }
        }
        for candidate in candidates
        where try firstPosition(candidate.back, before: candidate.position) == first {
            found.append(candidate.position)
        }
        return found
    }
}
