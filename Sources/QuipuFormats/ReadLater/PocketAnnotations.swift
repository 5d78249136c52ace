internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// The files `annotations/part_….json` of Pocket's export: pages, each with the passages that were marked in it.
enum PocketAnnotations {
    private static let scope = "pocket:annotations"
    private static let members = ServiceMembers(["url": "url", "title": "", "highlights": ""])
    private static let ofHighlight: Set<String> = ["quote", "note", "created_at"]

    static func isRecognised(_ start: SourceStart) -> Bool {
        let sample = JSONSample(start)
        return sample.first?.has("url", "highlights") == true
            && sample.first(in: "highlights")?.has("quote", "created_at") == true
    }

    static func reader(_ source: ByteSource) throws(InterchangeError) -> ServiceReader {
        try ServiceReader(source, name: "annotations of Pocket") { (value, place) throws(Rejection) in
            try events(of: value, at: place)
        }
    }

    static func events(of page: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        guard let address = page["url"]?.string, !SourceValue.isBlank(address) else {
            throw Rejection("it has no `url`, so that nothing says which page it is about")
        }
        var fields = members(page.members ?? [])
        // Pocket writes the address where it knows no title.
        if let title = page["title"], title.string != address {
            fields.append(JSONMember(name: "title", value: title))
        }
        var relations = SourceRelations()
        relations.key = "page:" + address
        var events = [
            SourceEvent.item(try ArticleMapping.item(from: fields, place: place, relations: relations))
        ]
        for highlight in page["highlights"]?.array ?? [] {
            events.add(at: place) { () throws(Rejection) in
                try part(of: highlight, on: address, parent: relations.key, place)
            }
        }
        return events
    }

    private static func part(
        of highlight: JSONValue, on address: String, parent: String?, _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        let quote = highlight["quote"]?.string ?? ""
        var facts = PartFacts()
        facts.date = highlight["created_at"]
        // The same words may stand in several places.
        let time = highlight["created_at"].map { $0.string ?? $0.canonicalText } ?? ""
        facts.foreignID = Readwise.id(of: CanonicalURL.canonicalize(address) ?? address, quote, time)
        facts.producer = scope
        facts.beside = ServiceMembers.others(of: highlight, without: ofHighlight)
        var relations = SourceRelations()
        relations.parent = parent
        if !SourceValue.isBlank(quote) { relations.passage = SourcePassage(exact: quote) }
        return try .annotation(
            text: highlight["note"]?.string, facts: facts, place: place, relations: relations)
    }
}
