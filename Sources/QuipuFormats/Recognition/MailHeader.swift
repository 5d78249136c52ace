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
}
