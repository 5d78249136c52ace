internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Texts as data sets wrap them: a number, a list of one, an object with the text in it.
enum SourceValue {
    /// Members that hold the text of an object.
    private static let textNames = [
        "rendered", "main", "text", "value", "@value", "#text", "$t", "plain", "name", "label",
    ]

    /// Null, nothing but white space, or an empty list or object: as good as absent.
    static func isBlank(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text): isBlank(text)
        case .array(let elements): elements.allSatisfy(isBlank)
        case .object(let members): members.allSatisfy { isBlank($0.value) }
        case .bool, .number: false
        }
    }

    static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(WhiteSpace.contains) }

    /// A line of text: a string, a number or a truth value as it is written, the first of a list, the text of an object.
    static func line(_ value: JSONValue) -> Taken? {
        switch value {
        case .null: return nil
        case .string(let text): return isBlank(text) ? nil : Taken(value)
        case .number, .bool: return Taken(.string(value.canonicalText))
        case .array(let elements):
            let told = elements.filter { !isBlank($0) }
            guard let first = told.first, let taken = line(first), first.array == nil else { return nil }
            return Taken(taken.value, isWhole: taken.isWhole && told.count == 1)
        case .object(let members):
            for name in textNames {
                guard let text = value[name], let taken = scalar(text) else { continue }
                return Taken(taken, isWhole: members.allSatisfy { $0.name == name || isBlank($0.value) })
            }
            return nil
        }
    }

    /// The text of an article: a string, or a list of paragraphs.
    static func prose(_ value: JSONValue) -> Taken? {
        switch value {
        case .string, .number: return scalar(value).map { Taken($0) }
        case .array(let elements):
            var paragraphs: [String] = []
            for element in elements where !isBlank(element) {
                guard let text = element.string else { return nil }
                paragraphs.append(text)
            }
            return paragraphs.isEmpty ? nil : Taken(.string(paragraphs.joined(separator: "\n\n")))
        // What is `rendered` is HTML.
        case .object(let members):
            for name in ["text", "plain", "value", "markdown", "#text", "$t"] {
                guard let text = value[name]?.string, !isBlank(text) else { continue }
                return Taken(
                    .string(text), isWhole: members.allSatisfy { $0.name == name || isBlank($0.value) })
            }
            return nil
        case .null, .bool: return nil
        }
    }

    static func isWebAddress(_ value: JSONValue) -> Bool {
        guard let text = value.string else { return false }
        let start = Array(WhiteSpace.trimmed(text).utf8.prefix(9).map(ASCII.lowercased))
        return ["http://", "https://"].contains { start.count > $0.utf8.count && start.starts(with: $0.utf8) }
    }

    /// A tag of BCP 47, also with `_`: `es`, `pt-BR`, `zh_Hant`.
    static func language(_ value: JSONValue) -> Taken? {
        guard let taken = line(value), let text = taken.value.string else { return nil }
        let trimmed = WhiteSpace.trimmed(text)
        let parts = trimmed.utf8.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy(ASCII.isLetter),
            parts.dropFirst().allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(ASCII.isAlphanumeric) }
            )
        else { return nil }
        let tag = trimmed.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
        return Taken(.string(String(decoding: tag, as: UTF8.self)), isWhole: taken.isWhole)
    }

    private static func scalar(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text): isBlank(text) ? nil : value
        case .number: .string(value.canonicalText)
        default: nil
        }
    }
}

/// What a field takes of a source's value.
struct Taken {
    let value: JSONValue
    /// Whether the field says all that the source's value says; otherwise that is kept beside it.
    let isWhole: Bool

    init(_ value: JSONValue, isWhole: Bool = true) {
        self.value = value
        self.isWhole = isWhole
    }
}
