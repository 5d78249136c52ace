internal import QuipuCausality
internal import QuipuFiles
internal import QuipuFormats
internal import QuipuInterchange
internal import QuipuStorage

/// The formats that an import reads.
public enum ImportFormat: String, Sendable, CaseIterable {
    case text
    /// JSON Lines and other JSON.
    case jsonl
    case markdown

    /// The fields of an article with the names that other programs use for them, most preferred first.
    public static var fieldNames: [(field: String, names: [String])] {
        FieldNames.table.map { ($0.field, $0.names) }
    }

    fileprivate var stored: SourceFormat {
        switch self {
        case .text: .text
        case .jsonl: .jsonl
        case .markdown: .markdown
        }
    }
}

/// An open file, folder or stream to import, whose format is known.
///
///     let source = try ImportSource(path: "press.jsonl")
///     let preview = try archive.preview(source)
public struct ImportSource {
    let reader: any SourceReader
    /// Without the folder that it is in, which is nobody else's business.
    private let name: String

    /// What the log says of an import of it.
    var entryWords: String { "import \(name)" }
    /// Nil for a folder and a stream.
    private let sizeBytes: Int?

    /// Opens a file or a folder.
    ///
    /// - Parameters:
    ///   - path: a file, or a folder of Markdown files.
    ///   - format: nil detects the format from the content.
    /// - Throws: `no-such-file`, `unsupported-format` and the like if nothing can be read from it.
    public init(path: String, as format: ImportFormat? = nil) throws(QuipuError) {
        reader = try QuipuError.presenting { try openSource(at: path, as: format?.stored) }
        name = path.split(separator: "/").last.map { String($0) } ?? path
        sizeBytes = FileFacts(path).flatMap { $0.isRegular ? Int(clamping: $0.sizeBytes) : nil }
    }

    /// - Parameters:
    ///   - descriptor: an open stream, which is read to its end and not closed.
    ///   - name: its name in messages.
    ///   - format: nil detects the format from the content.
    public init(descriptor: Int32, named name: String, as format: ImportFormat? = nil) throws(QuipuError) {
        reader = try QuipuError.presenting {
            try openSource(ByteSource(descriptor: descriptor, name: name), as: format?.stored)
        }
        self.name = name
        sizeBytes = nil
    }

    /// How far a reading of it is.
    fileprivate func progress(_ report: QuipuInterchange.ImportReport) -> WorkProgress {
        WorkProgress(
            items: report.read,
            fraction: sizeBytes.flatMap { $0 > 0 ? Double(report.reachedByte) / Double($0) : nil })
    }

    /// Reads the source without an archive, and reports what it contains.
    public func preview() throws(QuipuError) -> ImportPreview {
        try QuipuError.presenting { ImportPreview(try QuipuInterchange.ImportPreview(reader)) }
    }
}

/// How to import.
public struct ImportOptions: Sendable {
    /// The name of the collection to add the articles to; created if there is none.
    public var collection: String?
    /// Imports a state that was imported before, although a newer one was imported since.
    public var takesOldStates = false
    /// Restores the articles of the source that were deleted, or whose import was undone. A person restores them: the author.
    public var restoresDeleted = false

    public init() {}
}

/// What an export wrote.
public struct ExportReport: Sendable {
    public let records: Int
    /// Texts that are missing from this mirror and therefore from the export.
    public let missingTexts: Int
    /// Attachments, whose files are not part of the export.
    public let attachments: Int
}

/// What a Markdown export did with files that its folder already held.
public struct ExportFolderReport: Sendable {
    /// Files of records that no longer exist or have another name; removed.
    public let removedFiles: Int
    /// Files that were edited by hand and belong to no record any more; kept.
    public let changedFiles: [String]
    /// Files that were edited by hand and moved aside, by their new names.
    public let setAsideFiles: [String]
    /// The first few Markdown files that no export of this archive wrote, and their number.
    public let otherFiles: [String]
    public let otherFileCount: Int
}

extension Archive {
    /// The format of an export.
    public enum ExportFormat: Sendable {
        /// One record a line, of every kind; imported into an empty archive it gives the same content.
        case jsonLines
    }

    /// Imports the articles of a file or a folder: plain text, JSON Lines, other JSON, Markdown. The format is detected
    /// from the content. Importing it again adds what is new.
    ///
    ///     let report = try archive.importFile("press.jsonl", into: "Press")
    ///
    /// - Parameters:
    ///   - collection: the name of the collection that the articles are put into; it is added if there is none.
    ///   - progress: receives the number of items read.
    /// - Throws: `no-such-file`, `unsupported-format` and the like if nothing can be read from it. What was taken until
    ///   before that stay.
    public func importFile(
        _ path: String, into collection: String? = nil, progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        var options = ImportOptions()
        options.collection = collection
        return try importItems(of: ImportSource(path: path), options, progress: progress)
    }

