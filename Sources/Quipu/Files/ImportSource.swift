internal import QuipuFiles
internal import QuipuFormats
internal import QuipuInterchange

/// Open files, a folder, a stream or a page of the web to import, whose format is known.
///
/// A source is read once: by a preview or by an import. Open it again for the other.
///
///     let preview = try archive.preview(ImportSource(path: "press.jsonl"))
///     let report = try archive.importItems(of: ImportSource(path: "press.jsonl"))
///
/// Formats of other programs are read in a child process, which can use limited memory and time, and reaches neither the
/// network nor other files. It runs the `quipu` program, as ``ReadingOptions/readerProgram`` says.
public struct ImportSource {
    /// Whether it was read, for all copies of it.
    private final class Use { var isRead = false }

    private let reader: any SourceReader
    private let use = Use()
    /// Without the folder that it is in, which is nobody else's business.
    private let name: String

    /// What the log says of an import of it.
    var entryWords: String { "import \(name)" }
    /// Nil for a folder and a stream.
    private let sizeBytes: Int?
    /// Of several.
    let unopened: UnopenedSources

    init(
        _ reader: any SourceReader, named name: String, sizeBytes: Int? = nil,
        unopened: UnopenedSources = UnopenedSources()
    ) {
        self.reader = reader
        self.unopened = unopened
        self.name = name
        self.sizeBytes = sizeBytes
    }

    /// Takes what reads it.
    ///
    /// - Throws: `alreadyRead` the second time: nothing is left of it.
    func takeReader() throws(QuipuError) -> any SourceReader {
        guard !use.isRead else {
            throw QuipuError(
                .alreadyRead, "\(name) was read already, by a preview or an import",
                hint: "open it again, and read that", origin: .file)
        }
        use.isRead = true
        return reader
    }

    /// Opens a file or a folder.
    ///
    /// - Parameters:
    ///   - path: a file, or a folder of files.
    ///   - format: nil detects the format from the content.
    /// - Throws: `no-such-file`, `unsupported-format` and the like if nothing can be read from it.
    public init(
        path: String, as format: ImportFormat? = nil, _ options: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) {
        try GivenText.check(path: path, of: "an import")
        let reader = try QuipuError.presenting {
            try openSource(at: path, as: format?.stored, options.stored(), in: options.processes)
        }
        self.init(
            reader, named: path.split(separator: "/").last.map { String($0) } ?? path,
            sizeBytes: FileFacts(path).flatMap { $0.isRegular ? Int(clamping: $0.sizeBytes) : nil })
    }

    /// Opens several files and folders, to be read one after the other. One that cannot be opened is reported
    /// (``ImportReport/unopenedSources``), and the others are read.
    ///
    /// - Throws: `badName` if there is none; what the first one throws, if there is only one.
    public init(
        paths: [String], as format: ImportFormat? = nil, _ options: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) {
        guard let first = paths.first else { throw QuipuError(.badName, "no file is named to import") }
        if paths.count == 1 {
            try self.init(path: first, as: format, options)
            return
        }
        let unopened = UnopenedSources()
        self.init(
            SourceSequence(
                paths, as: format?.stored, options.stored(), in: options.processes, noting: unopened),
            named: "\(paths.count) files", sizeBytes: SourceSequence.sizeBytes(of: paths), unopened: unopened)
    }

    /// Opens a stream, such as standard input.
    ///
    /// - Parameters:
    ///   - descriptor: an open stream, which is read to its end and not closed.
    ///   - name: its name in messages.
    ///   - format: nil detects the format from the content.
    /// - Throws: `unsupported-format` and the like if nothing can be read from it.
    public init(
        descriptor: Int32, named name: String, as format: ImportFormat? = nil,
        _ options: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) {
        let reader = try QuipuError.presenting {
            try openSource(
                ByteSource(descriptor: descriptor, name: name), as: format?.stored, options.stored(),
                in: options.processes)
        }
        self.init(reader, named: name)
    }

    /// Reads what a program has in memory.
    ///
    ///     let source = try ImportSource(bytes: Array(text.utf8), named: "clipboard", as: .markdown)
    ///
    /// - Parameters:
    ///   - name: its name in messages and in the log.
    ///   - format: nil detects the format from the content.
    public init(
        bytes: [UInt8], named name: String, as format: ImportFormat? = nil,
        _ options: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) {
        let reader = try QuipuError.presenting {
            try openSource(
                ByteSource(bytes: bytes, name: name), as: format?.stored, options.stored(),
                in: options.processes)
        }
        self.init(reader, named: name, sizeBytes: bytes.count)
    }

    /// Fetches a page, a feed or a file of the web.
    ///
    /// - Parameter url: http or https. A redirection is followed, but not from elsewhere to this machine or to its networks.
    /// - Throws: `fetch-failed`, `too-large`, and what ``init(path:as:_:)`` throws.
    public init(
        fetching url: String, as format: ImportFormat? = nil, _ options: ReadingOptions = ReadingOptions()
    ) throws(QuipuError) {
        try self.init(try WebFetch().get(url), as: format, options)
    }

    init(_ page: WebFetch.Page, as format: ImportFormat?, _ options: ReadingOptions) throws(QuipuError) {
        let reader = try QuipuError.presenting {
            try openSource(
                ByteSource(bytes: page.body, name: page.address), as: format?.stored,
                options.stored(address: page.address), in: options.processes)
        }
        self.init(reader, named: page.address, sizeBytes: page.body.count)
    }

    /// Call this first in `main`. If this process was started to read a file, it does so and exits; otherwise the call does
    /// nothing.
    ///
    /// Files of other programs are then read in child processes that run this program again.
    public static func becomeReaderIfAsked() { ReaderService.runIfAsked() }

    /// How far a reading of it is.
    func progress(_ report: QuipuInterchange.ImportReport) -> WorkProgress {
        WorkProgress(
            items: report.read,
            fraction: sizeBytes.flatMap { $0 > 0 ? Double(report.reachedByte) / Double($0) : nil })
    }

    /// Reads the source without an archive, and reports what it contains.
    ///
    /// - Throws: `QuipuError` if the source cannot be read.
    public func preview() throws(QuipuError) -> ImportPreview {
        let reader = try takeReader()
        return try QuipuError.presenting {
            ImportPreview(try QuipuInterchange.ImportPreview(reader), unopened)
        }
    }
}
