internal import QuipuCanonicalJSON

/// Who wrote an article, as sources say it: a text, a list of texts, objects with the parts of a name (CSL-JSON, Zotero,
/// schema.org), and lists of those.
enum PersonName {
    private static let wholeNames = [
        "name", "literal", "fullname", "displayname", "original", "text", "value", "label",
    ]
    private static let givenNames = ["given", "givenname", "firstname", "first", "forename"]
    private static let particles = ["droppingparticle", "nondroppingparticle"]
    private static let familyNames = ["family", "familyname", "lastname", "last", "surname"]
    /// Other members of a name object, which are ignored once the name is read.
    private static let besides = ["suffix", "creatortype", "type", "@type", "sequence"]

    static func read(_ value: JSONValue) -> Taken? {
        switch value {
        case .array(let elements):
            var names: [JSONValue] = []
            var isWhole = true
            for element in elements where !SourceValue.isBlank(element) {
                guard let name = one(element) else {
                    isWhole = false
                    continue
                }
                names.append(name.value)
                isWhole = isWhole && name.isWhole
            }
            return names.isEmpty ? nil : Taken(.array(names), isWhole: isWhole)
        default: return one(value)
        }
    }

    private static func one(_ value: JSONValue) -> Taken? {
        switch value {
        case .string(let text): return SourceValue.isBlank(text) ? nil : Taken(value)
        case .object(let members): return name(of: members)
        default: return nil
        }
    }

    private static func name(of members: [JSONMember]) -> Taken? {
        var parts: [String: String] = [:]
        for member in members {
            guard let text = member.value.string, !SourceValue.isBlank(text) else { continue }
            parts[FieldNames.short(member.name)] = text
        }
        func part(_ names: [String]) -> String? { names.lazy.compactMap { parts[$0] }.first }
        let used = Set(wholeNames + givenNames + particles + familyNames + besides)
        let isWhole = members.allSatisfy {
            SourceValue.isBlank($0.value) || used.contains(FieldNames.short($0.name))
        }
        if let family = part(familyNames) {
            let words = [part(givenNames)] + particles.map { parts[$0] } + [family, parts["suffix"]]
            return Taken(.string(words.compactMap(\.self).joined(separator: " ")), isWhole: isWhole)
        }
        return (part(wholeNames) ?? part(givenNames)).map { Taken(.string($0), isWhole: isWhole) }
    }
}
