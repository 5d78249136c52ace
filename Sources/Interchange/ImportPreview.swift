/// What an import of a source would take in, found out without an archive.
public struct ImportPreview: Sendable {
    private static let mostItems = 3

    /// What the source is, as in "JSON Lines".
    public let formatName: String
    /// With the counts of what was read, kept and rejected alone.
    public private(set) var report = ImportReport()
    /// The first items, as they would be stored.
    public private(set) var first: [SourceItem] = []

    /// Reads the source to its end.
    /// - Throws: `InterchangeError` for a source that is unusable as a whole.
    public init(_ source: any SourceReader) throws(InterchangeError) {
        var source = source
        formatName = source.formatName
        while let event = try source.next() {
            switch event {
            case .rejected(let place, let reason): report.reject(place, reason)
            case .remark(let place, let text): report.remark(place, text)
            case .item(let item):
                report.read += 1
                report.count(kept: item.kept)
                if first.count < Self.mostItems { first.append(item) }
            }
        }
    }
}
