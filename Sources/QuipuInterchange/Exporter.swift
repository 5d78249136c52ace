public import QuipuFormats
public import QuipuStorage

/// What an export wrote.
public struct ExportReport: Sendable {
    public var records = 0
    /// Values whose text is not here, and which are therefore not in the export.
    public var missingTexts = 0
    /// Records of attachments among them.
    public var attachments = 0

    public init() {}
}

/// Writes every record that is not deleted, of every kind, with all its visible values: imported into an empty
/// archive, they give the same content digest.
public struct Exporter {
    public enum Format: String, Sendable, CaseIterable {
        case jsonl
        case markdown
    }

    private let store: Store

    public init(from store: Store) { self.store = store }

    /// - Parameter query: what the records must fit; nil for all.
    /// - Throws: `StorageError`, `InterchangeError`.
    public func run(
        matching query: Query? = nil, _ write: (ExportRecord) throws -> Void
    ) throws -> ExportReport {
        var report = ExportReport()
        report.missingTexts = try store.texts.missingShownCount
        func add(_ record: Record) throws {
            // An import never deletes, so there is no form for what is deleted.
            if record.isDeleted { return }
            try write(
                ExportRecord(
                    id: record.id.text, kind: record.kind,
                    fields: record.fields.map { (name: $0.name, value: $0.json) }))
            report.records += 1
            if record.kind == Attachment.kind { report.attachments += 1 }
        }
        try store.reading {
            if let query {
                try store.queries.forEachRecord(query) { try add($0) }
            } else {
                // Each by itself, so that an import of it gives the same merges.
                var filter = RecordFilter()
                filter.showsEachRecord = true
                try store.forEachRecord(filter) {
                    try add($0)
                    return true
                }
            }
        }
        return report
    }
}
