internal import QuipuNaturalKeys

/// Cuts a BibTeX file into entries, one in memory at a time. What stands between entries is a comment.
///
/// An entry ends where its brackets do. One whose brackets never close ends where a line begins the next, so that it
/// loses only itself.
struct BibTeXScanner {
    struct Entry {
        /// In small letters.
        let type: String
        /// From behind the opening bracket to before the closing one.
        let content: ArraySlice<UInt8>
        let isClosed: Bool
        let place: SourcePlace
    }

    enum Piece {
        case entry(Entry)
        case rejected(SourcePlace, String)
        /// A comment between entries, one line of it.
        case comment(ArraySlice<UInt8>)
    }

    private let name: String
    private var lines: LineReader
    private var raw: [UInt8] = []
    private var place: SourcePlace?
    /// Of a line that was read and not used yet.
    private var rest: (bytes: [UInt8], place: SourcePlace)?
    private var bracket = BracketCount()
    private var isTooLong = false
    private var isFinished = false

    init(_ source: ByteSource, byteOffset: Int) {
        name = source.name
        lines = LineReader(source, ends: .any, byteOffset: byteOffset)
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while true {
            guard let (bytes, linePlace) = try nextLine() else {
                if isFinished { return nil }
                isFinished = true
                return place == nil ? nil : close(isClosed: false, content: raw[...])
            }
            if place == nil {
                // Only an @ that a type and a bracket follow begins an entry; in a line of a comment it may stand later.
                guard let at = Self.entryStart(bytes) else {
                    if !bytes.isEmpty { return .comment(bytes[...]) }
                    continue
                }
                begin(at: linePlace, bytes[at...])
            } else if Self.beginsEntry(bytes[...]), !isComment {
                rest = (bytes, linePlace)
                return close(isClosed: false, content: raw[...])
            } else {
                take(bytes[...])
            }
            if let end = bracket.end {
                let tail = Array(raw[(end + 1)...])
                if tail.contains(where: { $0 > 0x20 }) { rest = (tail, linePlace) }
                return close(isClosed: true, content: raw[..<end])
            }
        }
    }

    private mutating func nextLine() throws(InterchangeError) -> (bytes: [UInt8], place: SourcePlace)? {
        if let line = rest {
            rest = nil
            return line
        }
        while let line = try lines.next() {
            let place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            if line.isTooLong {
                if self.place != nil { isTooLong = true }
                continue
            }
            return (Array(lines.buffer[line.range]), place)
        }
        return nil
    }

    private mutating func begin(at place: SourcePlace, _ bytes: ArraySlice<UInt8>) {
        self.place = place
        raw.removeAll(keepingCapacity: raw.capacity <= LineReader.blockBytes)
        (bracket, isTooLong) = (BracketCount(), false)
        take(bytes)
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        if raw.count + bytes.count > SourceLimits.maximumLineBytes { isTooLong = true }
        let from = raw.count
        // What is too long is passed over to its end, with its brackets counted.
        if isTooLong { raw.removeAll(keepingCapacity: true) }
        raw += bytes
        raw.append(0x0A)
        bracket.count(raw, from: isTooLong ? 0 : from)
    }

    private var isComment: Bool { raw.prefix(9).map(ASCII.lowercased).elementsEqual("@comment{".utf8) }

    private mutating func close(isClosed: Bool, content: ArraySlice<UInt8>) -> Piece {
        let place = place ?? SourcePlace(file: name, line: 1, byteOffset: 0)
        self.place = nil
        if isTooLong { return .rejected(place, "the entry is longer than \(SourceLimits.maximumLineBytes) bytes") }
        let type = content.dropFirst().prefix(while: Self.isOfType)
        let body = content[type.endIndex...].drop(while: ForeignFormat.isSpace).dropFirst()
        return .entry(
            Entry(
                type: String(decoding: type.map(ASCII.lowercased), as: UTF8.self), content: Array(body)[...],
                isClosed: isClosed, place: place))
    }

    /// `article`, `web_page`.
    private static func isOfType(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// The `@` of an entry in a line.
    private static func entryStart(_ line: [UInt8]) -> Int? {
        var index = line.startIndex
        while let at = line[index...].firstIndex(of: UInt8(ascii: "@")) {
            let type = line[(at + 1)...].prefix(while: isOfType)
            let rest = line[type.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
            // The bracket may stand in the next line; then the line holds nothing else.
            if !type.isEmpty, "{(".utf8.contains(rest.first ?? (line[..<at].allSatisfy { $0 <= 0x20 } ? 0x7B : 0)) { return at }
            index = at + 1
        }
        return nil
    }

    /// `@article{key,` at the beginning of a line.
    private static func beginsEntry(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "@") else { return false }
        let type = line.dropFirst().prefix(while: isOfType)
        let rest = line[type.endIndex...].drop { $0 == 0x20 }
        guard !type.isEmpty, let open = rest.first, "{(".utf8.contains(open) else { return false }
        let name = String(decoding: type.map(ASCII.lowercased), as: UTF8.self)
        if ["string", "comment", "preamble"].contains(name) { return true }
        let key = rest.dropFirst().prefix { $0 != UInt8(ascii: ",") }
        return key.count < rest.count - 1 && !key.contains { "{}=\" ".utf8.contains($0) }
    }
}

/// Counts the brackets of one entry, as BibTeX does: a backslash protects none, in quotation marks they count as well.
private struct BracketCount {
    private var depth = 0
    private var isRound = false
    private var hasBegun = false
    private var isQuoted = false
    /// Where the bracket stands that closes the entry.
    private(set) var end: Int?

    mutating func count(_ bytes: [UInt8], from start: Int) {
        for index in start..<bytes.count where end == nil {
            let byte = bytes[index]
            guard hasBegun else {
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "(") {
                    (hasBegun, isRound) = (true, byte == UInt8(ascii: "("))
                    depth = isRound ? 0 : 1
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0, !isRound { end = index }
                if depth < 0 { (depth, end) = (0, isRound ? nil : index) }
            case UInt8(ascii: "\"") where isRound && depth == 0: isQuoted.toggle()
            case UInt8(ascii: ")") where isRound && depth == 0 && !isQuoted: end = index
            default: break
            }
        }
    }
}
