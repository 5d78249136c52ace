internal import QuipuCanonicalJSON

/// The JSON export of Wallabag 2: articles with their HTML, tags and annotations; also that of Wallabag 1, whose ids are
/// others.
enum Wallabag {
    private static let scope = "wallabag"
    private static let scopeOfFirst = "wallabag:1"
    private static let members = ServiceMembers([
        "id": FieldNames.identifier, "title": "title", "url": "url", "language": "language", "tags": "tags",
        "published_at": "date", "published_by": "author", "content": "", "annotations": "",
    ])
    private static let ofAnnotation: Set<String> = [
        "id", "text", "quote", "created_at", "updated_at", "user",
    ]

    static func isRecognised(_ start: SourceStart) -> Bool {
        guard let first = JSONSample(start).first else { return false }
        return first.has("is_archived", "is_starred", "url")
            && (first.has("domain_name") || first.has("content") || first.has("mimetype"))
            || first.has("is_read", "is_fav", "url", "content")
    }

    static func events(of entry: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        var relations = SourceRelations()
        relations.key = ServiceMembers.id(entry["id"]).map { "entry:" + $0 } ?? entry["url"]?.string
        // Wallabag 1 wrote each column twice, by its name and by its number.
        let isFirst = entry["is_fav"] != nil
        let told = (entry.members ?? []).filter { member in
            !(isFirst && member.name.utf8.allSatisfy { (0x30...0x39).contains($0) })
                && !(member.name == "title" && MissingTitle.isOne(member.value))
        }
        var fields = members(told)
        let address = entry["url"]?.string
        if let content = entry["content"]?.string, !SourceValue.isBlank(content) {
            let isPlain = entry["mimetype"]?.string?.hasPrefix("text/plain") == true
            let text = isPlain ? content : ReadingText.fromHTML(content, base: address)
            fields.append(JSONMember(name: "body", value: .string(text)))
        }
        if let updated = entry["updated_at"] {
            fields.removeAll { $0.name == "x-updated_at" }
            fields.append(JSONMember(name: "updated_at", value: updated))
        }
        var events = [
            SourceEvent.item(
                try ArticleMapping.item(
                    from: fields, place: place, producer: isFirst ? scopeOfFirst : scope,
                    relations: relations))
        ]
        for annotation in entry["annotations"]?.array ?? [] {
            events.add(at: place) { () throws(Rejection) in
                try part(of: annotation, parent: relations.key, place)
            }
        }
        return events
    }

    private static func part(
        of annotation: JSONValue, parent: String?, _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var facts = PartFacts()
        facts.author = annotation["user"]
        facts.date = annotation["created_at"]
        facts.foreignID = ServiceMembers.id(annotation["id"])
        facts.producer = scope + ":annotations"
        facts.modified = ServiceMembers.modified(annotation["updated_at"])
        // Ranges are XPaths of Wallabag's own page: kept, of no use here.
        facts.beside = ServiceMembers.others(of: annotation, without: ofAnnotation)
        var relations = SourceRelations()
        relations.parent = parent
        if let quote = annotation["quote"]?.string, !SourceValue.isBlank(quote) {
            relations.passage = SourcePassage(exact: quote)
        }
        return try .annotation(
            text: annotation["text"]?.string, facts: facts, place: place, relations: relations)
    }
}

/// What Wallabag and Readability write where a page has no title.
enum MissingTitle {
    static func isOne(_ value: JSONValue) -> Bool { value.string == "No title found" }
}

extension FormatEntry {
    static let wallabag = FormatEntry(
        .wallabag, name: "an export of Wallabag",
        fields: [
            ("title", ["title"]), ("body", ["content"]), ("author", ["published_by"]),
            ("date", ["published_at"]), ("url", ["url"]), ("tags", ["tags"]), ("language", ["language"]),
            ("quote", ["annotations.quote"]), ("text", ["annotations.text"]),
        ], isRecognised: Wallabag.isRecognised,
        open: { (source, _) throws(InterchangeError) in
            try ServiceReader(source, name: "an export of Wallabag") { (value, place) throws(Rejection) in
                try Wallabag.events(of: value, at: place)
            }
        })
}
