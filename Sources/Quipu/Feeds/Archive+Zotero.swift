internal import QuipuFormats

extension Archive {
    /// Imports a library of a Zotero that runs on this machine, or one of its collections: the first time all of it, then what
    /// has changed since.
    ///
    ///     let report = try archive.importZotero(collection: "Floods/2020")
    ///
    /// - Parameters:
    ///   - collection: by its name, or its names from the outermost with `/` between them; nil for the whole library.
    ///   - again: whether all of it is read, though it was read before.
    public func importZotero(
        collection: String? = nil, again: Bool = false, _ options: ImportOptions = ImportOptions(),
        _ reading: ReadingOptions = ReadingOptions(), progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> ImportReport {
        let (source, library) = try zoteroSource(collection, again: again, reading)
        let report = try importItems(of: source, options, progress: progress)
        if let version = library.version, report.rejectedItems == 0 {
            try QuipuError.presenting {
                try FollowedSources(stores.folder).change { $0.zoteroVersions[collection ?? ""] = version }
            }
        }
        return report
    }

    /// Reports what `importZotero` would do, and writes nothing.
    public func previewZotero(
        collection: String? = nil, again: Bool = false, _ options: ImportOptions = ImportOptions(),
        _ reading: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) -> ImportPreview {
        try preview(zoteroSource(collection, again: again, reading).source, options)
    }

    private func zoteroSource(
        _ collection: String?, again: Bool, _ reading: ReadingOptions
    ) throws(QuipuError) -> (source: ImportSource, library: ZoteroLibrary) {
        try QuipuError.presenting {
            let since =
                again ? nil : try FollowedSources(stores.folder).read().zoteroVersions[collection ?? ""]
            let library = ZoteroLibrary(at: reading.zoteroAddress)
            let name = "zotero:\(collection ?? "")"
            let reader = try openZotero(
                named: name, collection: collection, since: since, in: reading.processes
            ) { (path) throws(InterchangeError) in try library.page(path) }
            return (ImportSource(reader, named: name), library)
        }
    }
}
