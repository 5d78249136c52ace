public import QuipuCausality

extension Store {
    /// The folder of the archive.
    public var folder: ArchiveFolder { archive.folder }
    public var id: ArchiveID { archive.id }
    /// Its clocks and its source of randomness.
    public var environment: Environment { archive.environment }
    /// Under which origin this replica wrote last.
    public var origin: Origin { get throws { try archive.origin } }
    /// The position at which the log ends; 0 if it is empty.
    public var position: Int64 { get throws { try archive.position } }
    /// The sum over all heads: equal where the same is held.
    public var digest: Digest { get throws { try archive.digest } }

    /// Runs `body` with one unchanging snapshot of the archive.
    public func reading<Result>(_ body: () throws -> Result) throws -> Result { try archive.reading(body) }

    /// Notes that others may have read all that is here, as in an exchange or a copy: from now on a value that is given
    /// again means something (`edit`).
    public func noteShown() throws { try archive.noteShown() }

    /// Texts that were put in place where they had been wanted, or came with a transaction that is too short for them, for
    /// the caller that must pass them on; nil where nobody asks.
    package var placedTexts: Set<ValueHash>? {
        get { archive.placedTexts }
        set { archive.placedTexts = newValue }
    }
}

// Each subject with its own functions.
extension Store {
    public var log: Log { Log(archive: archive) }
    public var records: Records { Records(archive: archive) }
    public var ranges: RecordRanges { RecordRanges(archive: archive) }
    public var texts: Texts { Texts(archive: archive) }
    public var remotes: Remotes { Remotes(archive: archive) }
    public var bundleSenders: BundleSenders { BundleSenders(archive: archive) }
    public var clock: ArchiveClock { ArchiveClock(archive: archive) }
    public var collections: Collections { Collections(archive: archive) }
    public var merging: Merging { Merging(archive: archive) }
    public var wordSearch: WordSearch { WordSearch(archive: archive) }
    public var queries: QuerySearch { QuerySearch(archive: archive) }
    public var integrity: Integrity { Integrity(archive: archive) }
    public var keeping: Keeping { Keeping(archive: archive) }
    package var following: Following { Following(archive: archive) }
}

// What is done most.
extension Store {
    /// The record that an id or a short handle stands for (`Records.find`), or the article with a web address or a DOI.
    public func find(_ text: String) throws -> Record {
        guard QuerySearch.isWebName(text) else { return try records.find(text) }
        let found = try queries.named(text)
        if let only = found.first, found.count == 1 { return only }
        guard !found.isEmpty else {
            throw StorageError(
                .unknownRecord, "there is no record with the address '\(text)'", remedy: Remedy(.findRecord))
        }
        let names = found.prefix(8).map { "\($0.kind):\($0.id.text)" }.joined(separator: ", ")
        throw StorageError(
            .ambiguousHandle, "'\(text)' is the address of several records: \(names)",
            hint: "name one by its handle")
    }

    /// Which record an id or a handle names, as `find` has it; nil where `find` must tell, or look for an address.
    public func identity(named text: String) throws -> (id: RecordID, kind: String)? {
        try QuerySearch.isWebName(text) ? nil : records.identity(named: text)
    }

    /// Likewise, the record that an id or a handle names itself, whatever it is merged into.
    public func findByItself(_ text: String) throws -> Record {
        try QuerySearch.isWebName(text) ? find(text) : records.findStored(text)
    }

    /// A record by its id and kind, or the one under which it is shown; nil when there is none.
    public func view(_ id: RecordID, kind: String) throws -> Record? { try records.view(id, kind: kind) }

    /// Likewise, as it is kept, whatever it is merged into, and whatever is merged into it.
    public func stored(_ id: RecordID, kind: String) throws -> Record? {
        try records.stored(id, kind: kind)
    }

    /// Visits records in the order they came to this replica.
    /// - Parameter visit: returns false to stop.
    public func forEachRecord(_ filter: RecordFilter, _ visit: (Record) throws -> Bool) throws {
        try records.forEach(filter, visit)
    }

    /// Kinds and how many records of each are not deleted, by name.
    public func recordCounts() throws -> [(kind: String, count: Int)] { try records.counts() }

