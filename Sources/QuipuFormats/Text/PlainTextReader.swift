internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Plain text: paragraphs, separated by blank lines, each an article. The body is the paragraph as it stands, with line feeds
/// for line ends, outer white space trimmed; the title is derived from it.
public struct PlainTextReader: SourceReader {
    private let name: String
    private var lines: LineReader
    private var paragraph: [UInt8] = []
    private let maximumBytes: Int
    public let formatName = "plain text, an article a paragraph"

    /// `byteOffset` is how much of the file was passed over before (a byte order mark).
    init(_ source: ByteSource, byteOffset: Int = 0, maximumBytes: Int = SourceLimits.maximumLineBytes) {
        name = source.name
        self.maximumBytes = maximumBytes
        lines = LineReader(source, ends: .any, byteOffset: byteOffset, maximumLineBytes: maximumBytes)
    }

    public mutating func next() throws(InterchangeError) -> SourceEvent? {
        paragraph.removeAll(keepingCapacity: paragraph.capacity <= LineReader.blockBytes)
        var place: SourcePlace?
        var isTooLong = false
        while let line = try lines.next() {
            let bytes = lines.buffer[line.range]
            if !line.isTooLong, PlainTextReader.isBlank(bytes) {
                if place == nil { continue }
                break
            }
            if place == nil {
                place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            }
            isTooLong = isTooLong || line.isTooLong || paragraph.count + bytes.count > maximumBytes
            if isTooLong {
                paragraph = []
            } else {
                paragraph.append(
                    contentsOf: lines.buffer[line.range.lowerBound..<(line.range.upperBound + line.endBytes)])
            }
        }
        guard let place else { return nil }
        do throws(Rejection) {
            if isTooLong { throw Rejection("the paragraph is longer than \(maximumBytes) bytes") }
            return .item(try item(at: place))
        } catch {
            return error.event(at: place)
        }
    }

    private func item(at place: SourcePlace) throws(Rejection) -> SourceItem {
        let text = try SourceText.decode(paragraph[...])
        let body = LineEnds.unified(WhiteSpace.trimmed(text))
        var fields = FieldSet()
        try fields.add("body", .string(body))
        if let title = DerivedTitle.firstSentence(body) {
            try fields.add("title", .string(title))
            try fields.add("derived/title", true)
        }
        return SourceItem(place: place, fields: try fields.sorted())
    }

    /// Nothing but white space, that of other scripts included.
    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        for (index, byte) in line.enumerated() {
            switch byte {
            case 0x20, 0x09...0x0D: continue
            case 0xC2, 0xE1, 0xE2, 0xE3:
                // Perhaps a space of another kind; lines of such are short.
                let rest = line.dropFirst(index)
                return rest.count <= 256
                    && String(decoding: rest, as: UTF8.self).unicodeScalars.allSatisfy(WhiteSpace.contains)
            default: return false
            }
        }
        return true
    }
}
