internal import CanonicalJSON
internal import NaturalKeys

/// Tags as people write them in JSON and front matter: a list, or one string with commas.
enum TagList {
    /// A tag becomes part of a field's name, `tags/<tag>`.
    static let maximumTagBytes = SourceLimits.maximumFieldNameBytes - "tags/".utf8.count

    /// NFC, trimmed, distinct, in order; nil when the value is no list of tags.
    static func tags(in value: JSONValue) -> [String]? {
        var found: [String] = []
        var seen: Set<[UInt8]> = []
        let names: [String]
        switch value {
        case .string(let text): names = text.unicodeScalars.split(separator: ",").map(String.init)
        case .array(let elements):
            var texts: [String] = []
            for element in elements {
                switch element {
                case .string(let text): texts.append(text)
                case .number, .bool: texts.append(element.canonicalText)
                default: return nil
                }
            }
            names = texts
        default: return nil
        }
        for name in names {
            let tag = WhiteSpace.trimmed(name).nfc
            guard tag.utf8.count <= maximumTagBytes else { return nil }
            if !tag.isEmpty, seen.insert(Array(tag.utf8)).inserted { found.append(tag) }
        }
        return found
    }
}
