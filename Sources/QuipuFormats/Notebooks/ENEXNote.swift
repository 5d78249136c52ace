internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// One note of an Evernote export.
struct ENEXNote {
    private static let maximumResources = 500
    private static let maximumHints = 100
    private static let maximumResourceBytes = 2 * SourceLimits.maximumFileBytes
    /// Attributes that are kept under their own names.
    private static let keptAttributes = [
        "source", "source-application", "latitude", "longitude", "altitude", "reminder-order",
        "reminder-time",
        "reminder-done-time",
        "place-name", "content-class", "subject-date",
    ]

    /// Pages that are remembered, so that a second clip of one is noticed.
    private static let maximumClips = 100_000

    /// The pages that notes of this export were clipped from, by their canonical addresses: the article of the first clip, and what it
    /// says.
    typealias Clips = [String: (key: String, digest: Int)]

    private let element: MarkupElement
    private let number: Int

    init(_ element: MarkupElement, number: Int) {
        self.element = element
        self.number = number
    }

    func events(at place: SourcePlace, clips: inout Clips) throws(Rejection) -> [SourceEvent] {
        var relations = SourceRelations()
        relations.key = "note \(number)"
        let identifier = text("guid")
        let producer = identifier == nil ? nil : "evernote"
        let (members, secrets) = try members(identifier)
        let hasText = members.contains { $0.name == "body" }
        var holder = "note \(number)"
        var events: [SourceEvent] = []
        if identifier == nil, let first = Self.firstClip(members, holder, &clips) {
            holder = first
            events.append(.item(try clip(members, of: first, at: place)))
            events.append(
                .remark(
                    place,
                    "note \(number) is a second clip of the page of \(first), and became a note on that article"
                ))
        } else {
            events.append(
                .item(
                    try ArticleMapping.item(
                        from: members, place: place, producer: producer, relations: relations,
                        titleFallback: { hasText ? nil : "Note \(number)" })))
        }
        if secrets > 0 {
            let passages = secrets == 1 ? "1 encrypted passage was" : "\(secrets) encrypted passages were"
            events.append(
                .remark(
                    place,
                    "note \(number): \(passages) left out; decrypt such in Evernote, then export the note again"
                ))
        }
        var bytesLeft = Self.maximumResourceBytes
        let resources = element.children.filter { $0.name == "resource" }
        for (index, resource) in resources.prefix(Self.maximumResources).enumerated() {
            do throws(Rejection) {
                events.append(
                    .item(
                        try attachment(
                            resource, index + 1, of: holder, identifier, producer, place, &bytesLeft)))
            } catch {
                events.append(.rejected(place, reason: "note \(number): \(error.reason)"))
            }
        }
        if resources.count > Self.maximumResources {
            events.append(
                .rejected(
                    place,
                    reason:
                        "note \(number): it has more than \(Self.maximumResources) resources; the rest is left out"
                ))
        }
        return events
    }

    /// The article of the first clip of a page, if this is a later one that says something else. Notes of Evernote have no ids in their
    /// export, so that two of one address would be taken for one article, and the text of the second be lost.
    private static func firstClip(_ members: [JSONMember], _ key: String, _ clips: inout Clips) -> String? {
        func text(_ name: String) -> String? { members.first { $0.name == name }?.value.string }
        guard let page = text("url").flatMap(CanonicalURL.canonicalize) else { return nil }
        var hasher = Hasher()
        hasher.combine(text("title"))
        hasher.combine(text("body"))
        let digest = hasher.finalize()
        if let first = clips[page] { return first.digest == digest ? nil : first.key }
        if clips.count < maximumClips { clips[page] = (key, digest) }
        return nil
    }

    private func clip(
        _ members: [JSONMember], of first: String, at place: SourcePlace
    ) throws(Rejection) -> SourceItem {
        var facts = PartFacts()
        var texts: [String: String] = [:]
        for member in members {
            switch member.name {
            case "title", "body": texts[member.name] = member.value.string
            case "author": facts.author = member.value
            case "date": facts.date = member.value
            case "tags": facts.tags = member.value
            case "modified": facts.modified = member.value.string
            default:
                let name = member.name.hasPrefix("x-") ? String(member.name.dropFirst(2)) : member.name
                facts.beside.append(JSONMember(name: name, value: member.value))
            }
        }
        var relations = SourceRelations()
        relations.parent = first
        return try SourceItem.note(
            title: texts["title"], text: texts["body"], facts: facts, place: place, relations: relations)
    }

