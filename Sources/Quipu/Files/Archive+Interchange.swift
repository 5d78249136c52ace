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

extension Archive {
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
}
