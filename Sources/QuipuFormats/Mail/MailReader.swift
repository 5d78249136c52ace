internal import QuipuNaturalKeys

/// A message (.eml), or a mailbox: messages after one another, each behind a line that begins with `From ` (RFC 4155).
struct MailReader: SourceReader {
    private let source: ByteSource
    private let isMailbox: Bool
    private var lines: LineReader
    private var message: [UInt8] = []
    private var number = 0
    private var separator: SourcePlace?
    private var isAtEnd = false
    private var waiting: [SourceEvent] = []
    let formatName: String

    private static let maximumBytes = SourceLimits.maximumFileBytes

    init(_ source: ByteSource) throws(InterchangeError) {
        self.source = source
        let mark = try source.peek(3)
        var offset = 0
        if mark.starts(with: [0xEF, 0xBB, 0xBF]) {
            source.skip(3)
            offset = 3
        }
        isMailbox = try source.peek(5).starts(with: "From ".utf8)
        formatName = isMailbox ? "a mailbox (mbox)" : "a mail message"
        lines = LineReader(source, ends: .lineFeeds, byteOffset: offset)
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while waiting.isEmpty, !isAtEnd { try readMessage() }
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    private mutating func readMessage() throws(InterchangeError) {
        message.removeAll(keepingCapacity: message.capacity <= 1 << 20)
        var place = separator
        separator = nil
        var isTooLong = false
        // The first message has nothing before it.
        var isBehindBlank = number == 0
        while true {
            guard let line = try lines.next() else {
                isAtEnd = true
                break
            }
            var bytes = lines.buffer[line.range]
            let here = SourcePlace(file: source.name, line: line.number, byteOffset: line.byteOffset)
            if isMailbox, isBehindBlank, !line.isTooLong, Self.isSeparator(bytes) {
                isBehindBlank = false
                if place != nil || !message.isEmpty {
                    separator = here
                    break
                }
                place = here
                continue
            }
            isBehindBlank = bytes.isEmpty && !line.isTooLong
            if place == nil, message.isEmpty {
                if isBehindBlank { continue }
                place = here
            }
            if isMailbox, Self.isQuoted(bytes) { bytes = bytes.dropFirst() }
            isTooLong = isTooLong || line.isTooLong || message.count + bytes.count > Self.maximumBytes
            if isTooLong {
                message = []
            } else {
                message += bytes
                message.append(0x0A)
            }
        }
        guard let place else { return }
        number += 1
        guard source.admits(record: number, at: place) else { return }
        if isTooLong {
            waiting = [.rejected(place, reason: "the message is longer than \(Self.maximumBytes) bytes")]
        } else if message.allSatisfy(ForeignFormat.isSpace) {
            waiting = [.rejected(place, reason: "the message is empty")]
        } else {
            waiting = MailMessage(message[...], number: number, place: place).events()
        }
    }

    /// `From ana@example.org Mon May  6 07:08:09 2024`: a line of prose has no time of day in it.
    private static func isSeparator(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "From ".utf8), line.count < 512 else { return false }
        return line.split(separator: 0x20).contains { word in
            word.count { $0 == UInt8(ascii: ":") } >= 1 && word.first.map(ASCII.isDigit) == true
        }
    }

    /// `>From `, which stood without the `>` in the message.
    private static func isQuoted(_ line: ArraySlice<UInt8>) -> Bool {
        line.first == UInt8(ascii: ">") && line.drop { $0 == UInt8(ascii: ">") }.starts(with: "From ".utf8)
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        let content = start.content
        // A saved page has the form of a message.
        if MailHeader.isSavedPage(content) { return false }
        return MailHeader.isMail(content) || MailHeader.isMailbox(content) || isNamedSo(start)
    }

    /// A header that could be somebody's memo, in a file that is named like a message.
    private static func isNamedSo(_ start: SourceStart) -> Bool {
        let name = start.name.lowercased()
        guard name.hasSuffix(".eml") || name.hasSuffix(".mbox") else { return false }
        let fields = HeaderFields.read(start.content.prefix(16 << 10)).fields
        return ["from", "to", "subject", "date"].count { fields.bytes($0) != nil } >= 2
    }
}

extension FormatEntry {
    static let mail = FormatEntry(
        .mail, name: "mail (.eml, mbox)",
        fields: [
            ("title", ["Subject"]), ("author", ["From"]), ("date", ["Date"]),
            ("body", ["text/plain", "text/html"]),
            ("url", ["Archived-At"]), ("tags", ["X-Gmail-Labels", "Keywords"]), ("id", ["Message-ID"]),
            ("language", ["Content-Language"]),
        ],
        isRecognised: MailReader.isRecognised,
        open: { (source, _) throws(InterchangeError) in try MailReader(source) })
}
