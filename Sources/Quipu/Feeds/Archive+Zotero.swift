internal import QuipuFormats
internal import QuipuStorage

extension Archive {
    /// Imports a library of a Zotero that runs on this machine, or one of its collections: the first time all of it, then what
    /// has changed since. All of it is read again where the options ask for more than the run before did, and where something was
    /// undone or restored since in the archive.
    ///
    ///     let report = try archive.importZotero(collection: "Floods/2020")
    ///
    /// - Parameters:
    ///   - collection: by its name, or its names from the outermost with `/` between them; nil for the whole library.
    ///   - again: whether all of it is read, though it was read before.
    /// - Throws: `QuipuError` if Zotero does not answer or has no such collection; as `importItems`.
    public func importZotero(
        collection: String? = nil, again: Bool = false, _ options: ImportOptions = ImportOptions(),
        _ reading: ReadingOptions = ReadingOptions(), progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        let (source, library) = try zoteroSource(collection, again: again, options, reading)
        let report = try importItems(of: source, options, progress: progress)
        if let version = library.version, report.rejectedItems == 0 {
            try QuipuError.presenting {
                let state = FollowedSources.ZoteroState(
                    version: version, position: try position().rawValue, into: options.collection)
                try FollowedSources(stores.folder).change { $0.zotero[collection ?? ""] = state }
            }
        }
        return report
    }

    /// Reports what `importZotero` would do, and writes nothing.
    ///
    /// - Throws: as `importZotero`.
    public func previewZotero(
        collection: String? = nil, again: Bool = false, _ options: ImportOptions = ImportOptions(),
        _ reading: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) -> ImportPreview {
        try preview(zoteroSource(collection, again: again, options, reading).source, options)
    }

    private func zoteroSource(
        _ collection: String?, again: Bool, _ options: ImportOptions, _ reading: ReadingOptions
    ) throws(QuipuError) -> (source: ImportSource, library: ZoteroLibrary) {
        try QuipuError.presenting {
            let since = again ? nil : try versionRead(of: collection, options)
            let library = ZoteroLibrary(at: reading.zoteroAddress)
            let name = "zotero:\(collection ?? "")"
            if let since, try library.isUnchanged(since: since) {
                return (ImportSource(UnchangedLibrary(), named: name), library)
            }
            let reader = try openZotero(
                named: name, collection: collection, since: since, in: reading.processes
            ) { (path) throws(InterchangeError) in try library.page(path) }
            return (ImportSource(reader, named: name), library)
        }
    }

    /// From which version on a run need read; nil for all.
    private func versionRead(of collection: String?, _ options: ImportOptions) throws -> Int? {
        guard !options.restoresDeleted, !options.takesOldStates,
            let state = try FollowedSources(stores.folder).read().zotero[collection ?? ""],
            options.collection == nil || options.collection == state.into
        else { return nil }
        return try stores.with { try $0.log.hasTakenBack(since: state.position) } ? nil : state.version
    }
}

/// What is read of a library in which nothing has changed.
private struct UnchangedLibrary: SourceReader {
    let formatName = "Zotero's library"

    func next() -> SourceEvent? { nil }
}
