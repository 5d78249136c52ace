internal import QuipuCanonicalJSON

/// One annotation of the W3C Web Annotation Data Model, as JSON-LD.
struct WebAnnotation {
    private static let taken: Set<String> = [
        "@context", "id", "@id", "type", "@type", "body", "bodyValue", "target", "created", "modified",
        "creator",
        "hasBody", "hasTarget", "generator",
    ]

    private let value: JSONValue
    let id: String?
    /// The address of what it is about; of a reply the id of an annotation.
    let address: String?
    let isReply: Bool
    /// The remark: the texts of all bodies that are no tags.
    private(set) var text: String?
    var facts = PartFacts()
    let passage: SourcePassage?
    /// What it is about may be several resources, or several passages of one.
    let targetCount: Int
    static let mostTargets = 100

    /// - Parameter number: of the target that it is looked at from. From each but the first it is an annotation of its own.
    /// - Throws: where it is no annotation.
    init(_ value: JSONValue, target number: Int = 0) throws(Rejection) {
        guard Self.isAnnotation(value) else { throw Rejection("it is no annotation: its `type` is another") }
        self.value = value
        id = (value["id"] ?? value["@id"])?.string.flatMap { $0.utf8.count <= 512 && !$0.isEmpty ? $0 : nil }
        let targets = (value["target"] ?? value["hasTarget"]).map { $0.array ?? [$0] } ?? []
        targetCount = targets.count
        guard number < targets.count else { throw Rejection("it has no `target`") }
        let target = targets[number]
        let motivations = (value["motivation"]).map { $0.array ?? [$0] } ?? []
        isReply = motivations.contains { $0.string.map { $0 == "replying" || $0 == "oa:replying" } == true }
        address = Self.address(of: target)
        let selectors = Selectors(target["selector"])
        passage = selectors.passage

        for member in value.members ?? [] where !Self.taken.contains(member.name) {
            // As our own export writes it.
            let name = member.name == "quipu:references" ? "references" : member.name
            facts.beside.append(JSONMember(name: name, value: member.value))
        }
        readBodies()
        facts.author = Self.creator(value["creator"])
        if let creator = value["creator"], creator.members != nil || creator.array != nil {
            facts.beside.append(JSONMember(name: "creator", value: creator))
        }
        facts.date = value["created"]
        if let modified = value["modified"] {
            facts.modified = modified.string.flatMap { $0.utf8.count <= 64 ? $0 : nil }
            facts.beside.append(JSONMember(name: "modified", value: modified))
        }
        facts.foreignID = id
        facts.producer = Self.generator(value["generator"]) ?? "w3c"
        if facts.producer == "Quipu", let record = id.flatMap(Self.record) {
            (facts.foreignID, facts.producer) = (record, SourceItem.ownProducer)
        }
        if let kept = selectors.kept { facts.beside.append(kept) }
        let besideSelector = target.members?.filter {
            !["type", "source", "selector", "id", "@id", "@type"].contains($0.name)
        }
        if let besideSelector, !besideSelector.isEmpty {
            facts.beside.append(JSONMember(name: "target", value: .object(besideSelector)))
        }
        if number > 0 {
            facts.foreignID = id.map { "\($0) target \(number + 1)" }
        } else if targets.count > 1 {
            facts.beside.append(JSONMember(name: "targets", value: .array(Array(targets.dropFirst()))))
        }
    }

    static func isAnnotation(_ value: JSONValue) -> Bool {
        let types = (value["type"] ?? value["@type"]).map { $0.array ?? [$0] } ?? []
        return types.contains { $0.string == "Annotation" || $0.string == "oa:Annotation" }
    }

    /// The id of a record of ours, from `urn:uuid:`.
    static func record(_ name: String) -> String? {
        let prefix = "urn:uuid:"
        return name.hasPrefix(prefix) ? UUIDText.canonicalize(String(name.dropFirst(prefix.count))) : nil
    }

    private static func address(of target: JSONValue) -> String? {
        let source = target["source"] ?? target["id"] ?? target["@id"] ?? target
        return (source.string ?? source["id"]?.string ?? source["@id"]?.string).flatMap {
            SourceValue.isBlank($0) ? nil : $0
        }
    }

    /// A name, else an address; a list where there are several.
    private static func creator(_ value: JSONValue?) -> JSONValue? {
        guard let value else { return nil }
        if let list = value.array { return .array(list.compactMap { creator($0) }) }
        if value.string != nil { return value }
        for name in ["name", "nickname", "email", "id", "@id"] {
            let one = value[name].map { $0.array?.first ?? $0 }
            if let text = one?.string, !SourceValue.isBlank(text) { return .string(text) }
        }
        return nil
    }

    private static func generator(_ value: JSONValue?) -> String? {
        let text = value?.string ?? value?["id"]?.string ?? value?["@id"]?.string ?? value?["name"]?.string
        return text.flatMap { $0.utf8.count <= 256 && !SourceValue.isBlank($0) ? $0 : nil }
    }

    /// Texts and tags; other bodies (resources, sounds, choices) are kept.
    private mutating func readBodies() {
        var texts: [String] = []
        var tags: [JSONValue] = []
        var others: [JSONValue] = []
        if let plain = value["bodyValue"]?.string, !SourceValue.isBlank(plain) { texts.append(plain) }
        let bodies = (value["body"] ?? value["hasBody"]).map { $0.array ?? [$0] } ?? []
        for body in bodies {
            let purposes = (body["purpose"]).map { $0.array ?? [$0] } ?? []
            let isTag = purposes.contains { $0.string == "tagging" || $0.string == "classifying" }
            let words = body["value"]?.string ?? body["chars"]?.string
            if isTag, let tag = words ?? body["source"]?.string ?? body["id"]?.string {
                tags.append(.string(tag))
                if words == nil { others.append(body) }
            } else if let words, !SourceValue.isBlank(words) {
                texts.append(Self.isHTML(body) ? ReadingText.fromHTML(words, base: nil) : words)
                if Self.saysMore(body) { others.append(body) }
            } else if !SourceValue.isBlank(body) {
                others.append(body)
            }
        }
        // A body that is a resource of its own: its address is what the annotation says.
        if texts.isEmpty, tags.isEmpty {
            texts = others.compactMap {
                $0.string ?? ($0["id"] ?? $0["@id"] ?? $0["source"])?.string
            }.filter { !SourceValue.isBlank($0) }
        }
        if !texts.isEmpty { text = texts.joined(separator: "\n\n") }
        if !tags.isEmpty { facts.tags = .array(tags) }
        if !others.isEmpty { facts.beside.append(JSONMember(name: "body", value: .array(others))) }
    }

    private static func isHTML(_ body: JSONValue) -> Bool {
        let formats = body["format"].map { $0.array ?? [$0] } ?? []
        return formats.contains { $0.string?.hasPrefix("text/html") == true }
    }

    /// Whether there is more to a text than its words: a language, a creator of its own, HTML.
    private static func saysMore(_ body: JSONValue) -> Bool {
        let plain: Set<String> = ["type", "@type", "value", "purpose", "format"]
        let purpose = body["purpose"]?.string
        return isHTML(body)
            || body.members?.contains { !plain.contains($0.name) && !SourceValue.isBlank($0.value) } == true
            || body["purpose"] != nil && purpose != "commenting" && purpose != "replying"
    }
}
