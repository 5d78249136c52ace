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
    }

    private let name: String
    private var lines: LineReader
    /// The line that is being read, and how far.
    private var line: [UInt8] = []
    private var index = 0
    private var linePlace: SourcePlace
    /// The entry that is open.
    private var raw: [UInt8] = []
    private var place: SourcePlace?
    private var bracket = BracketCount()
    private var isTooLong = false
    private var isAtEnd = false

    init(_ source: ByteSource, byteOffset: Int) {
        name = source.name
        linePlace = SourcePlace(file: source.name, line: 1, byteOffset: byteOffset)
        lines = LineReader(source, ends: .any, byteOffset: byteOffset)
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while true {
            if index == line.count, try !readLine() {
                if isAtEnd { return nil }
                isAtEnd = true
                return place == nil ? nil : close(isClosed: false)
            }
            if place == nil {
                // Only an @ that a type and a bracket follow begins an entry; in a line of a comment it may stand later.
                guard let at = Self.entryStart(line, from: index) else {
                    index = line.count
                    continue
                }
                index = at
                begin()
            } else if index == 0, Self.beginsEntry(line[...]), !isComment {
                return close(isClosed: false)
            }
            let end = bracket.end(in: line, from: index)
            take(line[index..<(end ?? line.count)])
            if let end {
                index = end + 1
                return close(isClosed: true)
            }
            index = line.count
            if !isTooLong { raw.append(0x0A) }
        }
    }

    /// - Returns: false at the end.
    private mutating func readLine() throws(InterchangeError) -> Bool {
        while let next = try lines.next() {
            linePlace = SourcePlace(file: name, line: next.number, byteOffset: next.byteOffset)
            if next.isTooLong {
                if place != nil { isTooLong = true }
                continue
            }
            line = Array(lines.buffer[next.range])
            index = 0
            if !line.isEmpty { return true }
            if place != nil, !isTooLong { raw.append(0x0A) }
        }
        return false
    }

    private mutating func begin() {
        place = linePlace
        raw.removeAll(keepingCapacity: raw.capacity <= LineReader.blockBytes)
        (bracket, isTooLong) = (BracketCount(), false)
    }

    /// What is too long is passed over to its end, with its brackets counted.
    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        if raw.count + bytes.count > SourceLimits.maximumLineBytes { isTooLong = true }
        if isTooLong { raw.removeAll() } else { raw += bytes }
    }

    private var isComment: Bool { raw.prefix(9).map(ASCII.lowercased).elementsEqual("@comment{".utf8) }

    private mutating func close(isClosed: Bool) -> Piece {
        let place = place ?? SourcePlace(file: name, line: 1, byteOffset: 0)
        self.place = nil
        if isTooLong { return .rejected(place, "the entry is longer than \(SourceLimits.maximumLineBytes) bytes") }
        let type = raw.dropFirst().prefix(while: Self.isOfType)
        let body = raw[type.endIndex...].drop(while: ForeignFormat.isSpace).dropFirst()
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
    private static func entryStart(_ line: [UInt8], from start: Int) -> Int? {
        var index = start
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
    /// Where in the line the bracket stands that closes the entry; nil where none does.
    mutating func end(in line: [UInt8], from start: Int) -> Int? {
        for index in start..<line.count {
            let byte = line[index]
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
                if depth <= 0, !isRound { return index }
                depth = max(0, depth)
            case UInt8(ascii: "\"") where isRound && depth == 0: isQuoted.toggle()
            case UInt8(ascii: ")") where isRound && depth == 0 && !isQuoted: return index
            default: break
            }
        }
        return nil
    }
}
