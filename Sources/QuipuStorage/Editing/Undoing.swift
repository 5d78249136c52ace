internal import QuipuCausality
internal import QuipuSQLite

/// Taking entries of the log back, by the rule of `FieldVersions.undoing`.
struct Undoing: ArchivePart {
    let archive: OpenArchive
}

extension ArchivePart {
    var undoing: Undoing { Undoing(archive: archive) }
}

extension Undoing {
    /// Says what an undo would do; nothing is written.
    func preview(_ entry: LogEntry) throws -> UndoReport {
        try reading {
            var pass = try UndoPass(of: entry, in: archive)
            try pass.run { _ in }
            return pass.report
        }
    }

    /// Takes an entry back, in transactions of bounded size that are one entry themselves: all of it or nothing.
    ///
    /// Wherever a head is one of the entry's versions, what was there before comes back. A record that the entry made is
    /// deleted, unless others have written in it. What else others have changed since is left, and so is what the program
    /// remembers of the sources of an import.
    /// - Parameters:
    ///   - words: of the undo's own entry.
    /// - Throws: `StorageError.purged` for a purge.
    func undo(_ entry: LogEntry, words: String, author: String) throws -> UndoReport {
        let outer = archive.entry
        archive.entry = EntryUnderWay(words: words, undo: entry.undoOfThis)
        defer { archive.entry = outer }
        return try writing { writer in
            var pass = try UndoPass(of: entry, in: archive)
            var batch = UndoBatch(writer: writer, author: author)
            try pass.run { try batch.add($0) }
            try batch.flush()
            pass.report.written = batch.first
            return pass.report
        }
    }
}

/// The changes that an undo writes in one record.
struct RecordUndo {
    var id: RecordID
    var kind: String
    var byHand: [FieldChange] = []
    var byProgram: [FieldChange] = []
    /// Further values of conflicts that open again.
    var further: [[FieldChange]] = []
    /// Changes of `deleted`, one after the other: in transactions without other changes of the record, which would be a
    /// purge.
    var deletions: [(change: FieldChange, isByHand: Bool, observed: [TransactionName])] = []

    var isEmpty: Bool { byHand.isEmpty && byProgram.isEmpty && further.isEmpty && deletions.isEmpty }
}

/// Gathers what an undo writes into transactions.
private struct UndoBatch {
    let writer: Writer
    let author: String
    /// The first transaction that was written.
    private(set) var first: TransactionName?
    private var records: [RecordUndo] = []
    private var wireBytes = 0

    init(writer: Writer, author: String) {
        self.writer = writer
        self.author = author
    }

    mutating func add(_ record: RecordUndo) throws {
        if record.isEmpty { return }
        let changes = record.byHand + record.byProgram + record.further.joined()
        let all = RecordChanges(
            id: record.id, kind: record.kind, fields: changes + record.deletions.map(\.change))
        let bytes = all.sizes.onTheWire + 28 * record.deletions.reduce(0) { $0 + $1.observed.count }
        if wireBytes + bytes > Limits.bulkTransactionBytes { try flush() }
        records.append(record)
        wireBytes += bytes
    }

    mutating func flush() throws {
        try append(isByProgram: false) { $0.byHand }
        try append(isByProgram: true) { $0.byProgram }
        for place in 0..<(records.map(\.further.count).max() ?? 0) {
            try append(isByProgram: true) { place < $0.further.count ? $0.further[place] : [] }
        }
        for place in 0..<(records.map(\.deletions.count).max() ?? 0) {
            for isByHand in [true, false] {
                let some = records.filter {
                    place < $0.deletions.count && $0.deletions[place].isByHand == isByHand
                }
                try append(
                    some, isByProgram: !isByHand,
                    observed: Set(some.flatMap { $0.deletions[place].observed }).sorted()
                ) { [$0.deletions[place].change] }
            }
        }
        records.removeAll()
        wireBytes = 0
    }

    private mutating func append(isByProgram: Bool, _ fields: (RecordUndo) -> [FieldChange]) throws {
        try append(records, isByProgram: isByProgram, observed: [], fields)
    }

    private mutating func append(
        _ records: [RecordUndo], isByProgram: Bool, observed: [TransactionName],
        _ fields: (RecordUndo) -> [FieldChange]
    ) throws {
        let changes = records.map { RecordChanges(id: $0.id, kind: $0.kind, fields: fields($0)) }.filter {
            !$0.fields.isEmpty
        }
        if changes.isEmpty { return }
        let name = try writer.append(changes, observed: observed, author: author, isByProgram: isByProgram)
        first = first ?? name
    }
}
