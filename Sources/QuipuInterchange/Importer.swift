internal import QuipuCanonicalJSON
internal import QuipuCausality
public import QuipuFormats
internal import QuipuNaturalKeys
public import QuipuStorage

/// Brings a source into an archive, a bounded batch at a time.
public struct Importer {
    /// Values in one commit.
    static let batchBytes = 4 << 20
    static let batchItems = 2_000
    public static let maximumRefusalsKept = 1_000
    static let maximumNamesCounted = 1_000
    /// Beyond it repetitions are counted as unchanged: telling them apart would cost memory without end.
    static let maximumRecordsRemembered = 1_000_000

    private let store: Store
    private let author: String
    private let collectionName: String?
    private let takesOldStates: Bool
    private let restoresDeleted: Bool
    private let keepsFiles: Bool
    private let mediaType: (String) -> String

    /// - Parameters:
    ///   - collectionName: what the articles are put into; made if there is none of that name.
    ///   - takesOldStates: whether a file that was read before is taken as news, although a newer one was read since.
    ///   - restoresDeleted: whether articles of the source that were deleted, or whose import was undone, are restored.
    ///   - keepsFiles: whether files of the source are added to the archive; else only what they are is found out.
    ///   - mediaType: the media type of a file by its name, where the source says none.
    public init(
        into store: Store, author: String, collectionName: String? = nil, takesOldStates: Bool = false,
        restoresDeleted: Bool = false, keepsFiles: Bool = true,
        mediaType: @escaping (String) -> String = { _ in "application/octet-stream" }
    ) {
        self.restoresDeleted = restoresDeleted
        self.store = store
        self.author = author
        self.collectionName = collectionName
        self.takesOldStates = takesOldStates
        self.keepsFiles = keepsFiles
        self.mediaType = mediaType
    }

    /// Reads the source to its end. What is imported of it is committed batch by batch, and stays if a later
    /// part fails.
    /// - Parameter progress: is told after each batch.
    /// - Throws: `InterchangeError` for a source that is unusable as a whole, `StorageError`.
    public func run(
        _ source: any SourceReader, progress: (ImportReport) -> Void = { _ in }
    ) throws -> ImportReport {
        var source = source
        var state = State(store: store, author: author, restoresDeleted: restoresDeleted)
        state.run = ImportRun(takesOldStates: takesOldStates)
        state.run.restoresDeleted = restoresDeleted
        while let event = try source.next() {
            switch event {
            case .rejected(let place, let reason): state.report.reject(place, reason)
            case .remark(let place, let text): state.report.remark(place, text)
            case .item(let item):
                if state.isFull, !state.isSameEntry(item) || state.isOverfull {
                    try flush(&state, isDivided: state.isSameEntry(item))
                    progress(state.report)
                }
                if try take(item, &state) {
                    state.report.remarkUnusableKeys(of: item)
                    state.report.read += 1
                    state.report.reachedByte = source.consumedBytes ?? item.place.byteOffset
                    state.report.count(kept: item.kept)
                }
            }
        }
        try flush(&state, isDivided: false)
        state.report.restored = state.run.restored
        return state.report
    }

    /// What a run knows, and what it has not written yet.
    private struct State {
        var report = ImportReport()
        var run = ImportRun()
        var collections: ImportCollections
        var related = RelatedRecords()
        /// Records that were counted as unchanged.
        var known: Set<RecordID> = []
        var batch = ImportedItems()
        /// Items that belong to others, until those are written.
        var parts: [SourceItem] = []
        var partBytes = 0
        var entryParts: PartsOfEntries

        init(store: Store, author: String, restoresDeleted: Bool) {
            entryParts = PartsOfEntries(store)
            collections = ImportCollections(store, author: author, restoresDeleted: restoresDeleted)
        }

        var isFull: Bool { fills(1) }

        /// Too full to wait for the rest of an entry.
        var isOverfull: Bool { fills(4) }

        private func fills(_ batches: Int) -> Bool {
            batch.items.count + parts.count >= batches * Importer.batchItems
                || batch.bytes + partBytes >= batches * Importer.batchBytes
        }

        /// Whether the item is a part of what the last one is a part of. Such are written together: which of the notes of an article
        /// an item is about shows only where all that the source has are known.
        func isSameEntry(_ item: SourceItem) -> Bool {
            guard let last = parts.last, let parent = item.relations.parent else { return false }
            return last.relations.parent == parent && last.place.file == item.place.file
        }
    }

    /// - Returns: whether the item can be taken.
    private func take(_ item: SourceItem, _ state: inout State) throws -> Bool {
        if item.relations.parent != nil {
            state.parts.append(item)
            state.partBytes += item.valueBytes
            return true
        }
        guard item.kind != "annotation" && item.kind != "attachment" || item["target"] != nil else {
            state.report.reject(item.place, "the source does not say what it belongs to")
            return false
        }
        if state.report.collection == nil, let collectionName {
            state.run.collections = try store.collections.importAll(
                named: collectionName, author: author, restoresDeleted: restoresDeleted)
            state.report.collection = state.run.collections.first
        }
        var next = try OwnRecords(store).matched(importItem(item, fields: item.fields))
        next.collections = try state.collections.groups(of: item, &state.report)
        return add(next, item, to: &state.batch, &state.report)
    }

    private func add(
        _ next: ImportItem, _ item: SourceItem, to batch: inout ImportedItems, _ report: inout ImportReport
    ) -> Bool {
        guard next.fitsIntoTransaction else {
            report.reject(item.place, "its short values together are more than one record can carry")
            return false
        }
        batch.add(next, of: item)
        return true
    }

