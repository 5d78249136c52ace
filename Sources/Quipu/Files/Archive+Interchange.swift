internal import QuipuInterchange
internal import QuipuStorage

/// What an import did.
public struct ImportReport: Sendable {
    public let readItems: Int
    public let createdRecords: Int
    public let updatedRecords: Int
    public let unchangedRecords: Int
    /// Items that could not be taken; the first thousand of them say why, with their place.
    public let rejectedItems: Int
    public let rejections: [String]
    /// The collection that the articles were put into.
    public let collection: RecordID?

    init(_ report: QuipuInterchange.ImportReport) {
        readItems = report.read
        createdRecords = report.created
        updatedRecords = report.updated
        unchangedRecords = report.unchanged
        rejectedItems = report.rejectedCount
        rejections = report.rejected.map { "\($0.place): \($0.reason)" }
        collection = report.collection.map { RecordID($0, kind: RecordKind.collection.rawValue) }
    }
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
        try QuipuError.presenting {
            let source = try openSource(at: path)
            return try stores.with { store in
                ImportReport(
                    try Importer(into: store, author: author, collectionName: collection).run(source) {
                        progress($0.read)
                    })
            }
        }
    }

    /// Writes every record that is not deleted, piece by piece.
    ///
    /// - Parameter write: is given the bytes of the export, in order.
    /// - Returns: how many records were written.
    public func export(as format: ExportFormat = .jsonLines, _ write: @escaping ([UInt8]) throws -> Void)
        throws
        -> Int
    {
        try QuipuError.relaying {
            try stores.with { store in
                var writer = JSONLinesWriter(sink: write)
                return try Exporter(from: store).run { try writer.write($0) }.records
            }
        }
    }
}
