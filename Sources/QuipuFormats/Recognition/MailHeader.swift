internal import QuipuNaturalKeys

/// Mail by its header (RFC 5322). A memo that somebody typed may have From, To and Subject as well; only programs write
/// the rest.
enum MailHeader {
    private static let ofPrograms: Set<String> = [
        "message-id", "received", "return-path", "mime-version", "delivered-to", "content-transfer-encoding",
        "x-mailer", "user-agent", "dkim-signature", "received-spf", "authentication-results",
    ]
    private static let maximumLines = 200

    static func isMail(_ content: ArraySlice<UInt8>) -> Bool {
        var names: Set<String> = []
        var start = content.startIndex
        for _ in 0..<maximumLines {
            guard let line = FrontMatter.line(content, from: start) else { break }
            start = line.next
            let bytes = content[line.content]
            if bytes.allSatisfy(ForeignFormat.isSpace) { break }
            // A field goes on with white space.
            if ForeignFormat.isSpace(bytes[bytes.startIndex]) { continue }
            let name = bytes.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            guard !name.isEmpty, bytes.dropFirst(name.count).first == UInt8(ascii: ":") else { break }
            names.insert(String(decoding: name.map(ASCII.lowercased), as: UTF8.self))
        }
        return !names.isDisjoint(with: ofPrograms) && names.contains("from")
            && !names.isDisjoint(with: ["to", "date", "subject"])
    }

    /// `From ana@example.org Mon May  6 07:08:09 2024`, and a header below.
    static func isMailbox(_ content: ArraySlice<UInt8>) -> Bool {
        guard content.starts(with: "From ".utf8),
            let first = FrontMatter.line(content, from: content.startIndex),
            let second = FrontMatter.line(content, from: first.next)
        else { return false }
        let words = content[first.content].split(separator: 0x20)
        let hasTime = words.contains { $0.count { $0 == UInt8(ascii: ":") } == 2 }
        let next = content[second.content]
        let name = next.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        return hasTime && !name.isEmpty && next.dropFirst(name.count).first == UInt8(ascii: ":")
    }

    /// What no browser writes, and all mail has one of.
    private static let ofSentMail = [
        "to", "cc", "message-id", "received", "return-path", "delivered-to", "reply-to", "newsgroups",
        "in-reply-to",
        "list-id",
    ]

    /// Whether it begins as a page with its files does (MHTML, RFC 2557): mail has the same form, and somebody whom it is to.
    static func isSavedPage(_ content: ArraySlice<UInt8>) -> Bool {
        guard let first = content.first, ASCII.isLetter(first) else { return false }
        let fields = HeaderFields.read(content.prefix(16 << 10)).fields
        if fields.bytes("snapshot-content-location") != nil { return true }
        guard fields.bytes("mime-version") != nil, !ofSentMail.contains(where: { fields.bytes($0) != nil })
        else {
            return false
        }
        switch fields.mediaType() {
        case "multipart/related": return true
        case "text/html", "application/xhtml+xml": return fields.bytes("content-location") != nil
        default: return false
        }
    }
}
