internal import QuipuNaturalKeys

/// Markdown: one file is one article (or a record of our own export).
public struct MarkdownReader: SourceReader {
    private let source: ByteSource
    private let byteOffset: Int
    private var isFinished = false
    /// What comes next, last first.
    private var waiting: [SourceEvent] = []
    public let formatName = "Markdown"

    /// - Parameter byteOffset: of bytes passed over before, which belong to a byte order mark.
    init(_ source: ByteSource, byteOffset: Int = 0) {
        self.source = source
        self.byteOffset = byteOffset
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        if let event = waiting.popLast() { return event }
        if isFinished { return nil }
        isFinished = true
        waiting = try Self.events(source, byteOffset: byteOffset).reversed()
        return waiting.popLast()
    }

    /// What there is to say of a file in a folder.
    static func events(ofFile source: ByteSource) throws(InterchangeError) -> [SourceEvent] {
        let mark = try ByteOrderMark.pass(source)
        let start = try source.peek(SourceLimits.recognitionBytes)
        let place = SourcePlace(file: source.name, line: 1, byteOffset: 0)
        if let foreign = ForeignFormat.binary(start) ?? ForeignFormat.marked(start) {
            return [.rejected(place, reason: "it is \(foreign.name), not Markdown")]
        }
        let converted = mark.converted.map {
            SourceEvent.remark(place, "it is \($0) and was converted to UTF-8")
        }
        return try (converted.map { [$0] } ?? []) + events(source, byteOffset: mark.bytes)
    }

    private static func events(
        _ source: ByteSource, byteOffset: Int
    ) throws(InterchangeError) -> [SourceEvent] {
        let place = SourcePlace(file: source.name, line: 1, byteOffset: byteOffset)
        guard let bytes = try source.readAll(maximumBytes: SourceLimits.maximumFileBytes) else {
            return [
                .rejected(place, reason: "the file is longer than \(SourceLimits.maximumFileBytes) bytes")
            ]
        }
        do throws(Rejection) {
            let article = try MarkdownArticle(bytes[...], place: place, fileTitle: title(of: source.name))
            return [.item(article.item)] + article.following
        } catch {
            return [error.event(at: place)]
        }
    }

    /// The file's name without folders and extension.
    private static func title(of path: String) -> String? {
        guard let name = path.split(separator: "/").last, name != "-" else { return nil }
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
        let title = WhiteSpace.trimmed(stem)
        return title.isEmpty ? nil : DerivedTitle.bounded(String(title))
    }
}
