/// Opens a file or folder for import, recognising its format unless one is named.
///
/// Throws for what is unusable as a whole: no such file, unreadable, empty, binary, of a format that is recognised and
/// not read, UTF-32.
/// - Parameter processes: where formats of other programs are read; nil for this process.
public func openSource(
    at path: String, as format: SourceFormat? = nil, _ options: SourceOptions = .none
) throws(InterchangeError) -> any SourceReader {
    try openSource(at: path, as: format, options, in: nil)
}

package func openSource(
    at path: String, as format: SourceFormat?, _ options: SourceOptions, in processes: ReaderProcesses?
) throws(InterchangeError) -> any SourceReader {
    guard FileOpening.isFolder(path) else {
        let source = try ByteSource(path: path)
        if format == nil || format == .omnivore, let packed = try OmnivoreFolder.packed(source) {
            let reader = try openSource(packed.archive, as: .omnivore, options, in: processes)
            return packed.faults.isEmpty ? reader : ReaderBehindFaults(reader, packed.faults)
        }
        return try openSource(source, as: format, options, in: processes)
    }
    if let format, format != .markdown, FormatCatalog.entry(of: format) == nil {
        throw InterchangeError(
            code: .wrongFormat, operation: "import", path: path,
            message: "a folder cannot be read as \(format.rawValue)",
            hint: "Name the files, or import the folder as markdown.")
    }
    return try FolderReader(path, as: format, options, in: processes)
}

/// Opens a stream, such as standard input, or bytes in memory.
public func openSource(
    _ source: ByteSource, as format: SourceFormat? = nil, _ options: SourceOptions = .none
) throws(InterchangeError) -> any SourceReader {
    try openSource(source, as: format, options, in: nil)
}

package func openSource(
    _ source: ByteSource, as format: SourceFormat?, _ options: SourceOptions, in processes: ReaderProcesses?
) throws(InterchangeError) -> any SourceReader {
    let entry = try foreignEntry(of: source, as: format)
    if !options.fieldsByName.isEmpty, entry?.format != .csv {
        throw InterchangeError(
            code: .wrongFormat, operation: "import", path: source.name,
            message:
                "only the columns of a table can be given fields, and this is \(entry?.name ?? "no table")",
            hint: "Import it without naming fields for columns.")
    }
    if let entry {
        let isRecognised = format == nil ? true : entry.isRecognised(try SourceStart(source))
        let reader = try open(source, as: entry, options, in: processes)
        return isRecognised ? reader : NamedFormatReader(reader, of: source.name, as: entry)
    }
    // Before the encoding: some of these begin like UTF-16.
    if let foreign = ForeignFormat.binary(try source.peek(SourceLimits.recognitionBytes)) {
        throw foreign.refusal(of: source.name)
    }
    let mark = try ByteOrderMark.pass(source)
    let start = try source.peek(SourceLimits.recognitionBytes)
    let isWhole = start.count < SourceLimits.recognitionBytes
    if isWhole, start.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
        throw InterchangeError(
            code: .emptyFile, operation: "import", path: source.name, message: "the file is empty",
            hint: "Check that it was written to its end, then import it again.")
    }
    if BinaryContent.isLikely(start) {
        throw InterchangeError(
            code: .binaryFile, operation: "import", path: source.name,
            message: "the file is binary, not text",
            hint: "Import takes text, JSON and Markdown; of other files import the text.")
    }
    let layout =
        format.map { FormatRecognition.layout(of: start, as: $0) } ?? FormatRecognition.layout(of: start)
    if format == nil, layout == .text,
        let foreign = ForeignFormat.text(start, isWhole: isWhole) ?? ForeignFormat.named(source.name)
    {
        throw foreign.refusal(of: source.name)
    }
    let reader = makeReader(of: source, layout, start, byteOffset: mark.bytes)
    guard let encoding = mark.converted else { return reader }
    return ConvertedReader(reader, of: source.name, from: encoding)
}

/// In another process, or in this one.
func open(
    _ source: ByteSource, as entry: FormatEntry, _ options: SourceOptions, in processes: ReaderProcesses?
) throws(InterchangeError) -> any SourceReader {
    guard let processes else { return try entry.open(source, options) }
    if entry.format == .pdf { return try PDFReader(source, options, try processes.foundProgram()) }
    return try processes.open(entry, source, options)
}

