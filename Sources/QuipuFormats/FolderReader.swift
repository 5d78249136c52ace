/// The files of a folder and of the folders in it: Markdown, by their names, and whatever a format of the catalog is
/// recognised in. Other files are passed over, and counted.
struct FolderReader: SourceReader {
    private static let mostKindsNamed = 8

    let formatName: String
    private let path: String
    private let format: SourceFormat?
    private let options: SourceOptions
    private let processes: ReaderProcesses?
    private var walk: FolderWalk
    /// The file that is being read.
    private var reader: (any SourceReader)?
    /// What comes next, last first.
    private var waiting: [SourceEvent] = []
    private var hasFoundFile = false
    private var hasEnded = false
    /// How many files of which kind were passed over.
    private var passedOver: [String: Int] = [:]
    /// Folders in which metadata of Omnivore was looked for.
    private var omnivoreFolders: [String: Bool] = [:]
    /// Pages of exports of Omnivore, and those that metadata names.
    private var omnivorePages: (found: Set<String>, named: Set<String>) = ([], [])
    private static let mostOmnivorePages = 1_000_000

    /// - Parameter format: of the files that are read; nil for all.
    init(
        _ path: String, as format: SourceFormat?, _ options: SourceOptions, in processes: ReaderProcesses?
    ) throws(InterchangeError) {
        self.path = path
        self.format = format
        self.options = options
        self.processes = processes
        formatName = format == .markdown ? "a folder of Markdown files" : "a folder of files"
        walk = try FolderWalk(path: path, takesAll: format != .markdown)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while true {
            if let event = waiting.popLast() { return event }
            if var reader {
                do throws(InterchangeError) {
                    let event = try reader.next()
                    self.reader = event == nil ? nil : reader
                    if let event { return event }
                } catch {
                    // One file's trouble is not the folder's.
                    self.reader = nil
                    return .rejected(
                        SourcePlace(file: error.path, line: 1, byteOffset: 0), reason: error.message)
                }
            }
            guard let step = walk.next() else { return try end() }
            switch step {
            case .rejected(let path, let reason):
                hasFoundFile = true
                return .rejected(SourcePlace(file: path, line: 1, byteOffset: 0), reason: reason)
            case .file(let path): try open(path)
            }
        }
    }

    private mutating func open(_ path: String) throws(InterchangeError) {
        let place = SourcePlace(file: path, line: 1, byteOffset: 0)
        let isMarkdown = FolderWalk.isMarkdown(path.utf8)
        if format == nil || format == .omnivore, let page = OmnivoreFolder.part(path, &omnivoreFolders) {
            if omnivorePages.found.count < Self.mostOmnivorePages { omnivorePages.found.insert(page) }
            return
        }
        switch FileOpening.openRegular(path: path) {
        case .failure(let rejection):
            hasFoundFile = true
            waiting = [rejection.event(at: place)]
        case .success(let descriptor):
            let source = ByteSource(adopting: descriptor, name: path)
            do throws(InterchangeError) {
                let packed = try OmnivoreFolder.packed(source)
                if let entry = try foreignEntry(of: source, as: packed == nil ? nil : .omnivore), !isMarkdown
                {
                    guard format == nil || format == entry.format else { return pass(entry.name) }
                    hasFoundFile = true
                    reader = try QuipuFormats.open(
                        packed?.archive ?? source, as: entry, options, in: processes)
                    waiting = packed?.faults.reversed() ?? []
                    for slug in packed?.slugs ?? [] where omnivorePages.named.count < Self.mostOmnivorePages {
                        omnivorePages.named.insert(OmnivoreFolder.page(slug, of: path))
                    }
                } else if isMarkdown, format == nil || format == .markdown {
                    hasFoundFile = true
                    waiting = try MarkdownReader.events(ofFile: source).reversed()
                } else {
                    try openOther(source)
                }
            } catch {
                if error.code.name == InterchangeError.Code.noReaderProgram.name { throw error }
                waiting = [.rejected(place, reason: error.message)]
            }
        }
    }

    private mutating func pass(_ kind: String) { passedOver[kind, default: 0] += 1 }

    /// JSON of articles, our own among it, is read; any other file is passed over.
    private mutating func openOther(_ source: ByteSource) throws(InterchangeError) {
        let start = try source.peek(SourceLimits.recognitionBytes)
        if let foreign = ForeignFormat.binary(start) ?? ForeignFormat.marked(start)
            ?? ForeignFormat.named(source.name)
        {
            return pass(foreign.name)
        }
        let text = ByteOrderMark.text(of: start)
        if text.allSatisfy(ForeignFormat.isSpace) { return pass("an empty file") }
        if BinaryContent.isLikely(text) { return pass("a binary file") }
        let layout = FormatRecognition.layout(of: text)
        guard layout != .text, layout != .markdown else { return pass("plain text") }
        guard format == nil, JSONOutline.holdsArticles(text, layout) else {
            return pass("JSON without articles")
        }
        hasFoundFile = true
        var options = options
        options.fieldsByName = [:]
        reader = try openSource(source, as: nil, options)
    }

    private mutating func end() throws(InterchangeError) -> SourceEvent? {
        if !hasFoundFile {
            let what = format.map {
                $0 == .markdown ? "Markdown files (.md, .markdown)" : "\($0.rawValue) files"
            }
            throw InterchangeError(
                code: .nothingFound, operation: "import", path: path,
                message: "there are no \(what ?? "files that can be read") in it"
                    + (passedOver.isEmpty ? "" : "; it holds \(kindsPassedOver)"),
                hint: "Name the files themselves if they are plain text.")
        }
        if hasEnded { return nil }
        hasEnded = true
        let unnamed = omnivorePages.found.subtracting(omnivorePages.named).count
        if unnamed > 0 { passedOver["pages of Omnivore that no metadata names"] = unnamed }
        if passedOver.isEmpty { return nil }
        let total = passedOver.values.reduce(0, +)
        return .remark(
            SourcePlace(file: path, line: 1, byteOffset: 0),
            "\(total == 1 ? "1 file was" : "\(total) files were") passed over: \(kindsPassedOver)")
    }

    private var kindsPassedOver: String {
        let kinds = passedOver.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        let named = kinds.prefix(Self.mostKindsNamed).map { "\($0.key) (\($0.value))" }
        return named.joined(separator: ", ") + (kinds.count > named.count ? ", …" : "")
    }
}
