internal import QuipuCausality
internal import QuipuFormats
internal import QuipuInterchange
internal import QuipuStorage

extension Archive {
    /// Writes the records that are not deleted, piece by piece.
    ///
    ///     let report = try archive.export(as: .ris, matching: "in:Press") { bytes in file.write(bytes) }
    ///
    /// Annotations and notes come where they fit the query themselves; `.w3c` and `.epub` have those of each article that fits, and `.ris` its notes.
    ///
    /// - Parameters:
    ///   - query: what the records must fit, as for `Snapshot.records(matching:sort:offset:limit:)`; nil for all.
    ///   - forSpreadsheets: for `.csv`: cells that a spreadsheet would take for formulas begin with an apostrophe, and the table with
    ///     a byte order mark.
    ///   - progress: receives the number of records.
    ///   - write: receives the bytes of the export, in order.
    /// - Throws: `badQuery` for a query that cannot be read or has a mistake in a filter; `QuipuError`, and what `write` throws.
    public func export(
        as format: ExportFormat = .jsonLines, matching query: String? = nil, forSpreadsheets: Bool = false,
        progress: (WorkProgress) -> Void = { _ in }, _ write: @escaping ([UInt8]) throws -> Void
    ) throws -> ExportReport {
        try QuipuError.relaying {
            try stores.with { store in
                let run = try ExportRun(of: store, matching: query)
                switch format {
                case .jsonLines: return try run.records(JSONLinesWriter(sink: write), progress)
                case .ris: return try run.documents(RISWriter(sink: write), progress, eachByItself: false)
                case .csl: return try run.records(CSLWriter(sink: write), progress, eachByItself: false)
                case .biblatex:
                    return try run.records(BibLaTeXWriter(sink: write), progress, eachByItself: false)
                case .csv:
                    var names: [String: String?] = [:]
                    let writer = CSVWriter(
                        forSpreadsheets: forSpreadsheets,
                        nameOfCollection: { id in
                            if let name = names[id] { return name }
                            let name = try? store.collectionName(id)
                            if names.count < ExportRun.maximumNamesKept { names[id] = .some(name) }
                            return name
                        }, sink: write)
                    return try run.records(writer, progress, eachByItself: false)
                case .w3c:
                    let writer = W3CWriter(
                        target: { id in
                            try store.records.target(id).map {
                                W3CWriter.Target(url: $0.string("url"), doi: $0.string("doi"))
                            }
                        }, sink: write)
                    return try run.documents(writer, progress, eachByItself: false)
                case .epub:
                    let writer = try EPUBWriter(
                        title: name, identifier: run.archiveID, day: run.day, sink: write)
                    return try run.documents(writer, progress, eachByItself: false)
                }
            }
        }
    }

    /// The same on a thread of its own, until the task is cancelled.
    ///
    ///     let report = try await archive.export(as: .ris) { bytes in try file.write(contentsOf: bytes) }
    ///
    /// - Throws: also `cancelled`: then `write` has received the beginning of an export, which its caller discards.
    public func export(
        as format: ExportFormat = .jsonLines, matching query: String? = nil, forSpreadsheets: Bool = false,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in },
        _ write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> ExportReport {
        try await cancellable("the export") { cancellation in
            try self.export(
                as: format, matching: query, forSpreadsheets: forSpreadsheets, progress: progress
            ) { bytes in
                try cancellation.check()
                try write(bytes)
            }
        }
    }

    /// Writes the records that are not deleted into a folder. If it holds an earlier export of the archive in that format, it is
    /// brought up to date; files that were edited by hand are kept.
    ///
    /// - Parameters:
    ///   - query: what the records must fit, as for `Snapshot.records(matching:sort:offset:limit:)`; nil for all. An article
    ///     brings its annotations and notes.
    ///   - progress: receives the number of records.
    /// - Throws: `badName` for an empty path; `badQuery` for a query that cannot be read or has a mistake in a filter;
    ///   `nothingToExport` where no record
    ///   fits and the folder holds an earlier export; `diskFull`, `readOnly` and the like.
    public func export(
        to folder: String, as format: FolderFormat, matching query: String? = nil,
        progress: (WorkProgress) -> Void = { _ in }
    ) throws(QuipuError) -> (ExportReport, ExportFolderReport) {
        try QuipuError.presenting { try export(to: folder, format, query, progress, check: {}) }
    }

