/// A WARC file, compressed record by record or as a whole, or not; also ARC.
struct WARCReader: SourceReader {
    private var captures: CaptureReader
    let formatName: String

    init(_ source: ByteSource, _ options: SourceOptions) throws(InterchangeError) {
        let start = try source.peek(2)
        let isCompressed = start.starts(with: [0x1F, 0x8B])
        formatName = isCompressed ? "a compressed web archive (WARC)" : "a web archive (WARC)"
        captures = try CaptureReader(
            SourceStream(source), isCompressed: isCompressed, file: source.name, list: nil, options,
            source: source)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? { try captures.next() }

    static func isRecognised(_ start: SourceStart) -> Bool {
        if isStart(start.raw) { return true }
        guard start.raw.starts(with: [0x1F, 0x8B, 0x08]), let library = ZlibLibrary.loaded,
            let (bytes, _) = Inflater.expand(start.raw.prefix(16 << 10), .gzip, library, maximumBytes: 64)
        else { return false }
        return isStart(bytes[...])
    }

    private static func isStart(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: "WARC/0.".utf8) || bytes.starts(with: "WARC/1.".utf8)
            || bytes.starts(with: "filedesc://".utf8)
    }
}

extension FormatEntry {
    static let warc = FormatEntry(
        .warc, name: "a web archive (WARC)",
        fields: [
            ("url", ["WARC-Target-URI"]), ("title", ["<title>"]), ("body", ["the page's text"]),
            ("date", ["the page's date"]),
        ],
        isRecognised: WARCReader.isRecognised,
        open: { (source, options) throws(InterchangeError) in try WARCReader(source, options) })
}
