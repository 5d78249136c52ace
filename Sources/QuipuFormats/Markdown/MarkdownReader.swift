internal import QuipuNaturalKeys

/// Markdown: one file, or all those in a folder, each an article (or a record of our own export).
public struct MarkdownReader: SourceReader {
    private enum Origin {
        case folder(FolderWalk)
        /// The bytes passed over before belong to a byte order mark.
        case stream(ByteSource, byteOffset: Int)
        case finished
    }

    private var origin: Origin
    private let path: String
    private var hasFoundFile = false
    /// What comes next, last first.
    private var waiting: [SourceEvent] = []
    public let formatName: String

    init(folder path: String) throws(InterchangeError) {
        self.path = path
        origin = .folder(try FolderWalk(path: path))
        formatName = "a folder of Markdown files"
    }

    init(_ source: ByteSource, byteOffset: Int = 0) {
        path = source.name
        origin = .stream(source, byteOffset: byteOffset)
        formatName = "Markdown"
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        if let event = waiting.popLast() { return event }
        var events = try nextFile()
        events.reverse()
        waiting = events
        return waiting.popLast()
    }

    /// What there is to say of the next file; nothing at the end.
    private mutating func nextFile() throws(InterchangeError) -> [SourceEvent] {
        switch origin {
        case .finished: return []
        case .stream(let source, let byteOffset):
            origin = .finished
            return try MarkdownReader.events(source, byteOffset: byteOffset)
        case .folder(var walk):
            let step = walk.next()
            origin = .folder(walk)
            guard let step else {
                if hasFoundFile { return [] }
                throw InterchangeError(
                    code: .nothingFound, operation: "import", path: path,
                    message: "there are no Markdown files (.md, .markdown) in it",
                    hint: "Name the files themselves if they are text or JSON Lines.")
            }
            hasFoundFile = true
            switch step {
            case .rejected(let path, let reason):
                return [.rejected(SourcePlace(file: path, line: 1, byteOffset: 0), reason: reason)]
            case .file(let path): return MarkdownReader.events(file: path)
            }
        }
    }

    private static func events(file path: String) -> [SourceEvent] {
        let place = SourcePlace(file: path, line: 1, byteOffset: 0)
        switch FileOpening.openRegular(path: path) {
        case .failure(let rejection): return [rejection.event(at: place)]
        case .success(let descriptor):
            do throws(InterchangeError) {
                let source = ByteSource(adopting: descriptor, name: path)
                let mark = try ByteOrderMark.pass(source)
                let start = try source.peek(SourceLimits.recognitionBytes)
                if let foreign = ForeignFormat.binary(start) ?? ForeignFormat.marked(start) {
                    return [.rejected(place, reason: "it is \(foreign.name), which Quipu does not read yet")]
                }
                let converted = mark.converted.map {
                    SourceEvent.remark(place, "it is \($0) and was converted to UTF-8")
                }
                return try (converted.map { [$0] } ?? []) + events(source, byteOffset: mark.bytes)
            } catch {
                // One file's trouble is not the folder's.
                return [.rejected(place, reason: error.message)]
            }
        }
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
