internal import QuipuNaturalKeys

/// What a message says, and what came with it.
struct MailContent {
    static let maximumAttachments = 200
    static let maximumAttachedBytes = 2 * SourceLimits.maximumFileBytes

    private(set) var text = ""
    private(set) var isHTML = false
    private(set) var files: [MIMEPart] = []
    /// What was left out, for the report.
    private(set) var leftOut = 0
    /// Encodings that texts say they have, and nobody knows.
    private(set) var unknownCharsets: [String] = []
    private var parts = 0

    init(_ message: MIMEPart) {
        text = read(message, depth: 0)?.text ?? ""
    }

    /// The text of a part; what is no text of the message is put among the files.
    private mutating func read(_ part: MIMEPart, depth: Int) -> (text: String, isHTML: Bool)? {
        parts += 1
        guard depth < MIMEPart.maximumDepth, parts <= MIMEPart.maximumParts else {
            leftOut += 1
            return nil
        }
        guard part.isMultipart else {
            guard part.isInlineText else {
                if files.count < Self.maximumAttachments { files.append(part) } else { leftOut += 1 }
                return nil
            }
            if let charset = part.unknownCharset, !unknownCharsets.contains(charset),
                unknownCharsets.count < 8
            {
                unknownCharsets.append(charset)
            }
            if part.mediaType == "text/html" {
                isHTML = true
                return (ReadingText.fromHTML(part.text, base: nil), true)
            }
            return (Self.reflowed(part), false)
        }
        var texts: [(text: String, isHTML: Bool)] = []
        for inner in part.parts {
            if let found = read(inner, depth: depth + 1), !SourceValue.isBlank(found.text) {
                texts.append(found)
            }
        }
        if part.mediaType == "multipart/alternative" { return texts.first { !$0.isHTML } ?? texts.last }
        if texts.isEmpty { return nil }
        return (
            texts.map { WhiteSpace.trimmed($0.text) }.joined(separator: "\n\n"),
            texts.contains(where: \.isHTML)
        )
    }

    /// `format=flowed` (RFC 3676): a line that ends with a space goes on in the next one.
    private static func reflowed(_ part: MIMEPart) -> String {
        let text = part.text
        guard part.fields.parameter("format", of: "content-type")?.lowercased() == "flowed" else {
            return text
        }
        let deletesSpace = part.fields.parameter("delsp", of: "content-type")?.lowercased() == "yes"
        var out = ""
        var isOpen = false
        var depthBefore = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let depth = line.prefix { $0 == ">" }.count
            var content = line.dropFirst(depth)
            if content.first == " " { content = content.dropFirst() }
            let isSignature = content == "-- "
            if isOpen, depth == depthBefore, !isSignature {
                out += content
            } else {
                if !out.isEmpty || isOpen { out += "\n" }
                out += depth > 0 ? String(repeating: ">", count: depth) + " " + content : String(content)
            }
            isOpen = content.last == " " && !isSignature
            if isOpen, deletesSpace { out.removeLast() }
            depthBefore = depth
        }
        return out
    }
}
