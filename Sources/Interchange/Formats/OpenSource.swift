/// Opens a file or folder for import, recognising its format unless one is named.
///
/// Throws for what is unusable as a whole: no such file, unreadable, empty, binary, not UTF-8 by its byte
/// order mark, a folder under a format that has none.
public func openSource(
    at path: String, as format: SourceFormat? = nil
) throws(InterchangeError) -> any SourceReader {
    guard FileOpening.isFolder(path) else { return try openSource(ByteSource(path: path), as: format) }
    if let format, format != .markdown {
        throw InterchangeError(
            code: .wrongFormat, operation: "import", path: path,
            message: "a folder cannot be read as \(format.rawValue)",
            hint: "Name the files, or import the folder as markdown.")
    }
    return try MarkdownReader(folder: path)
}

/// Opens a stream, such as standard input, or bytes in memory.
public func openSource(
    _ source: ByteSource, as format: SourceFormat? = nil
) throws(InterchangeError) -> any SourceReader {
    let mark = try ByteOrderMark.pass(source)
    let start = try source.peek(SourceLimits.recognitionBytes)
    if start.count < SourceLimits.recognitionBytes,
        start.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) })
    {
        throw InterchangeError(
            code: .emptyFile, operation: "import", path: source.name, message: "the file is empty",
            hint: "Check that it was written to its end, then import it again.")
    }
    if BinaryContent.isLikely(start) {
        throw InterchangeError(
            code: .binaryFile, operation: "import", path: source.name,
            message: "the file is binary, not text",
            hint: "Import takes text, JSON Lines and Markdown; of other files import the text.")
    }
    let layout =
        format.map { FormatRecognition.layout(of: start, as: $0) } ?? FormatRecognition.layout(of: start)
    switch layout {
    case .text: return PlainTextReader(source, byteOffset: mark)
    case .jsonLines: return JSONLinesReader(source, byteOffset: mark)
    case .jsonArray: return JSONElementsReader(source, layout: .array, byteOffset: mark)
    case .jsonObjects: return JSONElementsReader(source, layout: .sequence, byteOffset: mark)
    case .markdown: return MarkdownReader(source, byteOffset: mark)
    }
}
