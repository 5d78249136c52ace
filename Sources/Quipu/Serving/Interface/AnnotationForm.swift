internal import QuipuCanonicalJSON
internal import QuipuHosting

/// An annotation as a request brings it in the W3C Web Annotation Data Model. Members with an effect here are applied, other
/// members of the model are kept under `x-` as an import keeps them, and the rest is refused.
struct AnnotationForm {
    /// The remark; nil for none.
    let text: String?
    let tags: [String]
    let target: Target?
    /// Values of fields beside these; nil for none.
    let kept: [(field: String, value: JSONValue?)]
    /// Who wrote it and when elsewhere, as its maker says.
    let creator: JSONValue?
    let created: JSONValue?
    let id: String?

    struct Target {
        /// What names the record.
        let record: String
        let exact: String?
        let prefix: String
        let suffix: String
        let range: Range<Int>?
    }

    /// Members that are kept under their name with `x-` before it, as an import of annotations keeps them.
    static let keptNames = [
        "motivation", "rights", "canonical", "via", "audience", "stylesheet", "generator", "modified",
    ]
    /// Members that a request may have: of these the last ones are in what this server answers.
    private static let taken: Set<String> = Set(
        keptNames + [
            "@context", "type", "id", "body", "bodyValue", "target", "creator", "created", "etag", "uuid",
            "deleted",
        ])
    private static let purposes: Set<String> = [
        "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting",
        "identifying", "linking", "moderating", "questioning", "replying",
    ]
    /// Texts that are kept as they are.
    private static let formats: Set<String> = ["text/plain", "text/markdown"]

    /// - Parameter root: the path of the archive's resources.
    /// - Throws: `Problem` for what is no annotation that can be kept.
    init(_ members: [(name: String, value: JSONValue)], root: String) throws {
        func member(_ name: String) -> JSONValue? {
            members.first { $0.name == name && !$0.value.isNull }?.value
        }
        guard member("type")?.string == "Annotation" else {
            throw InterfaceRequest.unsuitable("its type is not Annotation")
        }
        if let other = members.first(where: { !Self.taken.contains($0.name) }) {
            throw InterfaceRequest.unsuitable("it has '\(other.name.prefix(64))', which is not kept")
        }
        if member("deleted")?.bool == true {
            throw InterfaceRequest.unsuitable("an annotation is deleted with DELETE")
        }
        var (texts, tags, bodies): ([String], [String], [JSONValue]) = ([], [], [])
        if let plain = member("bodyValue") {
            guard let text = plain.string else {
                throw InterfaceRequest.unsuitable("its bodyValue is no text")
            }
            (texts, bodies) = ([text], [["type": "TextualBody", "value": .string(text)]])
        }
        for body in member("body").map({ $0.array ?? [$0] }) ?? [] {
            let value = try Self.words(of: body)
            if body["purpose"]?.string == "tagging" {
                tags.append(value)
            } else {
                texts.append(value)
                bodies.append(body)
            }
        }
        let text = texts.isEmpty ? nil : texts.joined(separator: "\n\n")
        (self.text, self.tags) = (text, tags)
        target = try member("target").map { try Target($0, root: root) }
        (creator, created, id) = (member("creator"), member("created"), member("id")?.string)
        let usual: JSONValue = .string(Self.usualMotivation(text: text))
        var kept: [(field: String, value: JSONValue?)] = []
        for name in Self.keptNames {
            let value = member(name)
            kept.append(("x-" + name, name == "motivation" && value == usual ? nil : value))
        }
        kept.append(("x-body", bodies.contains(where: Self.saysMore) ? .array(bodies) : nil))
        self.kept = kept
    }

    static func usualMotivation(text: String?) -> String { text == nil ? "highlighting" : "commenting" }

    /// The words of a body, which has nothing that would be lost.
    private static func words(of body: JSONValue) throws -> String {
        if let text = body.string { return text }
        guard let value = body["value"]?.string else {
            throw InterfaceRequest.unsuitable("a body has no text as its value")
        }
        guard body["type"].map({ $0.string == "TextualBody" }) ?? true else {
            throw InterfaceRequest.unsuitable("a body is no TextualBody")
        }
        if let format = body["format"], !formats.contains(format.string ?? "") {
            throw InterfaceRequest.unsuitable("a body is neither text/plain nor text/markdown")
        }
        guard let purpose = body["purpose"] else { return value }
        if purpose.string == "tagging" {
            if let other = body.members?.first(where: {
                !["type", "purpose", "value", "format"].contains($0.name)
            }) {
                throw InterfaceRequest.unsuitable("a tag has '\(other.name.prefix(64))', which is not kept")
            }
        } else if !purposes.contains(purpose.string ?? "") {
            throw InterfaceRequest.unsuitable(
                "a body has a purpose that is not kept: \((purpose.string ?? "").prefix(32))")
        }
        return value
    }

    /// Whether there is more to a text than its words.
    private static func saysMore(_ body: JSONValue) -> Bool {
        body.members?.contains {
            switch $0.name {
            case "type", "value": false
            case "purpose": $0.value != "commenting"
            case "format": $0.value != "text/plain"
            default: true
            }
        } ?? false
    }

