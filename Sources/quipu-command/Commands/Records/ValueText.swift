internal import Quipu

/// A field's value for people, harmless to print.
enum ValueText {
    /// What stands for a value whose text has been dropped or is not here yet.
    static let missing = "(the text is not here)"

    /// What stands for a value whose text is on a mirror: `text waits at origin (12 KB)`.
    static func waiting(_ text: WaitingText) -> String {
        let size = text.sizeBytes.map { " (\(SizeText.of(bytes: $0)))" } ?? ""
        guard let remote = text.remote else {
            return size.isEmpty ? missing : "text waits on a mirror\(size)"
        }
        return "text waits at \(TerminalSanitizer.line(remote))\(size)"
    }

    /// Text as it is, lists with commas, other values as JSON; paragraphs kept.
    static func paragraphs(_ json: [UInt8]?) -> String {
        guard let json else { return missing }
        return TerminalSanitizer.paragraphs(plain(json))
    }

    /// On one line.
    static func line(_ json: [UInt8]?) -> String {
        guard let json else { return missing }
        return TerminalSanitizer.line(plain(json))
    }

    /// On one line, text in quotation marks, cut to so many columns.
    static func quoted(_ json: [UInt8]?, columns: Int) -> String {
        guard let json else { return missing }
        let isText = json.first == UInt8(ascii: "\"")
        let cut = DisplayWidth.cut(line(json), to: columns)
        return isText ? "“\(cut)”" : cut
    }

    private static func plain(_ json: [UInt8]) -> String {
        guard let first = json.first, [UInt8(ascii: "\""), UInt8(ascii: "[")].contains(first) else {
            return String(decoding: json, as: UTF8.self)
        }
        switch Value(json: json) {
        case .string(let text): return text
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            if texts.count == elements.count { return texts.joined(separator: ", ") }
        default: break
        }
        return String(decoding: json, as: UTF8.self)
    }
}
