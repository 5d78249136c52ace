internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// An empty text, or one of white space alone, says nothing: whoever gives it to a field takes the field's value away. The same holds
/// for a list of such texts. The fields of one's own keep whatever JSON they are given, and only an empty word takes their value away.
enum EmptyValue {
    private static let texts: Set<Kinds.FieldType> = [.text, .textOrList, .date, .reference]

    /// Whether a value of a field is none.
    ///
    /// - Parameter json: canonical.
    static func isEmpty(_ json: [UInt8], for type: Kinds.FieldType) -> Bool {
        guard texts.contains(type) else { return false }
        if let text = decodeString(json) { return isBlank(text) }
        guard type == .textOrList, json.first == UInt8(ascii: "["),
            let elements = (try? JSONParser().parse(json))?.array
        else { return false }
        return elements.allSatisfy { $0.string.map(isBlank) == true }
    }

    /// Values with `null` in place of each empty one.
    static func removed(
        from values: [(name: String, json: [UInt8])], of kind: RecordKind
    ) -> [(name: String, json: [UInt8])] {
        guard let schema = Kinds.known[kind.rawValue] else { return values }
        return values.map { value in
            let type = schema[value.name]?.type ?? .unknown
            return (value.name, isEmpty(value.json, for: type) ? JSONLiteral.null : value.json)
        }
    }

    static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}