    /// A name, else an address; a list where there are several.
    static func name(of creator: JSONValue) -> JSONValue? {
        if let list = creator.array { return .array(list.compactMap { name(of: $0) }) }
        if creator.string != nil { return creator }
        for name in ["name", "nickname", "email", "id"] {
            if let text = creator[name]?.string, !text.isEmpty { return .string(text) }
        }
        return nil
    }

    // MARK: what it comes to

    /// Gives a new annotation all of it but the passage.
    func fill(_ fields: inout Fields) throws {
        if let text { fields.text = text }
        for tag in tags { fields.tags.insert(tag) }
        for (field, value) in kept {
            if let value { fields.assign(field, value.nfc.canonicalBytes()) }
        }
        // As the protocol wants it: the server gives an id of its own.
        if let id, !kept.contains(where: { $0.field == "x-via" && $0.value != nil }) {
            fields.assign("x-via", JSONValue.string(id.nfc).canonicalBytes())
        }
        if let creator {
            guard let name = Self.name(of: creator) else {
                throw InterfaceRequest.unsuitable("its creator has no name")
            }
            fields.assign("author", name.nfc.canonicalBytes())
            if creator != name { fields.assign("x-creator", creator.nfc.canonicalBytes()) }
        }
        if let created { fields.assign("date", created.nfc.canonicalBytes()) }
    }

    /// Gives an annotation what differs, so that nothing is said of what stays.
    func replace(_ fields: inout Fields, tags present: [String]) {
        if fields.text != text { fields.text = text }
        for tag in present where !tags.contains(tag) { fields.tags.remove(tag) }
        for tag in tags where !present.contains(tag) { fields.tags.insert(tag) }
        for (field, value) in kept {
            let json = value?.nfc.canonicalBytes() ?? JSONValue.null.canonicalBytes()
            let old = fields.json(of: field) ?? JSONValue.null.canonicalBytes()
            // What says where it comes from stays if it is not given.
            if json == old || value == nil && (field == "x-via" || field == "x-canonical") { continue }
            fields.assign(field, json)
        }
    }

    /// - Throws: `Problem` where it says something else of what a replacement leaves.
    func requireSame(as shown: JSONValue, given members: [(name: String, value: JSONValue)]) throws {
        func refuse(_ name: String) -> Problem {
            InterfaceRequest.unsuitable("its '\(name)' is another one than here, and is not replaced")
        }
        if let id, let own = shown["id"]?.string, !id.hasSuffix(own) { throw refuse("id") }
        if let creator, let own = shown["creator"], Self.name(of: creator) != Self.name(of: own) {
            throw refuse("creator")
        }
        if let created, created != shown["created"] { throw refuse("created") }
        guard let target, let own = shown["target"],
            members.first(where: { $0.name == "target" })?.value != own
        else { return }
        let selectors = own["selector"]?.array ?? []
        let quote = selectors.first { $0["type"] == "TextQuoteSelector" }
        let position = selectors.first { $0["type"] == "TextPositionSelector" }
        let isSame =
            own["source"]?.string?.hasSuffix(target.record) == true
            && (target.exact == nil
                ? target.range != nil || quote == nil : target.exact == quote?["exact"]?.string)
            && (target.range.map {
                $0.lowerBound == position?["start"]?.integer && $0.upperBound == position?["end"]?.integer
            } ?? true)
        guard isSame else { throw refuse("target") }
    }
}

extension AnnotationForm.Target {
    init(_ value: JSONValue, root: String) throws {
        guard let source = value.string ?? value["source"]?.string ?? value["id"]?.string, !source.isEmpty
        else { throw InterfaceRequest.unsuitable("its target has no source") }
        if let other = value.members?.first(where: {
            !["type", "source", "id", "selector"].contains($0.name)
        }) {
            throw InterfaceRequest.unsuitable("its target has '\(other.name.prefix(64))', which is not kept")
        }
        let own = source.ranges(of: root + "/records/").last.map { source[$0.upperBound...] }
        record = own.map { String($0) } ?? source.replacing("urn:uuid:", with: "", maxReplacements: 1)
        var (exact, prefix, suffix, range): (String?, String, String, Range<Int>?) = (nil, "", "", nil)
        let selector = value["selector"] ?? .null
        for selector in selector.isNull ? [] : selector.array ?? [selector] {
            switch selector["type"]?.string {
            case "TextQuoteSelector":
                guard let text = selector["exact"]?.string, !text.isEmpty else {
                    throw InterfaceRequest.unsuitable("its TextQuoteSelector quotes nothing")
                }
                (exact, prefix, suffix) = (
                    text, selector["prefix"]?.string ?? "", selector["suffix"]?.string ?? ""
                )
            case "TextPositionSelector":
                guard let start = selector["start"]?.integer, let end = selector["end"]?.integer, start >= 0,
                    start < end, end < 1 << 40
                else { throw InterfaceRequest.unsuitable("its TextPositionSelector names no passage") }
                range = start..<end
            case let other:
                throw InterfaceRequest.unsuitable(
                    "its selector is none that is kept: \((other ?? "").prefix(32))")
            }
            if let other = selector.members?.first(where: {
                !["type", "exact", "prefix", "suffix", "start", "end"].contains($0.name)
            }) {
                throw InterfaceRequest.unsuitable(
                    "its selector has '\(other.name.prefix(64))', which is not kept")
            }
        }
        (self.exact, self.prefix, self.suffix, self.range) = (exact, prefix, suffix, range)
    }
}
