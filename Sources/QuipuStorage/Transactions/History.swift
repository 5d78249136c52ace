public import QuipuCausality
internal import QuipuSQLite

extension Log {
    /// The fields of a record that were purged after a transaction had been received, so that what they were then is
    /// forgotten for good.
    public func fieldsPurged(in record: Record, since version: TransactionName) throws -> [String] {
        guard let end = try locate(version)?.position else { return [] }
        let state = try recordStates.record(row: record.row)
        var found: [String] = []
        for row in try recordStates.fieldRows(of: state) {
            let name = try interning.name(row, in: database)
            let versions = try recordStates.versions(of: name, row: row, in: state).versions
            guard let then = versions.visible(asOf: end) else { continue }
            if versions.forgotten.contains(where: { $0.key == then.key }) { found.append(name) }
        }
        return found.sorted { $0.utf8Precedes($1) }
    }
}

/// A transaction as the log and a record's history list it.
public struct HistoryEntry: Sendable {
    public struct Change: Sendable {
        public var id: RecordID
        public var kind: String
        public var field: String
        /// An automatic merge of texts that people wrote: no person may have written the result as it stands.
        public var isMerge: Bool
    }

    public var version: TransactionName
    public var timeMilliseconds: Int64
    public var author: String
    public var isByProgram: Bool
    public var changes: [Change]
    /// Its position in this mirror's log.
    public let position: Int64
}

extension Log {
    /// The transactions of the log behind a position, in its order.
    public func entries(after position: Int64, limit: Int) throws -> [HistoryEntry] {
        try reading {
            var positions: [Int64] = []
            do {
                var rows = try database.rows(
                    "SELECT position FROM log WHERE position > ? ORDER BY position LIMIT ?",
                    .integer(position),
                    .integer(Int64(limit)))
                while try rows.next() { positions.append(rows.integer(0)) }
            }
            return try positions.map { try historyEntry(at: $0, of: nil) }
        }
    }

    /// The log, newest first as it was received.
    /// - Parameter visit: returns false to stop.
    public func forEachEntry(_ visit: (HistoryEntry) throws -> Bool) throws {
        var next = try position
        while next > 0 {
            if try !visit(try historyEntry(at: next, of: nil)) { return }
            next =
                try database.integer("SELECT max(position) FROM log WHERE position < ?", .integer(next)) ?? 0
        }
    }

    /// The transactions that changed a record, in the order they were received.
    public func history(of record: Record) throws -> [HistoryEntry] {
        try positions(changing: record).map { try historyEntry(at: $0, of: record.row) }
    }

    /// The log positions of what changed a record, ascending.
    func positions(changing record: Record) throws -> [Int64] {
        var positions: Set<Int64> = []
        let state = try recordStates.record(row: record.row)
        positions.insert(state.base)
        positions.formUnion(try recordStates.twins(of: record.row))
        do {
            var rows = try database.rows(
                "SELECT DISTINCT position FROM version WHERE record = ?", .integer(record.row))
            while try rows.next() { positions.insert(rows.integer(0)) }
        }
        return positions.sorted()
    }

    /// Who wrote a transaction and when, without what it changed, which is not read.
    func headline(at position: Int64) throws -> HistoryEntry {
        var rows = try database.rows(
            """
            SELECT author.text, log.stamp, log.correction, log.by_program
            FROM log JOIN author ON author.row = log.author
            WHERE log.position = ?
            """, .integer(position))
        guard try rows.next() else {
            throw StorageError.damaged(database.path, "log position \(position) is missing")
        }
        let stamp = Stamp(rawValue: UInt64(clamping: rows.integer(1)))
        return HistoryEntry(
            version: try name(at: position),
            timeMilliseconds: stamp.corrected(offsetMilliseconds: rows.integer(2)).milliseconds,
            author: rows.text(0), isByProgram: rows.boolean(3), changes: [], position: position)
    }

    /// Who added a record and when, without what it changed. One transaction may have added thousands.
    public func addition(of record: Record) throws -> HistoryEntry? {
        try positions(changing: record).first.map { try headline(at: $0) }
    }

    /// - Parameter row: of the only record whose changes are told; nil for all.
    func historyEntry(at position: Int64, of row: Int64?) throws -> HistoryEntry {
        let body = try body(at: position)
        let isByProgram = try facts(at: position).isByProgram
        // A merge is nobody's command; what the program writes for an undo has a mark, and is no merge of what it takes back.
        let hasMark = EntryMark(in: body.unknown) != nil
        var changes: [HistoryEntry.Change] = []
        for entry in body.records where row == nil || entry.row == row {
            let (id, kind) = try identity(of: entry.row)
            for field in entry.fields {
                let isMerge =
                    try isByProgram && !hasMark && field.replaces.contains { try !facts(at: $0).isByProgram }
                changes.append(
                    .init(
                        id: id, kind: kind, field: try interning.name(field.name, in: database),
                        isMerge: isMerge))
            }
        }
        var entry = try headline(at: position)
        entry.changes = changes
        return entry
    }

    /// What a record is called everywhere.
    func identity(of row: Int64) throws -> (id: RecordID, kind: String) {
        var rows = try database.rows("SELECT id, kind FROM record WHERE row = ?", .integer(row))
        guard try rows.next(), let id = RecordID(bytes: rows.bytes(0)) else {
            throw StorageError.damaged(database.path, "record \(row) is missing")
        }
        return (id, try interning.name(rows.integer(1), in: database))
    }

    /// A record as it was once a transaction had been received, by the merge rule over the versions of then.
    ///
    /// - Returns: fields in the order of their names; `json` is nil where the text has been dropped.
    /// - Throws: `StorageError.unknownVersion` when the archive does not hold the transaction.
    public func fields(of record: Record, at version: TransactionName) throws -> [(
        name: String, json: [UInt8]?
    )] {
        guard let end = try locate(version)?.position else {
            throw StorageError(
                .unknownVersion, "there is no version \(version) here",
                remedy: Remedy(.listVersions, record.id.shortHandle))
        }
        let state = try recordStates.record(row: record.row)
        var found: [(name: String, json: [UInt8]?)] = []
        for row in try recordStates.fieldRows(of: state) {
            let name = try interning.name(row, in: database)
            let now = try recordStates.versions(of: name, row: row, in: state).versions
            if let visible = now.visible(asOf: end) {
                // What was purged since is gone, also where it is as short as `true`.
                let isForgotten = now.forgotten.contains { $0.key == visible.key }
                found.append(
                    (
                        name,
                        isForgotten
                            ? nil
                            : try recordStates.text(of: visible, visible: now.visible, field: name, in: state)
                    ))
            }
        }
        return found.sorted { $0.name.utf8Precedes($1.name) }
    }
}

extension FieldVersions {
    /// What was shown once the transaction at a log position had been received.
    func visible(asOf end: Int64) -> Version? {
        var then = FieldVersions()
        for version in versions.sorted(by: { $0.firstPosition < $1.firstPosition })
        where version.firstPosition <= end {
            then.insert(version)
        }
        return then.visible
    }
}
