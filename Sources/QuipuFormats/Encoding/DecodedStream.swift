/// A source as UTF-8, a chunk at a time, whatever encoding its beginning declares or shows.
struct DecodedStream {
    static let chunkBytes = 64 << 10

    private enum Encoding {
        case utf8(UTF8Repair)
        case windows1252
        case other(EncodingConverter)
    }

    private let source: ByteSource
    private var encoding: Encoding
    private var isAtEnd = false
    /// What the source is, where it is not UTF-8.
    private let converted: String?

    /// - Parameter declaration: where the source says its encoding.
    /// - Throws: where it cannot be read, or is UTF-32.
    init(
        _ source: ByteSource, as declaration: TextEncoding.Declaration
    ) throws(InterchangeError) {
        self.source = source
        let mark = try ByteOrderMark.pass(source)
        if mark.bytes > 0 || mark.converted != nil {
            (encoding, converted) = (.utf8(UTF8Repair()), mark.converted)
            return
        }
        let start = try source.peek(SourceLimits.recognitionBytes)
        let label = EncodingLabel.declared(start.prefix(EncodingLabel.lookBytes), declaration)
        let name = label.flatMap(EncodingLabel.name) ?? "UTF-8"
        // One character may be cut at the end of what is looked at.
        let isUTF8 = (0..<4).contains { TextEncoding.isUTF8(start.dropLast($0)) }
        let isMostlyUTF8 = TextEncoding.hasUTF8Sequences(start)
        if name == "windows-1252" || !isUTF8 && !isMostlyUTF8 && name.hasPrefix("UTF-") {
            (encoding, converted) = (.windows1252, "windows-1252")
        } else if name.hasPrefix("UTF-") || isUTF8 && isMostlyUTF8 {
            (encoding, converted) = (.utf8(UTF8Repair()), nil)
        } else if let converter = EncodingConverter(from: name) {
            (encoding, converted) = (.other(converter), name)
        } else {
            (encoding, converted) = (.windows1252, "windows-1252")
        }
    }

    /// Empty at the end.
    mutating func next() throws(InterchangeError) -> [UInt8] {
        while !isAtEnd {
            var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
            let got = try chunk.withUnsafeMutableBufferPointer { (buffer) throws(InterchangeError) in
                try source.read(into: buffer)
            }
            isAtEnd = got == 0
            let text = decode(chunk[..<got])
            if !text.isEmpty { return text }
        }
        return []
    }

    private mutating func decode(_ chunk: ArraySlice<UInt8>) -> [UInt8] {
        switch encoding {
        case .utf8(var repair):
            let text = repair.append(chunk, isLast: isAtEnd)
            encoding = .utf8(repair)
            return text
        case .windows1252: return Windows1252.decode(chunk)
        case .other(let converter): return converter.convert(chunk, isLast: isAtEnd)
        }
    }

    /// What a report says of it, once all is read; nil where there is nothing to say.
    var remark: String? {
        let wrong: Int
        switch encoding {
        case .utf8(let repair): wrong = repair.wrongBytes
        case .windows1252: wrong = 0
        case .other(let converter): wrong = converter.wrongBytes
        }
        return TextEncoding.Decoded(utf8: [], converted: converted, wrongBytes: wrong).remark
    }
}
