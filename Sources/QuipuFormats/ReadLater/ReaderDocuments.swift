internal import QuipuCanonicalJSON

/// Answers of the API of Readwise's Reader (`/api/v3/list/`): documents, and among them highlights and notes, which name the
/// document that they belong to.
///
/// The newest comes first, so that highlights stand before their documents: they are held until the file ends.
final class ReaderDocuments {
    private static let scope = "readwise:reader"
    private static let highlights = "readwise:reader:highlights"
    /// Of highlights that are held; what is beyond belongs to documents before it.
    private static let mostHeld = 100_000

    private static let ofDocument = ServiceMembers([
        "id": FieldNames.identifier, "title": "title", "author": "author", "source_url": "url", "url": "",
        "site_name": "publisher", "published_date": "date", "summary": "abstract", "tags": "",
        "html_content": "", "html": "", "notes": "", "content": "", "updated_at": "updated_at",
    ])
    private static let ofHighlight: Set<String> = [
        "id", "content", "notes", "tags", "created_at", "updated_at", "parent_id", "category", "title",
        "author",
        "source_url", "summary", "site_name", "word_count", "image_url", "published_date", "source",
        "location",
        "reading_progress", "first_opened_at", "last_opened_at", "saved_at", "last_moved_at",
    ]

    private struct Held {
        let value: JSONValue
        let id: String
        let parent: String
        let place: SourcePlace
        var notes: [String]
    }

    private var documents: Set<String> = []
    private var held: [Held] = []
    private var indexOfHeld: [String: Int] = [:]
    private var notes: [(parent: String, text: String, place: SourcePlace)] = []

    static func isRecognised(_ start: SourceStart) -> Bool {
        let sample = JSONSample(start)
        return (sample.first(in: "results") ?? sample.first)?
            .has("id", "category", "parent_id", "reading_progress") ?? false
    }

    func events(of document: JSONValue, at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        guard let id = ServiceMembers.id(document["id"]) else { throw Rejection("it has no id") }
        if let parent = ServiceMembers.id(document["parent_id"]) {
            let text = document["content"]?.string ?? ""
            if document["category"]?.string == "note" {
                notes.append((parent, text, place))
            } else {
                indexOfHeld[id] = held.count
                let own = document["notes"]?.string ?? ""
                held.append(
                    Held(
                        value: document, id: id, parent: parent, place: place,
                        notes: SourceValue.isBlank(own) ? [] : [own]))
            }
            return held.count + notes.count >= Self.mostHeld ? finish() : []
        }
        var fields = Self.ofDocument(document.members ?? [])
        func add(_ name: String, _ value: JSONValue) { fields.append(JSONMember(name: name, value: value)) }
        let address = document["source_url"]?.string ?? document["url"]?.string
        if document["source_url"]?.string == nil, let address { add("url", .string(address)) }
        if let html = document["html_content"]?.string ?? document["html"]?.string {
            add("body", .string(ReadingText.fromHTML(html, base: address)))
        }
        add("tags", Self.tags(document["tags"]))
        var relations = SourceRelations()
        relations.key = "document:" + id
        documents.insert(id)
        var events = [
            SourceEvent.item(
                try ArticleMapping.item(
                    from: fields, place: place, producer: Self.scope, relations: relations))
        ]
        if let note = document["notes"]?.string, !SourceValue.isBlank(note) {
            events.add(at: place) { () throws(Rejection) in
                try Self.note(note, id: "note of " + id, on: id, place)
            }
        }
        return events
    }

    /// What was held, behind the documents.
    func finish() -> [SourceEvent] {
        var events: [SourceEvent] = []
        for note in notes {
            if let index = indexOfHeld[note.parent] {
                if !SourceValue.isBlank(note.text) { held[index].notes.append(note.text) }
                continue
            }
            addStub(note.parent, note.place, to: &events)
            events.add(at: note.place) { () throws(Rejection) in
                try Self.note(
                    note.text, id: Readwise.id(of: note.parent, note.text), on: note.parent, note.place)
            }
        }
        for highlight in held {
            addStub(highlight.parent, highlight.place, to: &events)
            events.add(at: highlight.place) { () throws(Rejection) in try Self.annotation(highlight) }
        }
        (held, indexOfHeld, notes) = ([], [:], [])
        return events
    }

    /// A document that stands in another page of answers is known by its id.
    private func addStub(_ id: String, _ place: SourcePlace, to events: inout [SourceEvent]) {
        guard documents.insert(id).inserted else { return }
        var relations = SourceRelations()
        relations.key = "document:" + id
        events.add(at: place) { () throws(Rejection) in
            try ArticleMapping.item(
                from: [JSONMember(name: FieldNames.identifier, value: .string(id))], place: place,
                producer: Self.scope, relations: relations, titleFallback: { "Document \(id) of Reader" })
        }
    }

    private static func note(
        _ text: String, id: String, on parent: String, _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var facts = PartFacts()
        facts.foreignID = id
        facts.producer = highlights
        var relations = SourceRelations()
        relations.parent = "document:" + parent
        return try .note(text: text, facts: facts, place: place, relations: relations)
    }

    private static func annotation(_ highlight: Held) throws(Rejection) -> SourceItem {
        let value = highlight.value
        var facts = PartFacts()
        facts.date = value["created_at"]
        facts.tags = tags(value["tags"])
        facts.foreignID = highlight.id
        facts.producer = highlights
        facts.modified = ServiceMembers.modified(value["updated_at"])
        facts.beside = ServiceMembers.others(of: value, without: ofHighlight)
        var relations = SourceRelations()
        relations.parent = "document:" + highlight.parent
        if let quote = value["content"]?.string, !SourceValue.isBlank(quote) {
            relations.passage = SourcePassage(exact: quote)
        }
        let text = highlight.notes.isEmpty ? nil : highlight.notes.joined(separator: "\n\n")
        return try .annotation(text: text, facts: facts, place: highlight.place, relations: relations)
    }

    /// An object whose members are the tags, or a list.
    private static func tags(_ value: JSONValue?) -> JSONValue {
        guard let members = value?.members else { return value ?? .null }
        return .array(members.map { .string($0.value["name"]?.string ?? $0.name) })
    }
}