    /// Records that contain all the words of a query, the best first (`WordSearch.search`).
    public func search(_ query: String, limit: Int = 50, isIndexFresh: inout Bool) throws -> [SearchHit] {
        try wordSearch.search(query, limit: limit, isIndexFresh: &isIndexFresh)
    }

    /// Adds to the index of words what changed since it was last brought up to date.
    /// - Parameter progress: is told how many records were added, and which part of the work that is.
    public func updateWordIndex(progress: (_ items: Int, _ fraction: Double) -> Void) throws {
        try wordSearch.bringUpToDate(progress: progress)
    }

    /// Gives fields new values by hand (`Editing.edit`).
    /// - Throws: `StorageError.deleted` for a record that is deleted.
    public func edit(_ edits: [Edit], author: String) throws -> EditOutcome {
        try editing.edit(edits, author: author)
    }

    /// Runs `body` and writes its edits, all or none (`Editing.edit`). `body` may read the archive: there is no other writer.
    ///
    /// - Parameter body: each record at most once.
    /// - Throws: as `edit(_:author:)`, `delete` and `restore`, and what `body` throws; then nothing was written.
    public func edit(author: String, _ body: () throws -> [RecordEdit]) throws -> EditOutcome {
        try editing.edit(author: author, body)
    }

    /// Deletes a record, listing what it sees of the record and of what depends on it.
    /// - Returns: nil where there is no such record, or it is deleted already and nobody contests that.
    public func delete(_ id: RecordID, kind: String, author: String) throws -> TransactionName? {
        try editing.delete(id, kind: kind, author: author)
    }

    /// Brings a deleted record back.
    /// - Throws: `StorageError.notDeleted`; `purged` where it was purged and no edit by hand stands against that.
    public func restore(_ id: RecordID, kind: String, author: String) throws -> TransactionName {
        try editing.restore(id, kind: kind, author: author)
    }

    /// Likewise, one record.
    public func purge(_ id: RecordID, kind: String, author: String) throws -> PurgeOutcome {
        try editing.purge([(id, kind)], author: author)
    }

    /// Forgets deleted records for good, on every mirror, in one transaction (`Editing.purge`).
    /// - Parameter ids: each once.
    /// - Throws: `StorageError.notDeleted`; `inConflict`; `tooLarge`.
    public func purge(_ ids: [(id: RecordID, kind: String)], author: String) throws -> PurgeOutcome {
        try editing.purge(ids, author: author)
    }

    /// Says what a merge of records into another one would do; nothing is written.
    /// - Throws: as the merge.
    public func previewMerge(_ others: [RecordID], into keep: RecordID, kind: String) throws -> MergePreview {
        try editing.previewMerge(others, into: keep, kind: kind)
    }

    /// Likely duplicates (`DuplicateSearch.page`).
    public func duplicates(offset: Int = 0, limit: Int? = nil) throws -> DuplicatePage {
        try DuplicateSearch(archive: archive).page(offset: offset, limit: limit)
    }

    /// Says what an undo of an entry would do; nothing is written.
    public func previewUndo(of entry: LogEntry) throws -> UndoReport { try undoing.preview(entry) }

    /// Takes an entry of the log back (`Undoing.undo`).
    /// - Parameter words: of the undo's own entry.
    /// - Throws: `StorageError.purged` for a purge.
    public func undo(_ entry: LogEntry, words: String, author: String) throws -> UndoReport {
        try undoing.undo(entry, words: words, author: author)
    }

    /// Has each write, once it has the write lock, ask whether the file that is open is still the archive at its path.
    /// - Parameter body: throws if it is not; then nothing is written.
    package func requireInPlace(_ body: @escaping () throws -> Void) { archive.requireInPlace = body }

    /// Makes one entry of the log, with these words, of all that is written from now on.
    public func beginEntry(_ words: String) { archive.entry = EntryUnderWay(words: words) }

    /// Makes one entry of the log of what `body` writes.
    /// - Parameter words: of the command; nil for what goes on meanwhile.
    public func asOneEntry<Result>(_ words: String?, _ body: () throws -> Result) rethrows -> Result {
        guard let words else { return try body() }
        let outer = archive.entry
        archive.entry = EntryUnderWay(words: words)
        defer { archive.entry = outer }
        return try body()
    }

