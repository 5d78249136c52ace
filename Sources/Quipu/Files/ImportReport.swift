internal import QuipuCanonicalJSON
internal import QuipuInterchange

/// What an import did, or would do.
public struct ImportReport: Sendable {
    /// Where in a source something stands.
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

    /// Something that could not be taken, or was taken otherwise than it stands there, and why.
    public struct Remark: Sendable {
        public let place: Place
        public let reason: String

        init(_ refusal: QuipuInterchange.ImportReport.Refusal) {
            place = Place(refusal.place)
            reason = refusal.reason
        }
    }

    /// A later item of an article that an earlier one of the same source gave other values.
    public struct Difference: Sendable {
        public let place: Place
        public let record: RecordID
        /// The names of the fields that were left as they are.
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
    /// Items of an article that the same source gave before.
    public let repeatedItems: Int
    /// Items of articles that somebody deleted, and that stay so.
    public let stayedDeletedItems: Int
    /// Items in a state that was read before, and newer ones since.
    public let outdatedItems: Int
    /// Items that could not be taken; the first thousand of them say why, with their place.
    public let rejectedItems: Int
    public let refusals: [Remark]
    /// What was converted, or read with a slip passed over; the first thousand of them.
    public let remarkedItems: Int
    public let remarks: [Remark]
    /// Items that differ from an earlier one; the first thousand of them.
    public let differingItems: Int
    public let differences: [Difference]
    /// Names of the source's own that no field took, which are kept under `x-`; how many items have them.
    public let keptNames: [String: Int]
    /// The collection that the articles were put into.
    public let collection: RecordID?

    /// The refusals, each with its place.
    public var rejections: [String] { refusals.map { "\($0.place): \($0.reason)" } }

    init(_ report: QuipuInterchange.ImportReport) {
        readItems = report.read
        createdRecords = report.created
        updatedRecords = report.updated
        unchangedRecords = report.unchanged
        repeatedItems = report.repeated
        stayedDeletedItems = report.stayedDeleted
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

/// What an import would do, and what its source looks like.
public struct ImportPreview: Sendable {
    /// One of the first items, as it would be taken.
    public struct Item: Sendable {
        public let kind: String
        /// The record's id, where the source is an export of an archive.
        public let id: String?
        /// The id that somebody else's file gave it.
        public let foreignID: String?
        public let tags: [String]
        /// Canonical JSON, in the order of the names; with the text, where it is one.
        package let fields: [(name: String, json: [UInt8], text: String?)]

        /// What a field would get.
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

    /// What the source turned out to be, as in `JSON Lines`.
    public let format: String
    public let report: ImportReport
    public let firstItems: [Item]
    /// Whether what would be new is known: there is an archive that it was tried on.
    public let tellsEffects: Bool

    init(_ preview: QuipuInterchange.ImportPreview) {
        format = preview.formatName
        report = ImportReport(preview.report)
        firstItems = preview.first.map { Item($0) }
        tellsEffects = preview.tellsEffects
    }
}