    /// - Parameter isDivided: whether more parts of the last item's entry are to come.
    private func flush(_ state: inout State, isDivided: Bool) throws {
        try write(state.batch, &state)
        state.batch = ImportedItems()
        let parts = state.parts
        (state.parts, state.partBytes) = ([], 0)
        if parts.isEmpty { return }
        let files = ImportedFiles(store, keepsFiles: keepsFiles, mediaType: mediaType)
        guard keepsFiles, parts.contains(where: { $0.relations.file != nil }) else {
            return try write(parts, files, &state, isDivided: isDivided)
        }
        // What is added is not collected before a record says that it is needed.
        try store.blobs.files.withLease {
            try write(parts, files, &state, isDivided: isDivided)
        }
    }

    private func write(
        _ parts: [SourceItem], _ files: ImportedFiles, _ state: inout State, isDivided: Bool
    ) throws {
        var made: [(item: ImportItem, article: RecordID?)] = []
        var sources: [SourceItem] = []
        for item in parts {
            var fields = item.fields
            var article: RecordID?
            switch state.related.parent(of: item) {
            case .record(let id):
                state.related.note(item, .record(id))
                article = id
                fields.append((name: "target", value: canonicalString(id.text)))
            case .deleted:
                state.related.note(item, .deleted)
                state.report.stayedDeleted += 1
                continue
            case nil where item.kind == "note" || item.kind == "article":
                state.report.remark(
                    item.place, "what it belongs to is not in the source; it was taken by itself")
            case nil:
                state.report.reject(item.place, "the article that it belongs to is not in the source")
                state.report.read -= 1
                continue
            }
            if let passage = item.relations.passage, !passage.exact.isEmpty {
                fields.append((name: "quote", value: QuotedPlaces.quote(passage)))
            }
            if let file = item.relations.file {
                switch try files.fields(of: item, file) {
                case .failure(let reason):
                    state.report.remark(item.place, reason.text)
                    fields = Self.withoutFile(fields, file)
                    guard fields.contains(where: { $0.name == "name" }) else {
                        state.report.read -= 1
                        continue
                    }
                case .success(let more):
                    fields.removeAll { field in more.contains { $0.name == field.name } }
                    fields += more
                }
            }
            made.append((try OwnRecords(store).matched(importItem(item, fields: fields)), article))
            sources.append(item)
        }
        state.entryParts.begin(made, isDivided: isDivided)
        var batch = ImportedItems()
        for ((item, article), source) in zip(made, sources) {
            _ = add(try state.entryParts.matched(item, of: article), source, to: &batch, &state.report)
        }
        try write(batch, &state)
    }

    private func write(_ batch: ImportedItems, _ state: inout State) throws {
        guard !batch.items.isEmpty else { return }
        let places = QuotedPlaces(store)
        let outcomes = try store.importBatch(batch.items, author: author, run: &state.run) { index, item in
            try places.fields(of: item, batch.sources[index].passage)
        }
        for (outcome, source) in zip(outcomes, batch.sources) {
            state.related.note(source, outcome.effect)
            switch outcome.effect {
            case .created(let id):
                state.report.created += 1
                if source.isPart { state.entryParts.claim(id) }
            case .updated: state.report.updated += 1
            case .unchanged(let id):
                if state.known.contains(id) {
                    state.report.repeated += 1
                } else {
                    state.report.unchanged += 1
                    if state.known.count < Self.maximumRecordsRemembered { state.known.insert(id) }
                }
            case .outdated: state.report.outdated += 1
            case .stayedDeleted: state.report.stayedDeleted += 1
            }
            guard !outcome.leftFields.isEmpty else { continue }
            state.report.differingCount += 1
            if state.report.differing.count < Self.maximumRefusalsKept {
                state.report.differing.append(
                    .init(place: source.place, record: outcome.effect.id, fields: outcome.leftFields))
            }
        }
    }

    /// Of an attachment whose file cannot be had: its name, and where it was.
    private static func withoutFile(
        _ fields: [(name: String, value: [UInt8])], _ file: SourceFile
    ) -> [(name: String, value: [UInt8])] {
        guard case .path(let path) = file, !path.isEmpty, !path.utf8.contains(0) else { return fields }
        var fields = fields.filter { $0.name != "x-path" }
        fields.append((name: "x-path", value: canonicalString(path)))
        if !fields.contains(where: { $0.name == "name" }), let name = path.split(separator: "/").last {
            fields.append((name: "name", value: canonicalString(String(name))))
        }
        return fields
    }

    private func importItem(_ item: SourceItem, fields: [(name: String, value: [UInt8])]) -> ImportItem {
        // Our own export is taken as it is; other sources are converted to normal form C here.
        var fields = fields.map { (name: $0.name, json: item.id == nil ? nfc($0.value) : $0.value) }
        // Tags are distinct, and hardly any source has such names for its fields.
        let given = Set(fields.lazy.map(\.name).filter { $0.utf8.starts(with: "tags/".utf8) })
        for tag in item.tags {
            let name = "tags/" + tag
            if given.isEmpty || !given.contains(name) { fields.append((name, JSONLiteral.true)) }
        }
        let foreignID = item.foreignID.map { WhiteSpace.trimmed($0) }.flatMap { $0.isEmpty ? nil : $0 }
        let source = foreignID.map { ItemSource(scope: item.producer ?? plainScope, id: $0) }
        return ImportItem(
            id: item.id.flatMap { RecordID(text: $0) }, kind: item.kind, fields: fields, source: source,
            modified: item.modified)
    }

    /// Of ids in files that do not say who gave them.
    private var plainScope: String {
        collectionName.map { "plain:" + NormalisedText.normalise($0) } ?? "plain"
    }
}
