internal import QuipuCausality
internal import QuipuInterchange
internal import QuipuStorage

/// What an import reads.
public enum ImportFormat: String, Sendable, CaseIterable {
    case text
    /// JSON Lines; other JSON too.
    case jsonl
    case markdown

    /// The fields of an article, and the names by which others call them, the first of them first.
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

/// A file, a folder or a stream whose articles are taken, opened and its format known.
///
///     let source = try ImportSource(path: "press.jsonl")
///     let preview = try archive.preview(source)
public struct ImportSource {
    let reader: any SourceReader

    /// - Parameter format: nil for what its content tells.
    /// - Throws: `no-such-file`, `unsupported-format` and their like for what is unusable as a whole.
    public init(path: String, as format: ImportFormat? = nil) throws(QuipuError) {
        reader = try QuipuError.presenting { try openSource(at: path, as: format?.stored) }
    }

    /// - Parameters:
    ///   - descriptor: of an open stream, which is read to its end and not closed.
    ///   - name: what messages call it.
    public init(descriptor: Int32, named name: String, as format: ImportFormat? = nil) throws(QuipuError) {
        reader = try QuipuError.presenting {
            try openSource(ByteSource(descriptor: descriptor, name: name), as: format?.stored)
        }
    }

    /// What the source looks like, where there is no archive to take it.
    public func preview() throws(QuipuError) -> ImportPreview {
        try QuipuError.presenting { ImportPreview(try QuipuInterchange.ImportPreview(reader)) }
    }
}

/// How articles are taken.
public struct ImportOptions: Sendable {
    /// The name of the collection that they are put into; made where there is none.
    public var collection: String?
    /// Take a state that was read before as news, though a newer one was read since.
    public var takesOldStates = false

    public init() {}
}

/// What an export wrote.
public struct ExportReport: Sendable {
    public let records: Int
    /// Texts that should be in it and are not on this mirror.
    public let missingTexts: Int
    /// Attachments whose files are no part of it.
    public let attachments: Int
}

/// What an export found in its folder.
public struct ExportFolderReport: Sendable {
    /// Files of records that are gone or have another name, removed.
    public let removedFiles: Int
    /// Files that somebody changed and that no record has now: still there.
    public let changedFiles: [String]
    /// Files that somebody changed, under the names that they have now.
    public let setAsideFiles: [String]
    /// Markdown files that no export of this archive wrote, some of them, and how many there are.
    public let otherFiles: [String]
    public let otherFileCount: Int
}

extension Archive {
    /// What an archive is written out as.
    public enum ExportFormat: Sendable {
        /// One record a line, of every kind; imported into an empty archive it gives the same content.
        case jsonLines
    }

    /// Takes the articles of a file or a folder: plain text, JSON Lines and other JSON, Markdown; what it is, its content
    /// tells. Read again, it adds what is new.
    ///
    ///     let report = try archive.importFile("press.jsonl", into: "Press")
    ///
    /// - Parameters:
    ///   - collection: the name of the collection that the articles are put into; made where there is none.
    ///   - progress: is told how many items were read.
    /// - Throws: `no-such-file`, `unsupported-format` and their like for what is unusable as a whole. What was taken until
    ///   then stays.
    public func importFile(
        _ path: String, into collection: String? = nil, progress: (_ readItems: Int) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        var options = ImportOptions()
        options.collection = collection
        return try importItems(of: ImportSource(path: path), options, progress: progress)
    }

    /// Takes the articles of a source that was opened, once.
    public func importItems(
        of source: ImportSource, _ options: ImportOptions = ImportOptions(),
        progress: (_ readItems: Int) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        try QuipuError.presenting {
            try stores.with { store in
                ImportReport(try importer(options, into: store).run(source.reader) { progress($0.read) })
            }
        }
    }

    /// What an import would do; nothing is written.
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
            takesOldStates: options.takesOldStates)
    }

    /// Writes every record that is not deleted, piece by piece.
    ///
    /// - Parameter write: is given the bytes of the export, in order.
    /// - Returns: how many records were written.
    public func export(as format: ExportFormat = .jsonLines, _ write: @escaping ([UInt8]) throws -> Void)
        throws
        -> Int
    {
        try exportLines(write).records
    }

    /// Writes every record that is not deleted as a line of JSON, and says what is not in it.
    package func exportLines(_ write: @escaping ([UInt8]) throws -> Void) throws -> ExportReport {
        try QuipuError.relaying {
            try stores.with { store in
                var writer = JSONLinesWriter(sink: write)
                return try ExportReport(Exporter(from: store).run { try writer.write($0) }, of: store)
            }
        }
    }

    /// Writes every record that is not deleted as a Markdown file. A folder that holds an earlier export of the archive
    /// becomes what a fresh one would be; files in it that somebody changed are kept.
    ///
    /// - Throws: `diskFull`, `readOnly`, and their like.
    public func exportMarkdown(to folder: String) throws(QuipuError) -> (ExportReport, ExportFolderReport) {
        try QuipuError.presenting {
            try stores.with { store in
                // The archive's id as people see it.
                let archive = QuipuCausality.RecordID(rawValue: store.id.rawValue).text
                let target = try ExportFolder(path: folder, archive: archive)
                var writer = MarkdownWriter { try target.write($0, $1) }
                let report = try Exporter(from: store).run { try writer.write($0) }
                return (try ExportReport(report, of: store), ExportFolderReport(try target.finish()))
            }
        }
    }
}

extension ExportReport {
    fileprivate init(_ report: QuipuInterchange.ExportReport, of store: Store) throws {
        records = report.records
        missingTexts = report.missingTexts
        attachments = try store.recordCounts().first { $0.kind == Attachment.kind }?.count ?? 0
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
