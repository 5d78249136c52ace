internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Which member of Zotero's items becomes which field of an article.
enum ZoteroMapping {
    static let fields: [(field: String, names: [String])] = [
        ("title", ["title", "caseName", "nameOfAct", "subject"]), ("author", ["creators"]),
        ("date", ["date", "dateDecided", "dateEnacted", "issueDate"]), ("url", ["url"]),
        ("doi", ["DOI", "extra"]),
        ("tags", ["tags"]), ("language", ["language"]),
        (
            "publisher",
            [
                "publicationTitle", "websiteTitle", "blogTitle", "forumTitle", "publisher", "institution",
                "university",
            ]
        ),
        ("abstract", ["abstractNote"]), ("note", ["notes"]), ("annotation", ["annotations"]),
        ("attachment", ["attachments"]), ("collections", ["collections"]),
    ]

    private static let titles: Set<String> = ["title", "caseName", "nameOfAct", "subject"]
    private static let dates: Set<String> = ["date", "dateDecided", "dateEnacted", "issueDate"]
    private static let containers: Set<String> = [
        "publicationTitle", "websiteTitle", "blogTitle", "forumTitle", "journalTitle",
    ]
    private static let publishers: Set<String> = [
        "publisher", "institution", "university", "company", "label", "studio", "distributor", "network",
    ]
    /// What is about the item's place in its library, and is told otherwise.
    private static let bookkeeping: Set<String> = [
        "key", "itemKey", "version", "tags", "collections", "dateModified", "deleted", "parentItem",
        "library", "libraryID",
        "itemID", "uri", "select", "attachments", "notes", "seeAlso", "id", "inPublications", "annotations",
        "desktopKey",
        "uniqueFields", "citationKey", "citekey",
    ]

    /// Of an article; notes, attachments and annotations have no fields of their own kind here.
    static func draft(of data: JSONValue) -> ReferenceDraft {
        var draft = ReferenceDraft()
        let type = ReferenceType.zotero(data["itemType"]?.string ?? "") ?? ReferenceType.document
        for member in data.members ?? [] where !SourceValue.isBlank(member.value) {
            take(member, type, &draft)
        }
        if let key = (data["citationKey"] ?? data["citekey"])?.string { draft.keep("citationKey", key) }
        draft.tags = tags(data["tags"])
        draft.modified = data["dateModified"]?.string.flatMap { $0.utf8.count <= 64 ? $0 : nil }
        takeExtra(data["extra"], &draft)
        if !draft.has("doi"), let doi = draft.text("url").flatMap({ SourceAddress.doi($0) }) {
            draft.set("doi", doi)
        }
        draft.titleFallback =
            data["shortTitle"]?.string ?? draft.text("publisher") ?? data["citationKey"]?.string
        return draft
    }

    private static func take(_ member: JSONMember, _ type: ReferenceType, _ draft: inout ReferenceDraft) {
        let (name, value) = (member.name, member.value)
        guard let text = value.string else {
            if name == "creators", let creators = value.array {
                takeCreators(creators, &draft)
            } else if !bookkeeping.contains(name) {
                draft.keep(name, value)
            }
            return
        }
        switch name {
        case _ where bookkeeping.contains(name): break
        case _ where titles.contains(name): draft.setTitle(text, keptAs: name)
        case _ where dates.contains(name): takeDate(text, name, &draft)
        case "url":
            SourceValue.isWebAddress(value) && !draft.has("url")
                ? draft.set("url", text) : draft.keep(name, text)
        case "DOI": SourceAddress.doi(text) != nil ? draft.set("doi", text) : draft.keep(name, text)
        case "language": draft.setLanguage(text, keptAs: name)
        case "abstractNote": draft.set("abstract", WhiteSpace.trimmed(InlineMarkup.stripped(text)))
        case _ where containers.contains(name) && type.isInPeriodical && !draft.has("publisher"):
            draft.set("publisher", text)
        case _ where publishers.contains(name) && !type.isInPeriodical && !draft.has("publisher"):
            draft.set("publisher", text)
        default: draft.keep(name, text)
        }
    }

    private static func takeCreators(_ creators: [JSONValue], _ draft: inout ReferenceDraft) {
        let authors = creators.filter(ZoteroCreator.isAuthor).compactMap(ZoteroCreator.name)
        draft.setAuthors(authors, keptAs: "creators", .array(creators))
        if creators.contains(where: { ZoteroCreator.role($0) != "author" }), !creators.isEmpty {
            draft.keep("creators", .array(creators))
        }
    }

    /// Zotero keeps dates as people write them; its database has `2009-07-00 July 2009`.
    private static func takeDate(_ text: String, _ name: String, _ draft: inout ReferenceDraft) {
        let first = text.split(separator: " ").first.map(String.init) ?? text
        let isStored =
            first.hasSuffix("-00") || first.count == 10 && text.utf8.count > 11 && !text.contains(":")
        let written = isStored ? first.replacing("-00", with: "") : text
        guard !draft.has("date"), let date = LooseDate.read(written) else { return draft.keep(name, text) }
        draft.set("date", date.date)
        if !date.isWhole { draft.keep(name, text) }
    }

    static func tags(_ value: JSONValue?) -> [String] {
        (value?.array ?? []).compactMap { $0.string ?? $0["tag"]?.string ?? $0["name"]?.string }
    }

    /// Lines of the field `extra` that stand for fields the item's type lacks.
    private static func takeExtra(_ value: JSONValue?, _ draft: inout ReferenceDraft) {
        let lines =
            value?.array.map { $0.compactMap(\.string) } ?? value?.string?.split(separator: "\n").map(
                String.init) ?? []
        for line in lines.prefix(1_000) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = NameParts.collapsed(String(line[..<colon])).lowercased()
            let text = NameParts.collapsed(String(line[line.index(after: colon)...]))
            switch name {
            case "doi":
                if !draft.has("doi"), SourceAddress.doi(text) != nil { draft.set("doi", text) }
            case "citation key": draft.keep("citationKey", text)
            default: break
            }
        }
    }

    /// Whose ids the items of a library are.
    static func producer(_ library: JSONValue?) -> String? {
        guard let type = library?["type"]?.string, let id = library?["id"], ["user", "group"].contains(type)
        else { return nil }
        let number = id.string ?? id.integer.map(String.init) ?? ""
        return number.isEmpty || number.utf8.count > 64 ? nil : "zotero:\(type)s/\(number)"
    }
}
