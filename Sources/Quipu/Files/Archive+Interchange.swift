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
    /// - Throws: `alreadyRead`; `badName` for an empty name of a collection; as ``importFile(_:into:progress:)``.
    public func importItems(
        of source: ImportSource, _ options: ImportOptions = ImportOptions(),
        progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        if let collection = options.collection {
            try GivenText.check(line: collection, as: "a collection's name")
        }
        let reader = try source.takeReader()
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
    /// - Throws: `alreadyRead`; as ``importFile(_:into:progress:)``.
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
