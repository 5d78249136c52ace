public import QuipuFormats
public import QuipuStorage

/// The records that an import of a source would take in.
public struct ImportPreview: Sendable {
    private static let mostItems = 3

    /// What the source is, as in "JSON Lines".
    public let formatName: String
    /// As the import's would be; without an archive only the counts of what was read, kept and rejected.
    public let report: ImportReport
    /// The first items, as they would be stored.
    public let first: [SourceItem]
    /// Whether the report tells what would become of the items in an archive.
    public let tellsEffects: Bool

    /// Reads the source to its end.
    /// - Throws: `InterchangeError` for a source that is unusable as a whole.
    public init(_ source: any SourceReader) throws(InterchangeError) {
        var source = WatchedSource(source, mostItems: Self.mostItems)
        var report = ImportReport()
        while let event = try source.next() {
            switch event {
            case .rejected(let place, let reason): report.reject(place, reason)
            case .remark(let place, let text): report.remark(place, text)
            case .item(let item):
                report.read += 1
                report.count(kept: item.kept)
            }
        }
        self.report = report
        (formatName, first, tellsEffects) = (source.formatName, source.first.items, false)
    }

    /// Imports the source, and takes all of it back.
    ///
    /// - Parameters:
    ///   - store: of the archive that it would go into.
    ///   - importer: makes the import, into the store that it is given.
    /// - Throws: `InterchangeError` for a source that is unusable as a whole, `StorageError`.
    public init(_ source: any SourceReader, into store: Store, by importer: (Store) -> Importer) throws {
        let source = WatchedSource(source, mostItems: Self.mostItems)
        report = try store.rollingBack { try importer($0).run(source) }
        (formatName, first, tellsEffects) = (source.formatName, source.first.items, true)
    }
}

/// Keeps the first items that are read.
private struct WatchedSource: SourceReader {
    final class First {
        var items: [SourceItem] = []
    }

    private var reader: any SourceReader
    private let mostItems: Int
    let first = First()

    init(_ reader: any SourceReader, mostItems: Int) {
        self.reader = reader
        self.mostItems = mostItems
    }

    var formatName: String { reader.formatName }
    var consumedBytes: Int? { reader.consumedBytes }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        let event = try reader.next()
        if case .item(let item) = event, first.items.count < mostItems { first.items.append(item) }
        return event
    }
}