/// The format of another program that a source has; nil for text, Markdown and plain JSON, and for what is unknown.
/// - Parameter format: as it was named by the user.
package func foreignEntry(
    of source: ByteSource, as format: SourceFormat?
) throws(InterchangeError) -> FormatEntry? {
    if let format {
        if [.text, .jsonl, .markdown].contains(format) { return nil }
        guard let entry = FormatCatalog.entry(of: format) else {
            throw InterchangeError(
                code: .unsupportedFormat, operation: "import", path: source.name,
                message: "\(format.rawValue) cannot be read yet", hint: "Export it as JSON Lines or Markdown."
            )
        }
        return entry
    }
    return FormatCatalog.recognise(try SourceStart(source))
}

extension SourceStart {
    fileprivate init(_ source: ByteSource) throws(InterchangeError) {
        let raw = try source.peek(SourceLimits.recognitionBytes)
        self.init(
            raw: raw, bytes: ByteOrderMark.text(of: raw), isWhole: raw.count < SourceLimits.recognitionBytes,
            name: source.name)
    }
}

private func makeReader(
    of source: ByteSource, _ layout: FormatRecognition.Layout, _ start: ArraySlice<UInt8>, byteOffset: Int
) -> any SourceReader {
    switch layout {
    case .text: return PlainTextReader(source, byteOffset: byteOffset)
    case .jsonLines: return JSONLinesReader(source, byteOffset: byteOffset)
    case .jsonArray: return JSONElementsReader(source, layout: .array, byteOffset: byteOffset)
    case .jsonObjects: return JSONElementsReader(source, layout: .sequence, byteOffset: byteOffset)
    case .jsonItems(let path):
        // A feed's ids are its own.
        let outline = JSONOutline(start.drop(while: ForeignFormat.isSpace))
        let feed = outline.text("feed_url").map { "feed:" + $0 }
        return JSONElementsReader(source, layout: .items(path), byteOffset: byteOffset, producer: feed)
    case .markdown: return MarkdownReader(source, byteOffset: byteOffset)
    }
}

/// Says first that what it reads was converted.
private struct ConvertedReader: SourceReader {
    private var reader: any SourceReader
    private var remark: SourceEvent?

    init(_ reader: any SourceReader, of name: String, from encoding: String) {
        self.reader = reader
        remark = .remark(
            SourcePlace(file: name, line: 1, byteOffset: 0), "it is \(encoding) and was converted to UTF-8")
    }

    var formatName: String { reader.formatName }
    var consumedBytes: Int? { reader.consumedBytes }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        if let event = remark {
            remark = nil
            return event
        }
        return try reader.next()
    }
}

/// A source of a format that the user named, and that does not look like it: an error where nothing in it can be read so.
private struct NamedFormatReader: SourceReader {
    private var reader: any SourceReader
    private let path: String
    private let format: String
    private var hasFound = false

    init(_ reader: any SourceReader, of path: String, as entry: FormatEntry) {
        (self.reader, self.path, format) = (reader, path, entry.name)
    }

    var formatName: String { reader.formatName }
    var consumedBytes: Int? { reader.consumedBytes }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        let event = try reader.next()
        switch event {
        case .remark: break
        case .item, .rejected: hasFound = true
        case nil where hasFound: break
        case nil:
            throw InterchangeError(
                code: .wrongFormat, operation: "import", path: path,
                message: "nothing in it can be read as \(format)",
                hint: "Leave out the format to have it recognised.")
        }
        return event
    }
}

/// Says first what of the source could not be read.
private struct ReaderBehindFaults: SourceReader {
    private var reader: any SourceReader
    private var faults: ArraySlice<SourceEvent>

    init(_ reader: any SourceReader, _ faults: [SourceEvent]) {
        (self.reader, self.faults) = (reader, faults[...])
    }

    var formatName: String { reader.formatName }
    var consumedBytes: Int? { reader.consumedBytes }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        if let fault = faults.popFirst() { return fault }
        return try reader.next()
    }
}
