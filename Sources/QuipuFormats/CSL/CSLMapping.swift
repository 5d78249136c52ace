internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Which member of CSL-JSON becomes which field of an article.
enum CSLMapping {
    static let fields: [(field: String, names: [String])] = [
        ("title", ["title"]), ("author", ["author"]), ("date", ["issued"]), ("url", ["URL"]),
        ("doi", ["DOI"]),
        ("tags", ["keyword"]), ("language", ["language"]), ("publisher", ["container-title", "publisher"]),
        ("abstract", ["abstract"]),
    ]

    static func draft(of members: [JSONMember]) -> ReferenceDraft {
        var draft = ReferenceDraft()
        let object = JSONValue.object(members)
        let name = object["type"]?.string ?? "document"
        let type = ReferenceType.csl(name) ?? ReferenceType.document
        draft.keep("type", name)
        takeIdentifier(object, &draft)
        for member in members where !SourceValue.isBlank(member.value) { take(member, type, &draft) }
        if !draft.has("doi"), let doi = draft.text("url").flatMap({ SourceAddress.doi($0) }) {
            draft.set("doi", doi)
        }
        draft.titleFallback = object["container-title"]?.string ?? object["title-short"]?.string
        return draft
    }

    private static func take(_ member: JSONMember, _ type: ReferenceType, _ draft: inout ReferenceDraft) {
        let (name, value) = (member.name, member.value)
        func line(_ use: (String) -> Void) {
            if let text = SourceValue.line(value)?.value.string { use(text) } else { draft.keep(name, value) }
        }
        switch name {
        case "type", "id", "citation-key": break
        case "title": line { draft.setTitle($0, keptAs: name) }
        case "author": draft.setAuthors(CSLName.read(value), keptAs: name, value)
        case "issued": takeDate(value, &draft)
        case "URL":
            line { SourceValue.isWebAddress(.string($0)) ? draft.set("url", $0) : draft.keep(name, value) }
        case "DOI":
            line { SourceAddress.doi($0) != nil ? draft.set("doi", $0) : draft.keep(name, value) }
        case "keyword", "categories":
            if let list = TagList(value) { draft.tags += list.tags } else { draft.keep(name, value) }
        case "language": line { draft.setLanguage($0, keptAs: name) }
        case "container-title" where type.isInPeriodical: line { draft.set("publisher", $0) }
        case "publisher" where !type.isInPeriodical: line { draft.set("publisher", $0) }
        case "abstract": line { draft.set("abstract", Paragraphs.joined(InlineMarkup.stripped($0))) }
        default: draft.keep(name, value)
        }
    }

    private static func takeDate(_ value: JSONValue, _ draft: inout ReferenceDraft) {
        if SourceDate.read(value) != nil {
            draft.setDate(value, keptAs: "issued")
            return
        }
        let text = ["raw", "literal"].lazy.compactMap { value[$0]?.string }.first ?? value.string
        if let date = text.flatMap({ LooseDate.read($0) }) { draft.set("date", date.date) }
        draft.keep("issued", value)
    }

    /// `http://zotero.org/users/475425/items/ABCD2345`; a citation key; a number within the file, which is no id.
    private static func takeIdentifier(_ object: JSONValue, _ draft: inout ReferenceDraft) {
        let id =
            object["id"].flatMap { $0.string ?? $0.number.map { _ in object["id"]?.canonicalText ?? "" } }
            ?? ""
        if let item = ZoteroAddress(id) {
            draft.foreignID = item.key
            draft.producer = item.producer
            draft.keep("id", id)
        }
        let key = object["citation-key"]?.string ?? (draft.foreignID == nil ? id : "")
        if key.isEmpty { return }
        let isNumbered = key.lowercased().hasPrefix("item") || key.allSatisfy { !$0.isLetter }
        draft.keep("citationKey", key)
        if draft.foreignID == nil, !isNumbered { draft.setCitationKey(key) }
    }
}