    /// Imports the articles of an open source. A source can be read once.
    public func importItems(
        of source: ImportSource, _ options: ImportOptions = ImportOptions(),
        progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        try QuipuError.presenting {
            try stores.with { store in
                // A command that has words of its own keeps them.
                try store.asOneEntry(store.isWritingEntry ? nil : source.entryWords) {
                    ImportReport(
                        try importer(options, into: store).run(source.reader) {
                            progress(source.progress($0))
                        })
                }
            }
        }
    }

    /// Reports what an import would do, and writes nothing.
    public func preview(
        _ source: ImportSource, _ options: ImportOptions = ImportOptions()
    ) throws(QuipuError) -> ImportPreview {
        try QuipuError.presenting {
            try stores.with { store in
                ImportPreview(
                    try QuipuInterchange.ImportPreview(source.reader, into: store) {
                        importer(options, into: $0)
                    })
            }
        }
    }

    private func importer(_ options: ImportOptions, into store: Store) -> Importer {
        Importer(
            into: store, author: author, collectionName: options.collection,
            takesOldStates: options.takesOldStates, restoresDeleted: options.restoresDeleted)
    }

    /// Writes every record that is not deleted, piece by piece.
    ///
    /// - Parameters:
    ///   - query: what the records must fit, as for `Snapshot.records(matching:sort:offset:limit:)`; nil for all.
    ///   - write: receives the bytes of the export, in order.
    /// - Returns: how many records were written.
    /// - Throws: `badQuery` for a query that cannot be read or has a mistake in a filter; `QuipuError`, and what `write` throws.
    public func export(
        as format: ExportFormat = .jsonLines, matching query: String? = nil,
        _ write: @escaping ([UInt8]) throws -> Void
    ) throws -> Int {
        try exportLines(matching: query, write).records
    }

    /// Writes every record that is not deleted as a line of JSON, and reports what is missing.
    ///
    /// - Parameter progress: receives the number of records that were written.
    package func exportLines(
        matching query: String? = nil, progress: (WorkProgress) -> Void = { _ in },
        _ write: @escaping ([UInt8]) throws -> Void
    ) throws -> ExportReport {
        try QuipuError.relaying {
            return try stores.with { store in
                let query = try query.map { try store.query(asTyped: $0).query }
                var writer = JSONLinesWriter(sink: write)
                let total = try query == nil ? ExportReport.total(of: store) : nil
                var count = 0
                return ExportReport(
                    try Exporter(from: store).run(matching: query) {
                        try writer.write($0)
                        count += 1
                        progress(WorkProgress(items: count, fraction: total.map { Double(count) / $0 }))
                    })
            }
        }
    }

    /// Writes every record that is not deleted as a Markdown file. If the folder holds an earlier export of the archive, it is
    /// updated; files that were edited by hand are kept.
    ///
    /// - Parameters:
    ///   - query: what the records must fit, as for `Snapshot.records(matching:sort:offset:limit:)`; nil for all.
    ///   - progress: receives the number of records that were written.
    /// - Throws: `badQuery` for a query that cannot be read or has a mistake in a filter; `nothingToExport` where no record
    ///   fits and the folder holds an earlier export; `diskFull`, `readOnly` and the like.
    public func exportMarkdown(
        to folder: String, matching query: String? = nil, progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> (ExportReport, ExportFolderReport) {
        try QuipuError.presenting {
            return try stores.with { store in
                let query = try query.map { try store.query(asTyped: $0).query }
                // The archive's id as text.
                let archive = QuipuCausality.RecordID(rawValue: store.id.rawValue).text
                let target = try ExportFolder(path: folder, archive: archive)
                var writer = MarkdownWriter { try target.write($0, $1) }
                let total = try query == nil ? ExportReport.total(of: store) : nil
                var count = 0
                let report = try Exporter(from: store).run(matching: query) {
                    try writer.write($0)
                    count += 1
                    progress(WorkProgress(items: count, fraction: total.map { Double(count) / $0 }))
                }
                if report.records == 0, target.isOfRecords {
                    throw QuipuError(
                        .nothingToExport, "no record fits, and \(folder) holds an earlier export",
                        hint: "nothing was removed; correct the query, or remove the folder")
                }
                return (ExportReport(report), ExportFolderReport(try target.finish()))
            }
        }
    }
}

extension ExportReport {
    /// How many records there will be, at least 1.
    fileprivate static func total(of store: Store) throws -> Double {
        Double(max(1, try store.recordCounts().reduce(0) { $0 + $1.count }))
    }

    fileprivate init(_ report: QuipuInterchange.ExportReport) {
        records = report.records
        missingTexts = report.missingTexts
        attachments = report.attachments
    }
}

extension ExportFolderReport {
    fileprivate init(_ rest: ExportFolder.Rest) {
        removedFiles = rest.removed
        changedFiles = rest.changed
        setAsideFiles = rest.setAside
        otherFiles = rest.others
        otherFileCount = rest.otherCount
    }
}
