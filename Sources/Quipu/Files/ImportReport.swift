internal import QuipuCanonicalJSON
internal import QuipuFormats
internal import QuipuInterchange

/// The result of an import, or of its preview.
public struct ImportReport: Sendable {
    /// A place in a source.
    public struct Place: Sendable, CustomStringConvertible {
        public let file: String
        /// From 1.
        public let line: Int
        /// `press.jsonl:12 (byte 3456)`.
        public let description: String

        init(_ place: SourcePlace) {
            file = place.file
            line = place.line
            description = place.description
        }
    }

    /// An item that was refused or converted, with the reason.
    public struct Remark: Sendable {
        public let place: Place
        public let reason: String

        init(_ refusal: QuipuInterchange.ImportReport.Refusal) {
            place = Place(refusal.place)
            reason = refusal.reason
        }
    }

    /// An item that differs from an earlier item for the same article in the same source.
    public struct Difference: Sendable {
        public let place: Place
        public let record: RecordID
        /// The names of the fields that were not changed.
        public let fields: [String]

        init(_ difference: QuipuInterchange.ImportReport.Difference) {
            place = Place(difference.place)
            record = RecordID(difference.record, kind: RecordKind.article.rawValue)
            fields = difference.fields
        }
    }

    public let readItems: Int
    public let createdRecords: Int
    public let updatedRecords: Int
    public let unchangedRecords: Int
    /// Items for an article that occurred earlier in the same source.
    public let repeatedItems: Int
    /// Items for deleted articles, which stay deleted.
    public let stayedDeletedItems: Int
    /// Records that had been deleted and were restored, as the options requested.
    public let restoredRecords: Int
    /// Items in an old state, imported before a newer one.
    public let outdatedItems: Int
    /// Items that were refused, and the reasons for the first thousand.
    public let rejectedItems: Int
    public let refusals: [Remark]
    /// Items that were converted or contain a tolerated error, and the first thousand remarks.
    public let remarkedItems: Int
    public let remarks: [Remark]
    /// Items that differ from an earlier one, and the first thousand differences.
    public let differingItems: Int
    public let differences: [Difference]
    /// Names in the source that match no field and are kept with the prefix `x-`, with the number of items that have them.
    public let keptNames: [String: Int]
    /// The collection that the articles were added to.
    public let collection: RecordID?
    /// Why some of several sources could not be opened, for the first thousand; nothing was read from these.
    public let unopenedSources: [QuipuError]
    public let unopenedSourceCount: Int

    /// Whether every source was read, and every item taken.
    public var isComplete: Bool { rejectedItems == 0 && unopenedSourceCount == 0 }

    /// The refusals as texts, each with its place.
    public var rejections: [String] { refusals.map { "\($0.place): \($0.reason)" } }

    init(_ report: QuipuInterchange.ImportReport, _ unopened: UnopenedSources = UnopenedSources()) {
        (unopenedSources, unopenedSourceCount) = (unopened.errors, unopened.count)
        readItems = report.read
        createdRecords = report.created
        updatedRecords = report.updated
        unchangedRecords = report.unchanged
        repeatedItems = report.repeated
        stayedDeletedItems = report.stayedDeleted
        restoredRecords = report.restored
        outdatedItems = report.outdated
        rejectedItems = report.rejectedCount
        refusals = report.rejected.map { Remark($0) }
        remarkedItems = report.remarkCount
        remarks = report.remarks.map { Remark($0) }
        differingItems = report.differingCount
        differences = report.differing.map { Difference($0) }
        keptNames = report.kept
        collection = report.collection.map { RecordID($0, kind: RecordKind.collection.rawValue) }
    }
}

/// The expected result of an import, and the first items of its source.
public struct ImportPreview: Sendable {
    /// One of the first items, as it would be imported.
    public struct Item: Sendable {
        public let kind: String
        /// The id of the record if the source is an export of an archive.
        public let id: String?
        /// The item's id in a foreign source.
        public let foreignID: String?
        public let tags: [String]
        /// Canonical JSON, in the order of the names; with the text, where it is one.
        package let fields: [(name: String, json: [UInt8], text: String?)]

        /// The value that a field would get.
        public subscript(field: String) -> Value? {
            fields.first { $0.name == field }.flatMap { Value(json: $0.json) }
        }

        init(_ item: SourceItem) {
            kind = item.kind
            id = item.id
            foreignID = item.foreignID
            tags = item.tags
            fields = item.fields.map { ($0.name, $0.value, decodeString($0.value)) }
        }
    }

    /// The name of the detected format, such as `JSON Lines`.
    public let format: String
    public let report: ImportReport
    public let firstItems: [Item]
    /// Whether the counts of new and changed records are known, which takes an archive.
    public let tellsEffects: Bool

    init(
        _ preview: QuipuInterchange.ImportPreview, _ unopened: UnopenedSources = UnopenedSources()
    ) {
        format = preview.formatName
        report = ImportReport(preview.report, unopened)
        firstItems = preview.first.map { Item($0) }
        tellsEffects = preview.tellsEffects
    }
}