    /// The same on a thread of its own, until the task is cancelled. The folder then has the files that were written, each whole,
    /// and still those of an earlier export; the next export into it completes it.
    ///
    ///     let (report, _) = try await archive.export(to: "/media/stick/press", as: .site)
    ///
    /// - Throws: also `cancelled`.
    public func export(
        to folder: String, as format: FolderFormat, matching query: String? = nil,
        progress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> (ExportReport, ExportFolderReport) {
        try await cancellableCall("the export") { cancellation in
            try self.export(to: folder, format, query, progress, check: cancellation.check)
        }
    }

    /// - Parameter check: throws to end the export; called before each file.
    private func export(
        to folder: String, _ format: FolderFormat, _ query: String?, _ progress: (WorkProgress) -> Void,
        check: @escaping () throws -> Void
    ) throws -> (ExportReport, ExportFolderReport) {
        try GivenText.check(path: folder, of: "an export")
        return try QuipuError.relaying {
            try stores.with { store in
                let run = try ExportRun(of: store, matching: query)
                let target = try ExportFolder(
                    path: folder, archive: run.archiveID, form: format == .site ? .site : .markdown)
                func write(_ path: String, _ bytes: [UInt8]) throws {
                    try check()
                    try target.write(path, bytes)
                }
                func refuseNothing(_ records: Int) throws {
                    guard records == 0, target.isOfRecords else { return }
                    throw QuipuError(
                        .nothingToExport, "no record fits, and \(folder) holds an earlier export",
                        hint: "nothing was removed; correct the query, or remove the folder")
                }
                let report =
                    switch format {
                    case .markdown:
                        try run.documents(
                            MarkdownWriter { try write($0, $1) }, progress, beforeEnd: refuseNothing)
                    case .site:
                        try run.documents(
                            SiteWriter(title: name) { try write($0, $1) }, progress,
                            eachByItself: false,
                            beforeEnd: refuseNothing)
                    }
                return (report, ExportFolderReport(try target.finish()))
            }
        }
    }
}

/// One export of an archive.
private struct ExportRun {
    static let maximumNamesKept = 10_000

    private let store: Store
    private let query: QuipuStorage.Query?
    /// How many records there will be, at least 1; nil where only the query can tell.
    private let total: Double?

    init(of store: Store, matching query: String?) throws {
        self.store = store
        self.query = try query.map { try store.query(asTyped: $0).query }
        total =
            query == nil ? Double(max(1, try store.recordCounts().reduce(0) { $0 + $1.count })) : nil
    }

    /// The archive's id as text.
    var archiveID: String { QuipuCausality.RecordID(rawValue: store.id.rawValue).text }

    /// Today, in UTC.
    var day: String { ExportDay.text(ofMilliseconds: store.environment.nowMilliseconds()) }

    func records(
        _ writer: some RecordWriter, _ progress: (WorkProgress) -> Void, eachByItself: Bool = true
    ) throws -> ExportReport {
        var writer = writer
        let report = try Exporter(from: store).writeRecords(
            matching: query, eachByItself: eachByItself, to: &writer
        ) {
            show($0, progress)
        }
        try writer.finish()
        return ExportReport(report)
    }

    func documents(
        _ writer: some DocumentWriter, _ progress: (WorkProgress) -> Void, eachByItself: Bool = true,
        beforeEnd: (_ records: Int) throws -> Void = { _ in }
    ) throws -> ExportReport {
        var writer = writer
        let report = try Exporter(from: store).writeDocuments(
            matching: query, eachByItself: eachByItself, to: &writer
        ) {
            show($0, progress)
        }
        try beforeEnd(report.records)
        try writer.finish()
        return ExportReport(report)
    }

    private func show(_ count: Int, _ progress: (WorkProgress) -> Void) {
        progress(WorkProgress(items: count, fraction: total.map { min(1, Double(count) / $0) }))
    }
}

extension ExportReport {
    fileprivate init(_ report: QuipuInterchange.ExportReport) {
        records = report.records
        missingTexts = report.missingTexts
        attachments = report.attachments
        var (fields, kinds): ([String: Int], [String: Int]) = ([:], [:])
        for (name, count) in report.lost {
            if name.hasPrefix("["), name.hasSuffix("]") {
                kinds[String(name.dropFirst().dropLast())] = count
            } else {
                fields[name] = count
            }
        }
        (omittedFields, omittedRecords) = (fields, kinds)
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