    /// What the note says, and how many passages of it are encrypted.
    private func members(_ identifier: String?) throws(Rejection) -> (members: [JSONMember], secrets: Int) {
        let attributes = element.child("note-attributes")
        var members: [JSONMember] = []
        func add(_ name: String, _ text: String?) {
            if let text { members.append(JSONMember(name: name, value: .string(text))) }
        }
        add("title", text("title"))
        add("id", identifier)
        let address = attributes.flatMap { Self.text("source-url", $0) }
        let web = address.flatMap { FeedLink.web($0, base: nil) }
        add("url", web)
        if web == nil { add("x-source-url", address) }
        let (body, secrets) = try content(base: web)
        if !SourceValue.isBlank(body) { add("body", WhiteSpace.trimmed(body)) }
        add("author", attributes.flatMap { Self.text("author", $0) })
        add("date", text("created"))
        add("modified", text("updated"))
        let tags = element.children.filter { $0.name == "tag" }.compactMap { SingleLine.of($0.text) }
        if !tags.isEmpty { members.append(JSONMember(name: "tags", value: .array(tags.map { .string($0) }))) }
        for name in Self.keptAttributes { add("x-" + name, attributes.flatMap { Self.text(name, $0) }) }
        let hints = secrets.compactMap { $0.attribute("hint") }.filter { !SourceValue.isBlank($0) }
        if !hints.isEmpty {
            let value = JSONValue.array(hints.prefix(Self.maximumHints).map { .string($0) })
            members.append(JSONMember(name: "x-en-crypt-hint", value: value))
        }
        return (members, secrets.count)
    }

    /// ENML: XHTML with boxes to tick, pictures by the hash of what they show, and passages that are encrypted.
    private func content(base: String?) throws(Rejection) -> (text: String, secrets: [MarkupElement]) {
        guard let content = element.child("content") else { return ("", []) }
        if let encoding = content.attribute("encoding"), !SourceValue.isBlank(encoding) {
            throw Rejection(
                "its text is encrypted (\(encoding.prefix(64))): decrypt it in Evernote, then export it again"
            )
        }
        var document = content
        if content.children.isEmpty {
            do throws(MarkupFailure) {
                document = try MarkupTree.xml(Array(content.text.utf8)).document
            } catch {
                throw error.rejection
            }
        }
        return (ReadingText.of(document, base: base), document.all("en-crypt"))
    }

    private func attachment(
        _ resource: MarkupElement, _ index: Int, of holder: String, _ identifier: String?,
        _ producer: String?,
        _ place: SourcePlace,
        _ bytesLeft: inout Int
    ) throws(Rejection) -> SourceItem {
        let attributes = resource.child("resource-attributes")
        let type = Self.text("mime", resource)
        let name =
            attributes.flatMap { Self.text("file-name", $0) }.flatMap(AttachmentName.checked)
            ?? "resource \(index)"
        guard let data = resource.child("data") else { throw Rejection("the resource \(name) has no data") }
        let bytes = TransferEncoding.base64(data.text.utf8)
        guard bytes.count <= SourceLimits.maximumFileBytes, bytes.count <= bytesLeft else {
            throw Rejection("the resource \(name) is too long: \(bytes.count) bytes")
        }
        bytesLeft -= bytes.count
        var facts = PartFacts()
        facts.producer = producer
        facts.foreignID = identifier.map { "\($0)/\(index)" }
        if let address = attributes.flatMap({ Self.text("source-url", $0) }) {
            facts.beside.append(JSONMember(name: "source-url", value: .string(address)))
        }
        var relations = SourceRelations()
        relations.parent = holder
        relations.file = .bytes(bytes)
        return try SourceItem.attachment(
            name: name, mediaType: type, facts: facts, place: place, relations: relations)
    }

    private func text(_ name: String) -> String? { Self.text(name, element) }

    private static func text(_ name: String, _ element: MarkupElement) -> String? {
        element.child(name).flatMap { SingleLine.of($0.text) }
    }
}
