internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Front matter that is almost YAML, key by key: a colon in a title, `@`, `{{date}}`, `[#tag]`, a key twice, an anchor.
///
/// Each key is read as YAML of its own, with the lines that belong to it; what is not YAML is kept as text.
/// Lines that belong to no key are lost to the fields, and named.
struct LooseFrontMatter {
    private(set) var members: [JSONMember] = []
    private(set) var lost: [LostLine] = []
    private var anchors: [String: JSONValue] = [:]

    init(_ yaml: ArraySlice<UInt8>) {
        var block: (name: String, first: ArraySlice<UInt8>, rest: [ArraySlice<UInt8>])?
        var start = yaml.startIndex
        var number = 0
        while let line = FrontMatter.line(yaml, from: start) {
            var content = yaml[line.content]
            if content.last == 0x0D { content.removeLast() }
            if let key = MatterLine.key(of: content) {
                if let block { take(block) }
                block = (key.name, key.value, [])
            } else if content.allSatisfy(MatterLine.isSpace) || content.first == UInt8(ascii: "#") {
                block?.rest.append([])
            } else if block != nil, MatterLine.isContinuation(content) {
                block?.rest.append(content)
            } else {
                lost.append(LostLine(number: number, content))
            }
            start = line.next
            number += 1
        }
        if let block { take(block) }
    }

    private mutating func take(_ block: (name: String, first: ArraySlice<UInt8>, rest: [ArraySlice<UInt8>])) {
        // Under a name that needs no care of its own.
        var text = Array("value:".utf8) + [0x20] + block.first + [0x0A]
        for line in block.rest {
            let tabs = line.prefix { $0 == 0x09 || $0 == 0x20 }
            text += [UInt8](repeating: 0x20, count: tabs.reduce(0) { $0 + ($1 == 0x09 ? 2 : 1) })
            text += line.dropFirst(tabs.count) + [0x0A]
        }
        let isKnown = FieldNames.isKnown(block.name)
        let parsed = try? YAMLDocument.parse(text[...], isTextKey: { _ in isKnown })
        let value: JSONValue
        if let only = parsed?.members, only.count == 1, let first = only.first {
            value = first.value
        } else {
            value = written(block.first, block.rest, areTags: FieldNames.areTags(block.name))
        }
        members.append(JSONMember(name: block.name, value: value))
    }

    /// The value as it is written, where it is no YAML.
    private mutating func written(
        _ first: ArraySlice<UInt8>, _ rest: [ArraySlice<UInt8>], areTags: Bool
    ) -> JSONValue {
        var text = LooseFrontMatter.trimmed(first)
        let lines = rest.map(LooseFrontMatter.trimmed).filter { !$0.isEmpty }
        if text.isEmpty, !lines.isEmpty, lines.allSatisfy({ $0 == "-" || $0.hasPrefix("- ") }) {
            return .array(lines.map { LooseFrontMatter.element(String($0.dropFirst())) })
        }
        var anchor: String?
        if text.hasPrefix("&") {
            anchor = text.dropFirst().split(separator: " ", maxSplits: 1).first.map(String.init)
            text = WhiteSpace.trimmed(String(text.dropFirst(1 + (anchor?.count ?? 0))))
        } else if text.hasPrefix("*"), lines.isEmpty, let value = anchors[String(text.dropFirst())] {
            return value
        }
        let value: JSONValue
        let joined = ([text] + lines).filter { !$0.isEmpty }.joined(separator: " ")
        if joined.hasPrefix("["), !joined.hasPrefix("[["), joined.hasSuffix("]") || areTags {
            let elements = joined.dropFirst().split(separator: ",")
            value = .array(
                elements.map { text in
                    LooseFrontMatter.element(text.hasSuffix("]") ? String(text.dropLast()) : String(text))
                })
        } else {
            value = joined.isEmpty ? .null : .string(LooseFrontMatter.unquoted(joined))
        }
        if let anchor { anchors[anchor] = value }
        return value
    }

    /// In a list of tags, `#` before a word is how notes write them.
    private static func element(_ text: String) -> JSONValue {
        let bare = unquoted(WhiteSpace.trimmed(text))
        let word = bare.drop { $0 == "#" }
        return bare.isEmpty ? .null : .string(word.isEmpty ? bare : String(word))
    }

    /// Without quotation marks around the whole.
    private static func unquoted(_ text: String) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'", text.count >= 2, text.last == quote
        else {
            return text
        }
        let inner = text.dropFirst().dropLast()
        return inner.contains(quote) ? text : String(inner)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        WhiteSpace.trimmed(String(decoding: bytes, as: UTF8.self))
    }
}

/// A line of front matter that says nothing that can be understood.
struct LostLine {
    /// Lines of the matter before it.
    let number: Int
    let text: String

    init(number: Int, _ bytes: ArraySlice<UInt8>) {
        self.number = number
        text = String(decoding: bytes, as: UTF8.self)
    }
}
