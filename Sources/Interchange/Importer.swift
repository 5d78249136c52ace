internal import CanonicalJSON
public import Causality
public import Storage

/// What an import did.
public struct ImportReport: Sendable {
    public struct Refusal: Sendable {
        public var place: SourcePlace
        public var reason: String
    }

    /// Items that could be read.
    public var read = 0
    public var created = 0
    public var updated = 0
    /// Known already, with nothing new; counted once however often the source repeats it.
    public var unchanged = 0
    /// Further items for records that are counted as unchanged already.
    public var repeated = 0
    /// Of records that are deleted: an import never restores.
    public var stayedDeleted = 0
    /// What could not be read, up to `Importer.maximumRefusalsKept` of them.
    public var rejected: [Refusal] = []
    public var rejectedCount = 0
    public var collection: RecordID?

    public init() {}

    fileprivate mutating func reject(_ place: SourcePlace, _ reason: String) {
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
    /// Beyond it repetitions are counted as unchanged: telling them apart would cost memory without end.
    static let maximumRecordsRemembered = 1_000_000

    private let store: Store
    private let author: String
    private let collectionName: String?

    /// - Parameter collectionName: what the articles are put into; made if there is none of that name.
    public init(into store: Store, author: String, collectionName: String? = nil) {
        self.store = store
        self.author = author
        self.collectionName = collectionName
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
        var batch: [ImportItem] = []
        var batchBytes = 0
        var known: Set<RecordID> = []
        while let event = try source.next() {
            switch event {
            case .rejected(let place, let reason): report.reject(place, reason)
            case .item(let item):
                var next = importItem(item)
                guard next.fitsIntoTransaction else {
                    report.reject(item.place, "its short values together are more than one record can carry")
                    continue
                }
                report.read += 1
                if report.collection == nil, let collectionName {
                    report.collection = try store.importCollection(named: collectionName, author: author)
                }
                if item.kind == "article", let collection = report.collection {
                    let name = "collections/" + collection.text
                    if !next.fields.contains(where: { $0.name == name }) {
                        next.fields.append((name, Self.isElement))
                    }
                }
                batchBytes += next.fields.reduce(0) { $0 + $1.json.count }
                batch.append(next)
            }
            if batch.count >= Self.batchItems || batchBytes >= Self.batchBytes {
                try flush(&batch, into: &report, known: &known)
                batchBytes = 0
                progress(report)
            }
        }
        try flush(&batch, into: &report, known: &known)
        return report
    }

    private func flush(
        _ batch: inout [ImportItem], into report: inout ImportReport, known: inout Set<RecordID>
    ) throws {
        guard !batch.isEmpty else { return }
        for effect in try store.importBatch(batch, author: author) {
            switch effect {
            case .created: report.created += 1
            case .updated: report.updated += 1
            case .unchanged(let id):
                if known.contains(id) {
                    report.repeated += 1
                } else {
                    report.unchanged += 1
                    if known.count < Self.maximumRecordsRemembered { known.insert(id) }
                }
            case .stayedDeleted: report.stayedDeleted += 1
            }
        }
        batch.removeAll(keepingCapacity: true)
    }

    /// The value of a set's element that is there.
    private static let isElement = Array("true".utf8)

    private func importItem(_ item: SourceItem) -> ImportItem {
        var fields = item.fields.map { (name: $0.name, json: $0.value) }
        var names = Set(fields.map(\.name))
        for tag in item.tags.map({ "tags/" + $0 }) where names.insert(tag).inserted {
            fields.append((tag, Self.isElement))
        }
        let source = item.foreignID.map { ItemSource(scope: item.producer ?? plainScope, id: $0) }
        return ImportItem(
            id: item.id.flatMap { RecordID(text: $0) }, kind: item.kind, fields: fields, source: source,
            modified: item.modified)
    }

    /// Of ids in files that do not say who gave them.
    private var plainScope: String { collectionName.map { "plain:" + $0.nfc } ?? "plain" }
}
