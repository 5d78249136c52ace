internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// One note of an Evernote export.
struct ENEXNote {
    private static let maximumResources = 500
    private static let maximumResourceBytes = 2 * SourceLimits.maximumFileBytes
    /// Attributes that are kept under their own names.
    private static let keptAttributes = [
        "source", "source-application", "latitude", "longitude", "altitude", "reminder-time",
        "reminder-done-time",
        "place-name", "content-class", "subject-date",
    ]

    private let element: MarkupElement
    private let number: Int

    init(_ element: MarkupElement, number: Int) {
        self.element = element
        self.number = number
    }

    func events(at place: SourcePlace) throws(Rejection) -> [SourceEvent] {
        var relations = SourceRelations()
        relations.key = "note \(number)"
        let identifier = text("guid")
        let producer = identifier == nil ? nil : "evernote"
        let members = try members(identifier)
        let hasText = members.contains { $0.name == "body" }
        var events: [SourceEvent] = [
            .item(
                try ArticleMapping.item(
                    from: members, place: place, producer: producer, relations: relations,
                    titleFallback: { hasText ? nil : "Note \(number)" }))
        ]
        var bytesLeft = Self.maximumResourceBytes
        let resources = element.children.filter { $0.name == "resource" }
        for (index, resource) in resources.prefix(Self.maximumResources).enumerated() {
            do throws(Rejection) {
                events.append(
                    .item(try attachment(resource, index + 1, identifier, producer, place, &bytesLeft)))
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

    private func members(_ identifier: String?) throws(Rejection) -> [JSONMember] {
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
        let body = try content(base: web)
        if !SourceValue.isBlank(body) { add("body", WhiteSpace.trimmed(body)) }
        add("author", attributes.flatMap { Self.text("author", $0) })
        add("date", text("created"))
        add("modified", text("updated"))
        let tags = element.children.filter { $0.name == "tag" }.compactMap { SingleLine.of($0.text) }
        if !tags.isEmpty { members.append(JSONMember(name: "tags", value: .array(tags.map { .string($0) }))) }
        for name in Self.keptAttributes { add("x-" + name, attributes.flatMap { Self.text(name, $0) }) }
        return members
    }

    /// ENML: XHTML with boxes to tick, pictures by the hash of what they show, and passages that are encrypted.
    private func content(base: String?) throws(Rejection) -> String {
        guard let content = element.child("content") else { return "" }
        if content.attribute("encoding") == "base64" { throw Rejection("it is encrypted") }
        if !content.children.isEmpty { return ReadingText.of(content, base: base) }
        let markup = Self.withoutSecrets(content.text)
        do throws(MarkupFailure) {
            return ReadingText.of(try MarkupTree.xml(Array(markup.utf8)).document, base: base)
        } catch {
            throw error.rejection
        }
    }

    /// What is encrypted says nothing to a reader, nor to a search.
    private static func withoutSecrets(_ markup: String) -> String {
        guard markup.contains("<en-crypt") else { return markup }
        var out = ""
        var rest = markup[...]
        while let start = find("<en-crypt", rest) {
            out += rest[..<start] + "[encrypted]"
            guard let end = find("</en-crypt>", rest[start...]) else { return out }
            rest = rest[rest.index(end, offsetBy: 11)...]
        }
        return out + rest
    }

    private static func find(_ word: String, _ text: Substring) -> Substring.Index? {
        let bytes = text.utf8
        var index = bytes.startIndex
        while let found = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
            if bytes[found...].starts(with: word.utf8) { return found }
            index = bytes.index(after: found)
        }
        return nil
    }

    private func attachment(
        _ resource: MarkupElement, _ index: Int, _ identifier: String?, _ producer: String?,
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
        relations.parent = "note \(number)"
        relations.file = .bytes(bytes)
        return try SourceItem.attachment(
            name: name, mediaType: type, facts: facts, place: place, relations: relations)
    }

    private func text(_ name: String) -> String? { Self.text(name, element) }

    private static func text(_ name: String, _ element: MarkupElement) -> String? {
        element.child(name).flatMap { SingleLine.of($0.text) }
    }
}
