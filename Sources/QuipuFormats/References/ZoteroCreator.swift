internal import QuipuCanonicalJSON

/// Names as Zotero has them: `{"creatorType": "author", "firstName": "Ana", "lastName": "de la Cruz"}`, or with `name`.
enum ZoteroCreator {
    /// Those who made an item, whatever its type calls them.
    private static let makers: Set<String> = [
        "author", "artist", "cartographer", "composer", "director", "interviewee", "inventor", "podcaster",
        "programmer",
        "presenter", "performer", "sponsor",
    ]

    static func role(_ creator: JSONValue) -> String { creator["creatorType"]?.string ?? "author" }

    static func isAuthor(_ creator: JSONValue) -> Bool { makers.contains(role(creator)) }

    static func name(_ creator: JSONValue) -> NameParts? {
        func part(_ name: String) -> String { creator[name].flatMap(\.string).map(NameParts.collapsed) ?? "" }
        let whole = part("name")
        if !whole.isEmpty { return NameParts(literal: whole) }
        let (given, family) = (part("firstName"), part("lastName"))
        if family.isEmpty { return given.isEmpty ? nil : NameParts(literal: given) }
        // `fieldMode` 1: all of it stands in the family's name.
        return given.isEmpty ? NameParts(literal: family) : NameParts(given: given, family: family)
    }
}
