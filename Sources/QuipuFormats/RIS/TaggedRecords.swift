internal import QuipuNaturalKeys

/// Cuts a source of tagged lines into records, one in memory at a time.
struct TaggedRecords {
    enum Piece {
        case record(TaggedRecord)
        case rejected(SourcePlace, String)
    }

    private let dialect: TaggedDialect
    private let name: String
    private var lines: LineReader
    private var current: TaggedRecord?
    private var sizeBytes = 0
    /// Of EndNote's form, whether the record has a title yet.
    private var hasTitle = false
    /// The record is too long, or has a line that is.
    private var fault: String?
    private var isAfterBlankLine = true
    private var isFinished = false
    private var isLastLineWhole = true
    /// `TY - JOUR`, with one space.
    private var isLoose = false
    private(set) var isConverted = false

    init(_ source: ByteSource, _ dialect: TaggedDialect, byteOffset: Int) {
        self.dialect = dialect
        name = source.name
        lines = LineReader(source, ends: .any, byteOffset: byteOffset)
    }

    mutating func next() throws(InterchangeError) -> Piece? {
        while !isFinished {
            guard let line = try lines.next() else {
                isFinished = true
                current?.endsSource = true
                // The last line is cut in two: half an address, or half a title, would be taken for a whole one.
                if dialect == .ris, current != nil, !isLastLineWhole, fault == nil {
                    fault =
                        "the file ends inside this record, which has no line `ER`, so it was left out: the file is cut off"
                }
                return finish()
            }
            isLastLineWhole = line.endBytes > 0
            let place = SourcePlace(file: name, line: line.number, byteOffset: line.byteOffset)
            if line.isTooLong {
                fault = "it has a line longer than \(lines.maximumLineBytes) bytes"
                continue
            }
            let bytes = lines.buffer[line.range]
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                isAfterBlankLine = true
                appendBlankLine()
                continue
            }
            let wasBlank = isAfterBlankLine
            isAfterBlankLine = false
            // A byte order mark of a file that was put behind another one.
            let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
            let content = dialect == .ris ? marked.drop { $0 == 0x20 || $0 == 0x09 } : marked
            guard
                let (tag, offset) = dialect.tag(content, isLoose: isLoose)
                    ?? dialect.tag(marked, isLoose: isLoose)
            else {
                append(marked)
                continue
            }
            if tag == "TY" { isLoose = content.dropFirst(3).first == UInt8(ascii: "-") }
            let value = decode(content.dropFirst(offset))
            let isFirst = begins(tag, wasBlank)
            let done = isFirst ? finish() : nil
            if isFirst {
                current = TaggedRecord(place: place)
                hasTitle = false
            }
            if dialect == .ris, tag == "ER" {
                current?.isClosed = true
                if let closed = finish() { return closed }
                continue
            }
            if current != nil { add(tag, value) }
            if let done { return done }
        }
        return nil
    }

    /// Whether a tag opens a record.
    private func begins(_ tag: String, _ isAfterBlankLine: Bool) -> Bool {
        switch dialect {
        case .ris: tag == "TY"
        case .medline: tag == "PMID" || current == nil || isAfterBlankLine
        case .endNote: tag == "%0" || current == nil || isAfterBlankLine && hasTitle
        }
    }

    private mutating func add(_ tag: String, _ value: String) {
        grow(value.utf8.count + 32)
        if tag == "%T" { hasTitle = true }
        if fault == nil { current?.fields.append(.init(tag: tag, value: value)) }
    }

    private mutating func grow(_ bytes: Int) {
        sizeBytes += bytes
        if sizeBytes > SourceLimits.maximumLineBytes {
            fault = "it is longer than \(SourceLimits.maximumLineBytes) bytes"
            current?.fields.removeAll()
        }
    }

    private mutating func append(_ line: ArraySlice<UInt8>) {
        guard let last = current?.fields.indices.last else { return }
        let text = decode(line)
        grow(text.utf8.count + 1)
        if fault == nil { current?.fields[last].value += "\n" + WhiteSpace.trimmed(text) }
    }

    /// A blank line parts paragraphs where the field goes on behind it.
    private mutating func appendBlankLine() {
        guard dialect != .medline, let last = current?.fields.indices.last else { return }
        grow(1)
        if fault == nil { current?.fields[last].value += "\n" }
    }

    private mutating func finish() -> Piece? {
        defer { (current, sizeBytes, fault) = (nil, 0, nil) }
        guard let record = current else { return nil }
        if let fault { return .rejected(record.place, fault) }
        return .record(record)
    }

    private mutating func decode(_ bytes: ArraySlice<UInt8>) -> String {
        let (text, converted) = LegacyText.decode(bytes)
        if converted { isConverted = true }
        return WhiteSpace.trimmed(text)
    }
}
