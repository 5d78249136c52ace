public import QuipuStorage

/// What an export wrote.
public struct ExportReport: Sendable {
    public var records = 0
    /// Values whose text is not here, and which are therefore not in the export.
    public var missingTexts = 0

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

    /// - Parameter filter: which records; by default all.
    /// - Throws: `StorageError`, `InterchangeError`.
    public func run(
        _ filter: RecordFilter = RecordFilter(), _ write: (ExportRecord) throws -> Void
    ) throws -> ExportReport {
        var report = ExportReport()
        report.missingTexts = try store.texts.missingShownCount
        try store.reading {
            try store.forEachRecord(filter) { record in
                try write(
                    ExportRecord(
                        id: record.id.text, kind: record.kind,
                        fields: record.fields.map { (name: $0.name, value: $0.json) }))
                report.records += 1
                return true
            }
        }
        return report
    }
}
