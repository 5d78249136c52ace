internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Tags as people and programs write them in JSON and front matter: a list, or one string with commas.
struct TagList {
    /// A tag becomes part of a field's name, `tags/<tag>`.
    static let maximumTagBytes = SourceLimits.maximumFieldNameBytes - "tags/".utf8.count

    /// NFC, trimmed, distinct, in order.
    private(set) var tags: [String] = []
    /// Whether each element that says something has become a tag.
    private(set) var isWhole = true
    private var seen: Set<[UInt8]> = []

    /// - Returns: nil when there is no tag in the value.
    init?(_ value: JSONValue) {
        switch value {
        case .string(let text): for name in TagList.names(in: text) { add(name) }
        case .array(let elements):
            for element in elements where !SourceValue.isBlank(element) {
                guard let name = TagList.name(of: element) else {
                    isWhole = false
                    continue
                }
                add(name)
            }
        default: return nil
        }
        if tags.isEmpty { return nil }
    }

    private mutating func add(_ name: String) {
        let tag = WhiteSpace.trimmed(name).nfc
        guard tag.utf8.count <= TagList.maximumTagBytes else {
            isWhole = false
            return
        }
        if !tag.isEmpty, seen.insert(Array(tag.utf8)).inserted { tags.append(tag) }
    }

    /// The names in one text, between commas, else between semicolons; those of a text of `#one #two` as well.
    private static func names(in text: String) -> [String] {
        let scalars = text.unicodeScalars
        let separator: Unicode.Scalar = scalars.contains(",") ? "," : ";"
        let names = scalars.split(separator: separator).map { WhiteSpace.trimmed(String($0)) }.filter {
            !$0.isEmpty
        }
        let words = names.flatMap { $0.split(separator: " ") }
        if !words.isEmpty, words.allSatisfy({ $0.hasPrefix("#") && $0.count > 1 }) {
            return words.map { String($0.drop { $0 == "#" }) }
        }
        return names
    }

    private static func name(of element: JSONValue) -> String? {
        switch element {
        case .string(let text): return text
        case .number, .bool: return element.canonicalText
        case .object:
            for name in ["name", "tag", "term", "label", "title", "value"] {
                if let text = element[name]?.string { return text }
            }
            return nil
        case .array, .null: return nil
        }
    }
}
