internal import QuipuFormats
internal import QuipuInterchange
internal import QuipuStorage

extension Archive {
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

    /// Imports the articles of an open source, which can be read once.
    ///
    ///     let report = try archive.importItems(of: ImportSource(paths: ["one.ris", "two.bib"]))
    ///
    /// - Throws: `alreadyRead`; `badName` for an empty name of a collection; as `importFile`.
    public func importItems(
        of source: ImportSource, _ options: ImportOptions = ImportOptions(),
        progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        try importItems(of: source, options, Cancellation(), progress)
    }

    /// Like `importFile`, on a thread of its own, until the task is cancelled. What was written until then
    /// stays: an import writes up to 2,000 items at a time. Importing the file again adds the rest.
    ///
    ///     let importing = Task { try await archive.importFile("press.jsonl", into: "Press") }
    ///     importing.cancel()
    ///
    /// - Throws: also `cancelled`.
    public func importFile(
        _ path: String, into collection: String? = nil,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> ImportReport {
        try await cancellableCall("the import") { cancellation in
            var options = ImportOptions()
            options.collection = collection
            return try self.importItems(of: ImportSource(path: path), options, cancellation, progress)
        }
    }

    /// Like `importItems`, on a thread of its own, until the task is cancelled. What was written until then stays:
    /// an import writes up to 2,000 items at a time. Importing the same source, opened again, adds the rest.
    ///
    ///     let report = try await archive.importItems(of: ImportSource(path: "press.jsonl"))
    ///
    /// - Throws: also `cancelled`: at the next item. The wait for a stream that gives nothing is not interrupted.
    public func importItems(
        of source: sending ImportSource, _ options: ImportOptions = ImportOptions(),
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> ImportReport {
        let source = SentSource(source)
        return try await cancellableCall("the import") { cancellation in
            try self.importItems(of: source.source, options, cancellation, progress)
        }
    }

    private func importItems(
        of source: ImportSource, _ options: ImportOptions, _ cancellation: Cancellation,
        _ progress: (WorkProgress) -> Void
    ) throws(QuipuError) -> ImportReport {
        if let collection = options.collection {
            try GivenText.check(line: collection, as: "a collection's name")
        }
        let reader = CancellableReader(try source.takeReader(), cancellation)
        return try QuipuError.presenting {
            try stores.with { store in
                // A command that has words of its own keeps them.
                try store.asOneEntry(store.isWritingEntry ? nil : source.entryWords) {
                    ImportReport(
                        try importer(options, into: store).run(reader) {
                            progress(source.progress($0))
                        }, source.unopened)
                }
            }
        }
    }

    /// Reports what an import would do, and writes nothing.
    ///
    ///     let preview = try archive.preview(ImportSource(path: "press.jsonl"))
    ///     print("\(preview.report.createdRecords) would be new")
    ///
    /// - Throws: `alreadyRead`; as `importFile`.
    public func preview(
        _ source: ImportSource, _ options: ImportOptions = ImportOptions()
    ) throws(QuipuError) -> ImportPreview {
        let reader = try source.takeReader()
        return try QuipuError.presenting {
            try stores.with { store in
                ImportPreview(
                    try QuipuInterchange.ImportPreview(reader, into: store) {
                        importer(options, into: $0, keepsFiles: false)
                    }, source.unopened)
            }
        }
    }

    private func importer(_ options: ImportOptions, into store: Store, keepsFiles: Bool = true) -> Importer {
        Importer(
            into: store, author: author, collectionName: options.collection,
            takesOldStates: options.takesOldStates, restoresDeleted: options.restoresDeleted,
            keepsFiles: keepsFiles, mediaType: { MediaType.of(fileName: $0) })
    }
}

/// A source on its way to the thread that reads it.
///
/// Unchecked: the caller sent it and has it no more, and one thread reads it.
private struct SentSource: @unchecked Sendable {
    let source: ImportSource

    init(_ source: sending ImportSource) { self.source = source }
}

/// A source whose reading ends with an error once it is cancelled: an end without one would have the importer take notes
/// whose articles were not read for notes without one.
private struct CancellableReader: SourceReader {
    private var reader: any SourceReader
    private let cancellation: Cancellation

    init(_ reader: any SourceReader, _ cancellation: Cancellation) {
        self.reader = reader
        self.cancellation = cancellation
    }

    var formatName: String { reader.formatName }
    var consumedBytes: Int? { reader.consumedBytes }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        guard !cancellation.isCancelled else {
            throw InterchangeError(
                code: .init(name: QuipuError.Code.cancelled.rawValue), operation: "read", path: formatName,
                message: "the import was cancelled", hint: "import it again to add the rest")
        }
        return try reader.next()
    }
}
