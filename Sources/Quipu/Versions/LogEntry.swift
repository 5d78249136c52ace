internal import QuipuCausality
internal import QuipuStorage

/// An entry of the log: everything that one command, or one `Archive.write` with words, wrote here or on a mirror.
///
///     try archive.read { snapshot in
///         try snapshot.visitEntries { entry in
///             print(entry.words ?? "\(entry.recordCount) records", entry.author)
///             return true
///         }
///     }
public struct LogEntry: Sendable {
    /// Its role in relation to another entry.
    public enum Role: Sendable {
        case command
        /// It takes another entry back.
        case undo
        /// It takes an undo back.
        case redo
    }

    /// Its first transaction, which names it.
    public let version: Version
    /// What was done, in the words of the command; nil if an older version wrote it, or nobody said.
    public let words: String?
    public let role: Role
    /// It was undone, and not redone since.
    public let isUndone: Bool
    public let author: String
    /// An import or a merge made it, not a person.
    public let isByProgram: Bool
    /// When its last transaction was written: Unix milliseconds, corrected where a clock was found to be wrong.
    public let timeMilliseconds: Int64
    /// The clock was earlier than this program's build, and its error has not been determined since.
    public var isTimeUncertain: Bool { timeMilliseconds < ClockComparison.buildMilliseconds }
    /// How many transactions it has.
    public let transactionCount: Int
    /// How many records it changed.
    public let recordCount: Int
    /// The records that it changed, up to `mostRecordsNamed` of them.
    public let records: [RecordID]

    public static let mostRecordsNamed = 1_000

    private let box: Boxed<QuipuStorage.LogEntry>
    var stored: QuipuStorage.LogEntry { box.value }

    init(_ entry: QuipuStorage.LogEntry, in store: Store) throws {
        box = Boxed(entry)
        version = Version(entry.name)
        words = entry.words
        role = entry.undo.map { $0.count % 2 == 1 ? .undo : .redo } ?? .command
        isUndone = entry.isUndone
        let (first, last) = try store.log.headlines(of: entry)
        author = first.author
        isByProgram = first.isByProgram && entry.undo == nil
        timeMilliseconds = last.timeMilliseconds
        transactionCount = entry.positions.count
        let changed = try store.log.records(of: entry, limit: Self.mostRecordsNamed)
        recordCount = changed.count
        records = changed.first.map { RecordID($0.0, kind: $0.kind) }
    }
}

extension Snapshot {
    /// Visits the entries of the log, the last received first.
    ///
    /// - Parameter visit: returns false to stop.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func visitEntries(_ visit: (LogEntry) throws -> Bool) throws {
        try QuipuError.relaying {
            try store.log.forEachLogEntry { try visit(LogEntry($0, in: store)) }
        }
    }

    /// The entries that changed a record, the last received first.
    ///
    ///     for entry in try archive.read({ try $0.entries(changing: id) }) { print(entry.words ?? "", entry.author) }
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func entries(changing id: RecordID) throws(QuipuError) -> [LogEntry] {
        try QuipuError.presenting {
            var found: [LogEntry] = []
            try store.log.forEachLogEntry(changing: store.known(id)) {
                found.append(try LogEntry($0, in: store))
                return true
            }
            return found
        }
    }

    /// Visits the entries that changed a record, the last received first.
    ///
    /// - Parameter visit: returns false to stop.
    /// - Throws: `QuipuError`, and what `visit` throws.
    public func visitEntries(changing id: RecordID, _ visit: (LogEntry) throws -> Bool) throws {
        try QuipuError.relaying {
            try store.log.forEachLogEntry(changing: store.known(id)) { try visit(LogEntry($0, in: store)) }
        }
    }

    /// The entry that a transaction belongs to.
    ///
    ///     let entry = try archive.read { try $0.entry(of: version) }
    ///
    /// - Throws: `unknownVersion` if the transaction is not here.
    public func entry(of version: Version) throws(QuipuError) -> LogEntry {
        try QuipuError.presenting { try LogEntry(store.log.logEntry(of: version.name), in: store) }
    }

    /// The transactions of an entry with all that they changed, oldest first.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func transactions(of entry: LogEntry) throws(QuipuError) -> [HistoryEntry] {
        try QuipuError.presenting { try store.log.transactions(of: entry.stored).map { HistoryEntry($0) } }
    }

    /// The entry to undo next: the last one of this mirror that nobody has undone.
    ///
    ///     if let last = try archive.read({ try $0.lastOwnEntry() }) { try archive.undo(last) }
    ///
    /// - Parameter later: of the entries before this one.
    /// - Returns: nil if there is none.
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func lastOwnEntry(before later: LogEntry? = nil) throws(QuipuError) -> LogEntry? {
        try QuipuError.presenting {
            try store.log.lastOwnEntry(before: later?.stored).map { try LogEntry($0, in: store) }
        }
    }

    /// This mirror's last undo that is not redone; nil if there is none, or something else was done since.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func lastOwnUndo() throws(QuipuError) -> LogEntry? {
        try QuipuError.presenting {
            try store.log.lastOwnEntry(isUndo: true).map { try LogEntry($0, in: store) }
        }
    }

    /// Finds the entry of a transaction by the name of that, or by a short form of it: digits of the replica that tell it
    /// apart, at least four, and the number, as in `1a2b3c4d:17`.
    ///
    ///     let entry = try archive.read { try $0.findEntry("a1b2c3") }
    ///
    /// - Throws: `unknownVersion`, `ambiguousHandle`.
    public func findEntry(_ text: String) throws(QuipuError) -> LogEntry {
        if let version = Version(text) { return try entry(of: version) }
        let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count >= 4, let number = UInt64(parts[1]) else {
            throw QuipuError(.unknownVersion, "'\(text)' does not name an entry of the log")
        }
        let found = try QuipuError.presenting {
            try store.log.vector().entries.filter {
                $0.origin.hexadecimal.hasPrefix(parts[0]) && number > 0 && number <= $0.sequence
            }
        }
        guard let only = found.first else {
            throw QuipuError(.unknownVersion, "there is no entry '\(text)' here")
        }
        guard found.count == 1 else {
            throw QuipuError(.ambiguousHandle, "'\(text)' names entries of \(found.count) replicas")
        }
        return try entry(of: Version(TransactionName(origin: only.origin, sequence: number)))
    }
}
