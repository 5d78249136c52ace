internal import QuipuCanonicalJSON

/// Names as CSL-JSON has them: `{"family": "Cruz", "non-dropping-particle": "de la", "given": "Ana"}`, `{"literal": …}`.
enum CSLName {
    static func read(_ value: JSONValue) -> [NameParts] {
        (value.array ?? [value]).compactMap { one($0) }
    }

    private static func one(_ value: JSONValue) -> NameParts? {
        if let text = value.string { return SourceValue.isBlank(text) ? nil : NameParts(guessing: text) }
        func part(_ name: String) -> String { value[name].flatMap(\.string).map(NameParts.collapsed) ?? "" }
        let literal = part("literal").isEmpty ? part("name") : part("literal")
        let family = part("family")
        if family.isEmpty {
            let whole = literal.isEmpty ? part("given") : literal
            return whole.isEmpty ? nil : NameParts(literal: whole)
        }
        let particles = [part("dropping-particle"), part("non-dropping-particle")].filter { !$0.isEmpty }
        return NameParts(
            given: part("given"), particle: particles.joined(separator: " "), family: family,
            suffix: part("suffix"))
    }

    static func write(_ name: NameParts) -> JSONValue {
        if !name.literal.isEmpty {
            return .object([JSONMember(name: "literal", value: .string(name.literal))])
        }
        var members: [JSONMember] = []
        for (part, text) in [
            ("family", name.family), ("given", name.given), ("non-dropping-particle", name.particle),
            ("suffix", name.suffix),
        ] where !text.isEmpty { members.append(JSONMember(name: part, value: .string(text))) }
        return .object(members)
    }
}