    /// Whether an entry is under way.
    public var isWritingEntry: Bool { archive.entry != nil }

    /// All open conflicts, in the order of the records.
    /// - Parameters:
    ///   - id: only those of records with this id.
    ///   - kind: of these only those of this kind.
    public func conflicts(of id: RecordID? = nil, kind: String? = nil) throws -> [Conflict] {
        try openConflictList.all(of: id, kind: kind)
    }

    /// Visits open conflicts, in the order of the records, one at a time.
    /// - Parameter visit: returns false to stop.
    public func forEachConflict(
        of id: RecordID? = nil, kind: String? = nil, _ visit: (Conflict) throws -> Bool
    ) throws {
        try openConflictList.forEach(of: id, kind: kind, visit)
    }

    /// How many conflicts are open.
    public var openConflicts: Int { get throws { try openConflictList.count } }

    /// Imports a batch in one commit, in transactions of bounded size (`Importing.importBatch`).
    /// - Parameters:
    ///   - run: the run of which this is a batch.
    ///   - computing: fields that follow from an item, of which it gets the index, and from the archive.
    /// - Returns: an outcome for each item, in order.
    public func importBatch(
        _ items: [ImportItem], author: String, run: inout ImportRun,
        computing: (Int, ImportItem) throws -> [(name: String, json: [UInt8])] = { _, _ in [] }
    ) throws -> [ImportOutcome] {
        try importing.importBatch(items, author: author, run: &run, computing: computing)
    }

    /// Likewise, a run of one batch.
    public func importBatch(_ items: [ImportItem], author: String) throws -> [ImportEffect] {
        try importing.importBatch(items, author: author)
    }

    /// Applies transactions from elsewhere, all in one commit (`Receiving.apply`).
    /// - Parameters:
    ///   - ends: chain ends that the sender claims; an origin whose end then differs is refused.
    ///   - branchStarts: those under which the sender named them; nil for those of this archive.
    public func apply(
        _ transactions: [Transaction], ends: [Vector.Entry] = [], branchStarts: Set<ChainHash>? = nil
    ) throws -> ApplyOutcome {
        try receiving.apply(transactions, ends: ends, branchStarts: branchStarts)
    }

    /// Applies what stands before a checkpoint of a message that is not all there, if it is proved by where its chains
    /// stand.
    /// - Parameter ends: of every origin that it has transactions of, where its chain stands after them.
    /// - Returns: nil where nothing was applied, since that is not what comes of it.
    public func apply(_ transactions: [Transaction], provedBy ends: [Vector.Entry]) throws -> ApplyOutcome? {
        try receiving.apply(transactions, provedBy: ends)
    }

    /// Recomputes everything that is kept incrementally (`Integrity.verify`).
    public func verify(
        checksIndexes: Bool = true, progress: (_ items: Int, _ fraction: Double) throws -> Void = { _, _ in }
    ) throws -> VerificationReport {
        try integrity.verify(checksIndexes: checksIndexes, progress: progress)
    }

    /// Rebuilds everything that follows from the log, all of it or nothing (`Integrity.repair`).
    public func repair() throws -> RepairReport { try integrity.repair() }

    /// Drops the texts that nothing needs, and makes the file smaller by them.
    /// - Parameter isDryRun: only says what would be dropped.
    public func compact(
        isDryRun: Bool = false, progress: (_ items: Int, _ fraction: Double) throws -> Void = { _, _ in }
    ) throws -> CompactionReport {
        try keeping.compact(isDryRun: isDryRun, progress: progress)
    }

    /// Copies the archive as it is at this moment into one file (`Keeping.backUp`).
    /// - Returns: the size in bytes.
    @discardableResult
    public func backUp(
        to path: String, replacesExisting: Bool = false, beforeNaming: () throws -> Void = {}
    ) throws -> Int {
        try keeping.backUp(to: path, replacesExisting: replacesExisting, beforeNaming: beforeNaming)
    }
}
