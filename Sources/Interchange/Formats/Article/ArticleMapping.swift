internal import CanonicalJSON
internal import NaturalKeys

/// What the members of somebody else's JSON object or front matter become.
///
/// `title`, `body` (else `text`, else `content`), `author`, `date`, `url`, `doi`, `tags`, `language`,
/// `publisher` and `abstract` are known; null stands for absent. Everything else is kept under `x-` and its name, as is a known member whose value is of
/// no use (a date that is no date). Only a title or body of the wrong type rejects the item, because an
/// article with a wrong text would be worse than none.
struct ArticleMapping {
    private var fields = FieldSet()
    private var tags: [String] = []
    private var foreignID: String?
    private var title: String?
    private var body: String?
    private var hasKey = false

    /// `text` is a body that stands outside the members, as in Markdown; it goes before a member of that
    /// name.
    static func item(
        from members: [JSONMember], text: String? = nil, place: SourcePlace,
        titleFallback: () -> String? = { nil }
    ) throws(Rejection) -> SourceItem {
        var mapping = ArticleMapping()
        mapping.body = text
        let bodyName = text == nil ? ArticleMapping.bodyName(members) : nil
        for member in members { try mapping.take(member, isBody: member.name == bodyName) }
        return try mapping.finish(place: place, titleFallback: titleFallback)
    }

    private static func bodyName(_ members: [JSONMember]) -> String? {
        ["body", "text", "content"].first { name in
            members.contains { $0.name == name && !$0.value.isNull }
        }
    }

    private mutating func take(_ member: JSONMember, isBody: Bool) throws(Rejection) {
        let value = member.value
        if isBody {
            guard let text = value.string else { throw Rejection("`\(member.name)` is no text") }
            body = text
            return
        }
        switch member.name {
        case "title":
            if value.isNull { return }
            guard let text = value.string else { throw Rejection("`title` is no text") }
            title = text
        case "body" where value.isNull, "text" where value.isNull, "content" where value.isNull: return
        case "author" where value.isNull, "date" where value.isNull, "url" where value.isNull,
            "doi" where value.isNull, "tags" where value.isNull, "id" where value.isNull,
            "language" where value.isNull, "publisher" where value.isNull, "abstract" where value.isNull:
            return
        case "language" where value.string != nil, "publisher" where value.string != nil,
            "abstract" where value.string != nil:
            try fields.add(member.name, value)
        case "author" where ArticleMapping.isAuthor(value): try fields.add("author", value)
        case "date" where value.string.map(ISODate.isValid) == true: try fields.add("date", value)
        case "url", "doi":
            guard let text = value.string, !WhiteSpace.trimmed(text).isEmpty else { return try keep(member) }
            hasKey = true
            try fields.add(member.name, value)
        case "tags":
            guard let found = TagList.tags(in: value) else { return try keep(member) }
            tags = found
        case "id":
            foreignID = value.string ?? (value.number == nil ? nil : value.canonicalText)
            try keep(member)
        default: try keep(member)
        }
    }

    private mutating func keep(_ member: JSONMember) throws(Rejection) {
        let name = member.name.nfc
        try fields.add(name.hasPrefix("x-") ? name : "x-" + name, member.value)
    }

    private static func isAuthor(_ value: JSONValue) -> Bool {
        if value.string != nil { return true }
        guard let names = value.array else { return false }
        return !names.isEmpty && names.allSatisfy { $0.string != nil }
    }

    private mutating func finish(
        place: SourcePlace, titleFallback: () -> String?
    ) throws(Rejection) -> SourceItem {
        if let body { try fields.add("body", .string(body)) }
        if let title {
            try fields.add("title", .string(title))
        } else if let derived = titleFallback() ?? body.flatMap(DerivedTitle.firstSentence) {
            try fields.add("title", .string(derived))
            try fields.add("derived/title", true)
        } else if !hasKey {
            throw Rejection("it has neither title, body, URL nor DOI")
        }
        guard tags.count <= SourceLimits.maximumFields else {
            throw Rejection("it has more than \(SourceLimits.maximumFields) tags")
        }
        return SourceItem(place: place, fields: try fields.sorted(), tags: tags, foreignID: foreignID)
    }
}
