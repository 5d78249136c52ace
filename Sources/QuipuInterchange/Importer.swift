internal import QuipuCanonicalJSON
public import QuipuCausality
public import QuipuFormats
internal import QuipuNaturalKeys
public import QuipuStorage

/// What an import did.
public struct ImportReport: Sendable {
    public struct Refusal: Sendable {
        public var place: SourcePlace
        public var reason: String
    }

    public struct Difference: Sendable {
        public var place: SourcePlace
        public var record: RecordID
        /// Whose values were left.
        public var fields: [String]
    }

    /// Items that could be read.
    public var read = 0
    /// Where in its file the last item read begins.
    public var reachedByte = 0
    public var created = 0
    public var updated = 0
    /// Known already, with nothing new; counted once however often the source repeats it.
    public var unchanged = 0
    /// Further items for records that are counted as unchanged already.
    public var repeated = 0
    /// Of records that are deleted: an import never restores.
    public var stayedDeleted = 0
    /// Of these records were deleted and restored, as was asked for.
    public var restored = 0
    /// In a state that was read before, while another was read since: an old file.
    public var outdated = 0
    /// Items of which values were left, since an earlier item named the same record; up to
    /// `Importer.maximumRefusalsKept` of them.
    public var differing: [Difference] = []
    public var differingCount = 0
    /// What could not be read, up to `Importer.maximumRefusalsKept` of them.
    public var rejected: [Refusal] = []
    public var rejectedCount = 0
    /// What was taken in otherwise than it stands there, up to `Importer.maximumRefusalsKept` of them.
    public var remarks: [Refusal] = []
    public var remarkCount = 0
    /// How often each name of a source's own was kept under `x-`.
    public private(set) var kept: [String: Int] = [:]
    public var collection: RecordID?

    public init() {}

    /// Names beyond the bound count as one.
    mutating func count(kept names: [String]) {
        for name in names {
            let counted = kept[name] != nil || kept.count < Importer.maximumNamesCounted ? name : "(others)"
            kept[counted, default: 0] += 1
        }
    }

    mutating func remark(_ place: SourcePlace, _ text: String) {
        remarkCount += 1
        if remarks.count < Importer.maximumRefusalsKept { remarks.append(.init(place: place, reason: text)) }
    }

    mutating func reject(_ place: SourcePlace, _ reason: String) {
        rejectedCount += 1
        if rejected.count < Importer.maximumRefusalsKept {
            rejected.append(.init(place: place, reason: reason))
        }
    }
}

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

    /// - Parameters:
    ///   - collectionName: what the articles are put into; made if there is none of that name.
    ///   - takesOldStates: whether a file that was read before is taken as news, although a newer one was read since.
    ///   - restoresDeleted: whether articles of the source that were deleted, or whose import was undone, are restored.
    public init(
        into store: Store, author: String, collectionName: String? = nil, takesOldStates: Bool = false,
        restoresDeleted: Bool = false
    ) {
        self.restoresDeleted = restoresDeleted
        self.store = store
        self.author = author
        self.collectionName = collectionName
        self.takesOldStates = takesOldStates
    }

    /// Reads the source to its end. What is imported of it is committed batch by batch, and stays if a later
    /// part fails.
    /// - Parameter progress: is told after each batch.
    /// - Throws: `InterchangeError` for a source that is unusable as a whole, `StorageError`.
    public func run(
        _ source: any SourceReader, progress: (ImportReport) -> Void = { _ in }
    ) throws -> ImportReport {
        var source = source
        var report = ImportReport()
        var run = ImportRun(takesOldStates: takesOldStates)
        run.restoresDeleted = restoresDeleted
        var batch = Batch()
        while let event = try source.next() {
            switch event {
            case .rejected(let place, let reason): report.reject(place, reason)
            case .remark(let place, let text): report.remark(place, text)
            case .item(let item):
                let next = importItem(item)
                guard next.fitsIntoTransaction else {
                    report.reject(item.place, "its short values together are more than one record can carry")
                    continue
                }
                report.read += 1
                report.reachedByte = item.place.byteOffset
                report.count(kept: item.kept)
                if report.collection == nil, let collectionName {
                    run.collections = try store.collections.importAll(
                        named: collectionName, author: author, restoresDeleted: restoresDeleted)
                    report.collection = run.collections.first
                }
                batch.add(next, place: item.place)
            }
            if batch.isFull {
                try flush(&batch, &run, into: &report)
                progress(report)
            }
        }
        try flush(&batch, &run, into: &report)
        report.restored = run.restored
        return report
    }

    private struct Batch {
        var items: [ImportItem] = []
        var places: [SourcePlace] = []
        var bytes = 0
        /// Records that were counted as unchanged.
        var known: Set<RecordID> = []

        var isFull: Bool { items.count >= Importer.batchItems || bytes >= Importer.batchBytes }

        mutating func add(_ item: ImportItem, place: SourcePlace) {
            bytes += item.fields.reduce(0) { $0 + $1.json.count }
            items.append(item)
            places.append(place)
        }

        mutating func removeAll() {
            items.removeAll(keepingCapacity: true)
            places.removeAll(keepingCapacity: true)
            bytes = 0
        }
    }

    private func flush(_ batch: inout Batch, _ run: inout ImportRun, into report: inout ImportReport) throws {
        guard !batch.items.isEmpty else { return }
        let outcomes = try store.importBatch(batch.items, author: author, run: &run)
        for (outcome, place) in zip(outcomes, batch.places) {
            switch outcome.effect {
            case .created: report.created += 1
            case .updated: report.updated += 1
            case .unchanged(let id):
                if batch.known.contains(id) {
                    report.repeated += 1
                } else {
                    report.unchanged += 1
                    if batch.known.count < Self.maximumRecordsRemembered { batch.known.insert(id) }
                }
            case .outdated: report.outdated += 1
            case .stayedDeleted: report.stayedDeleted += 1
            }
            guard !outcome.leftFields.isEmpty else { continue }
            report.differingCount += 1
            if report.differing.count < Self.maximumRefusalsKept {
                report.differing.append(
                    .init(place: place, record: outcome.effect.id, fields: outcome.leftFields))
            }
        }
        batch.removeAll()
    }

    private func importItem(_ item: SourceItem) -> ImportItem {
        // Our own export is taken as it is; other sources are converted to normal form C here.
        var fields = item.fields.map { (name: $0.name, json: item.id == nil ? nfc($0.value) : $0.value) }
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
