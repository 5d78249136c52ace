internal import QuipuCausality
public import QuipuFormats
public import QuipuStorage

/// The records that an export wrote.
public struct ExportReport: Sendable {
    public var records = 0
    /// Values whose text is not here, and which are therefore not in the export.
    public var missingTexts = 0
    /// Records of attachments among them.
    public var attachments = 0
    /// What the format has no place for, as `RecordWriter.lost` counts it.
    public var lost: [String: Int] = [:]

    public init() {}

    /// After the last record.
    fileprivate mutating func take(_ lost: [String: Int]) {
        self.lost = lost
        records -= lost.reduce(0) { $1.key.hasPrefix("[") ? $0 + $1.value : $0 }
    }
}

/// Writes every record that is not deleted, of every kind, with all its visible values: imported into an empty
/// archive, they give the same content digest.
public struct Exporter {
    private let store: Store

    public init(from store: Store) { self.store = store }

    /// Writes the records that fit a query, and only those.
    ///
    /// - Parameters:
    ///   - query: what the records must fit; nil for all.
    ///   - eachByItself: whether records that are merged are written each by itself, so that an import gives the same merges, and
    ///     not as the one that is shown.
    ///   - progress: receives the number of records that were given to the writer.
    /// - Throws: `StorageError`, `InterchangeError`.
    public func writeRecords<Writer: RecordWriter>(
        matching query: Query? = nil, eachByItself: Bool = true, to writer: inout Writer,
        progress: (Int) -> Void = { _ in }
    ) throws -> ExportReport {
        var report = ExportReport()
        report.missingTexts = try store.texts.missingShownCount
        try forEach(query, eachByItself: eachByItself) { record in
            try writer.write(ExportRecord(record))
            report.add(record)
            progress(report.records)
        }
        report.take(writer.lost)
        return report
    }

    /// Writes the articles that fit a query, each with all its annotations and notes, and then the other records that fit.
    ///
    /// - Parameters: as for `writeRecords`.
    /// - Throws: `StorageError`, `InterchangeError`.
    public func writeDocuments<Writer: DocumentWriter>(
        matching query: Query? = nil, eachByItself: Bool = true, to writer: inout Writer,
        progress: (Int) -> Void = { _ in }
    ) throws -> ExportReport {
        var report = ExportReport()
        report.missingTexts = try store.texts.missingShownCount
        var collections = CollectionNames(store)
        // Records are remembered by name only.
        var written: Set<RecordName> = []
        var waiting: [RecordName] = []
        try store.reading {
            try forEach(query, eachByItself: eachByItself) { record in
                if record.kind == "article" {
                    // What belongs to merged articles belongs to each of them.
                    let parts = try self.parts(of: record).filter { !written.contains($0.name) }
                    try writer.write(
                        ExportDocument(
                            record: ExportRecord(record), parts: parts.map(\.part),
                            collections: try collections.names(of: record)))
                    report.add(record)
                    for part in parts {
                        report.records += 1
                        written.insert(part.name)
                    }
                } else if DocumentParts.kinds.contains(record.kind), record.string("target") != nil {
                    // Its article may come later.
                    waiting.append(RecordName(record))
                    return
                } else {
                    try writer.write(ExportRecord(record))
                    report.add(record)
                }
                progress(report.records)
            }
            for name in waiting where !written.contains(name) {
                guard let record = try store.view(name.id, kind: name.kind) else { continue }
                try writer.write(ExportRecord(record))
                report.add(record)
                progress(report.records)
            }
        }
        report.take(writer.lost)
        return report
    }

    private func parts(of article: Record) throws -> [(name: RecordName, part: ExportDocument.Part)] {
        try DocumentParts(of: article, in: store).parts
    }

    /// An import never deletes, so there is no form for what is deleted.
    private func forEach(_ query: Query?, eachByItself: Bool, _ visit: (Record) throws -> Void) throws {
        try store.reading {
            if let query {
                try store.queries.forEachRecord(query) { if !$0.isDeleted { try visit($0) } }
            } else {
                var filter = RecordFilter()
                filter.showsEachRecord = eachByItself
                try store.forEachRecord(filter) {
                    if !$0.isDeleted { try visit($0) }
                    return true
                }
            }
        }
    }
}

extension ExportReport {
    fileprivate mutating func add(_ record: Record) {
        records += 1
        if record.kind == Attachment.kind { attachments += 1 }
    }
}

extension ExportRecord {
    init(_ record: Record) {
        self.init(
            id: record.id.text, kind: record.kind,
            fields: record.fields.map { (name: $0.name, value: $0.json) })
    }
}
