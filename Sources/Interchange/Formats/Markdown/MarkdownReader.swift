internal import NaturalKeys

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

    init(folder path: String) throws(InterchangeError) {
        self.path = path
        origin = .folder(try FolderWalk(path: path))
    }

    init(_ source: ByteSource, byteOffset: Int = 0) {
        path = source.name
        origin = .stream(source, byteOffset: byteOffset)
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        switch origin {
        case .finished: return nil
        case .stream(let source, let byteOffset):
            origin = .finished
            return try MarkdownReader.event(source, byteOffset: byteOffset)
        case .folder(var walk):
            let step = walk.next()
            origin = .folder(walk)
            guard let step else {
                if hasFoundFile { return nil }
                throw InterchangeError(
                    code: .nothingFound, operation: "import", path: path,
                    message: "there are no Markdown files (.md, .markdown) in it",
                    hint: "Name the files themselves if they are text or JSON Lines.")
            }
            hasFoundFile = true
            switch step {
            case .rejected(let path, let reason):
                return .rejected(SourcePlace(file: path, line: 1, byteOffset: 0), reason: reason)
            case .file(let path): return MarkdownReader.event(file: path)
            }
        }
    }

    private static func event(file path: String) -> SourceEvent {
        let place = SourcePlace(file: path, line: 1, byteOffset: 0)
        switch FileOpening.openRegular(path: path) {
        case .failure(let rejection): return rejection.event(at: place)
        case .success(let descriptor):
            do throws(InterchangeError) {
                let source = ByteSource(adopting: descriptor, name: path)
                let mark = try ByteOrderMark.pass(source)
                return try event(source, byteOffset: mark)
            } catch {
                // One file's trouble is not the folder's.
                return .rejected(place, reason: error.message)
            }
        }
    }

    private static func event(_ source: ByteSource, byteOffset: Int) throws(InterchangeError) -> SourceEvent {
        let place = SourcePlace(file: source.name, line: 1, byteOffset: byteOffset)
        guard let bytes = try source.readAll(maximumBytes: SourceLimits.maximumFileBytes) else {
            return .rejected(place, reason: "the file is longer than \(SourceLimits.maximumFileBytes) bytes")
        }
        do throws(Rejection) {
            return .item(
                try MarkdownArticle.item(bytes[...], place: place, fileTitle: title(of: source.name)))
        } catch {
            return error.event(at: place)
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
