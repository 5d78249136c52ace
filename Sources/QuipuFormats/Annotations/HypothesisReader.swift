internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// Annotations of Hypothes.is: answers of its API (`{"total": 2, "rows": […]}`), exports of its client (`{"export_date": …,
/// "annotations": […]}`), and one annotation a line.
///
/// An annotation with a quotation, and a reply, become annotations; one without either is about the page as a whole and becomes
/// a note. The article of all of them is found by the page's address, or made. Replies name what they reply to
/// under `x-references`, outermost first.
struct HypothesisReader: SourceReader {
    let formatName = "annotations of Hypothes.is"

    private static let scope = "hypothesis"
    private static let documents = "hypothesis:documents"
    /// Members of an annotation that a field takes as a whole.
    private static let taken: Set<String> = [
        "id", "created", "updated", "uri", "text", "tags", "target", "document", "user_info", "references",
    ]

    private var objects: JSONObjectStream
    private var articles = AnnotatedArticles()
    private var pending: [SourceEvent] = []

    init(_ source: ByteSource) throws(InterchangeError) {
        objects = try JSONObjectStream(source, paths: [["rows"], ["annotations"]])
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        let sample = JSONSample(start)
        guard let first = sample.first else { return false }
        let annotation = sample.first(in: "rows") ?? sample.first(in: "annotations") ?? first
        if annotation.has("id", "uri", "target"), annotation.text("user")?.hasPrefix("acct:") == true {
            return true
        }
        // What a search that finds nothing answers, and an export of nothing.
        return first.has("export_date", "export_userid", "annotations")
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while pending.isEmpty {
            switch try objects.next() {
            case nil: return nil
            case .event(let event): return event
            case .object(let value, let place): pending = events(of: value, at: place).reversed()
            }
        }
        return pending.popLast()
    }

    private mutating func events(of row: JSONValue, at place: SourcePlace) -> [SourceEvent] {
        var events: [SourceEvent] = []
        do throws(Rejection) {
            let target = row["target"]?.array?.first ?? row["target"]
            guard let address = row["uri"]?.string ?? target?["source"]?.string,
                !SourceValue.isBlank(address)
            else { throw Rejection("it has no `uri`, so that nothing says which page it is about") }
            // Made first, so that an article without a usable annotation is not left behind.
            let part = try self.part(of: row, target, at: address, place)
            let document = row["document"].map { HypothesisDocument.members(of: $0) } ?? []
            if let article = try articles.item(at: address, document, scope: Self.documents, place: place) {
                events.append(.item(article))
            }
            events.append(.item(part))
        } catch { events.append(error.event(at: place)) }
        return events
    }

    private func part(
        of row: JSONValue, _ target: JSONValue?, at address: String, _ place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        let selectors = Selectors(target?["selector"])
        let references = row["references"]?.array ?? []
        var facts = PartFacts()
        facts.author = Self.author(of: row)
        facts.date = row["created"]
        facts.tags = row["tags"]
        facts.foreignID = row["id"]?.string.flatMap { $0.utf8.count <= 512 ? $0 : nil }
        facts.producer = Self.scope
        facts.modified = row["updated"]?.string.flatMap { $0.utf8.count <= 64 ? $0 : nil }
        for member in row.members ?? [] where !Self.taken.contains(member.name) {
            facts.beside.append(member)
        }
        if let kept = selectors.kept { facts.beside.append(kept) }
        if !references.isEmpty {
            facts.beside.append(JSONMember(name: "references", value: .array(references)))
        }
        if let more = row["target"]?.array?.dropFirst(), !more.isEmpty {
            facts.beside.append(JSONMember(name: "target", value: .array(Array(more))))
        }
        if let source = target?["source"]?.string, source != address {
            facts.beside.append(JSONMember(name: "source", value: .string(source)))
        }
        var relations = SourceRelations()
        relations.parent = AnnotatedArticles.key(of: address)
        relations.key = facts.foreignID.map { "annotation:" + $0 }
        let text = row["text"]?.string
        guard let passage = selectors.passage else {
            if !references.isEmpty {
                return try .annotation(text: text, facts: facts, place: place, relations: relations)
            }
            return try .note(text: text, facts: facts, place: place, relations: relations)
        }
        relations.passage = passage
        return try .annotation(text: text, facts: facts, place: place, relations: relations)
    }

    /// The name that a person goes by, else that of the account, `acct:ana@hypothes.is`.
    private static func author(of row: JSONValue) -> JSONValue? {
        if let name = row["user_info"]?["display_name"]?.string, !SourceValue.isBlank(name) {
            return .string(name)
        }
        guard let account = row["user"]?.string, account.hasPrefix("acct:") else { return row["user"] }
        return .string(String(account.dropFirst(5).prefix { $0 != "@" }))
    }
}

/// What Hypothes.is knows of a page: its title, and in exports of the client the metadata that stands in the page.
enum HypothesisDocument {
    /// Members named as in `FieldNames`; what no field takes is kept under `x-document`.
    static func members(of document: JSONValue) -> [JSONMember] {
        var members: [JSONMember] = []
        var rest: [JSONMember] = []
        func first(_ value: JSONValue?) -> JSONValue? {
            guard let value else { return nil }
            let one = value.array.map { $0.first ?? .null } ?? value
            return one.string.map { SourceValue.isBlank($0) } == false ? one : nil
        }
        for member in document.members ?? [] where !["title", "dc", "highwire", "link"].contains(member.name)
        {
            rest.append(member)
        }
        if let title = first(document["title"]) { members.append(JSONMember(name: "title", value: title)) }
        let highwire = document["highwire"]
        let core = document["dc"]
        if let doi = doi(of: document) { members.append(JSONMember(name: "doi", value: .string(doi))) }
        let author = highwire?["author"] ?? highwire?["authors"] ?? core?["creator"]
        let others: [(String, JSONValue?)] = [
            ("author", author), ("date", first(highwire?["publication_date"] ?? core?["date"])),
            ("publisher", first(highwire?["journal_title"] ?? core?["publisher"])),
            ("language", first(core?["language"])),
        ]
        for (name, value) in others {
            if let value { members.append(JSONMember(name: name, value: value)) }
        }
        for name in ["highwire", "dc", "link"] {
            if let value = document[name], !SourceValue.isBlank(value) {
                rest.append(JSONMember(name: name, value: value))
            }
        }
        if !rest.isEmpty { members.append(JSONMember(name: "x-document", value: .object(rest))) }
        return members
    }

    private static func doi(of document: JSONValue) -> String? {
        var candidates: [JSONValue] = []
        for value in [
            document["doi"], document["highwire"]?["doi"], document["dc"]?["identifier"],
            document["prism"]?["doi"],
        ] {
            if let value { candidates += value.array ?? [value] }
        }
        candidates += document["link"]?.array?.compactMap { $0["href"] } ?? []
        return candidates.lazy.compactMap(\.string).first { SourceAddress.doi($0) != nil }
    }
}

extension FormatEntry {
    static let hypothesis = FormatEntry(
        .hypothesis, name: "annotations of Hypothes.is",
        fields: [
            ("text", ["text"]), ("author", ["user_info.display_name", "user"]), ("date", ["created"]),
            ("quote", ["target.selector: TextQuoteSelector"]), ("tags", ["tags"]), ("url", ["uri"]),
            ("title", ["document.title"]),
            ("doi", ["document.highwire.doi", "document.dc.identifier", "document.link"]),
        ], isRecognised: HypothesisReader.isRecognised,
        open: { (source, _) throws(InterchangeError) in try HypothesisReader(source) })
}
