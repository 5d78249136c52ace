internal import QuipuCausality
internal import QuipuFormats
internal import QuipuInterchange
internal import QuipuStorage

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

    /// Imports what a file or a folder holds, in any format of ``ImportFormat``. The format is detected from the content.
    /// Importing it again adds what is new.
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
                        importer(options, into: $0, keepsFiles: false)
                    })
            }
        }
    }

    private func importer(_ options: ImportOptions, into store: Store, keepsFiles: Bool = true) -> Importer {
        Importer(
            into: store, author: author, collectionName: options.collection,
            takesOldStates: options.takesOldStates, restoresDeleted: options.restoresDeleted,
            keepsFiles: keepsFiles, mediaType: { MediaType.of(fileName: $0) })
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
