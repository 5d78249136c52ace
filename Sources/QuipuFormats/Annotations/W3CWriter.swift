internal import QuipuCanonicalJSON

/// Writes annotations, and notes on articles, as an annotation collection of the W3C Web Annotation Data Model (JSON-LD) with one page.
///
/// An annotation of an article that has an address targets the address; of others `urn:uuid:` and the article's id. What
/// an import kept under `x-` is written again under its own name where the model has that name. Articles, attachments and
/// collections have no place.
public struct W3CWriter: DocumentWriter {
    /// An article as an annotation needs it.
    public struct Target: Sendable {
        public let url: String?
        public let doi: String?

        public init(url: String?, doi: String? = nil) { (self.url, self.doi) = (url, doi) }
    }

    /// Kept members that mean the same in an annotation of the model.
    private static let keptNames = ["motivation", "rights", "canonical", "via", "audience", "stylesheet"]

    private let sink: ([UInt8]) throws -> Void
    private let target: (String) throws -> Target?
    private var hasBegun = false
    private var isFirst = true
    public private(set) var lost: [String: Int] = [:]

    /// - Parameters:
    ///   - target: the article with an id; nil where there is none.
    ///   - sink: is given pieces of the document, in order.
    public init(
        target: @escaping (String) throws -> Target?, sink: @escaping ([UInt8]) throws -> Void
    ) { (self.target, self.sink) = (target, sink) }

    public mutating func write(_ document: ExportDocument) throws {
        try write(document.record)
        for part in document.parts { try write(part.record) }
    }

    public mutating func write(_ record: ExportRecord) throws {
        guard record.kind == "annotation" || record.kind == "note" else {
            lost["[\(record.kind)]", default: 0] += 1
            return
        }
        var values: [String: JSONValue] = [:]
        var tags: [String] = []
        for field in try record.checked() {
            if field.name.hasPrefix("tags/") {
                if field.value.elementsEqual("true".utf8) { tags.append(String(field.name.dropFirst(5))) }
            } else if let value = try? JSONParser().parse(field.value), !value.isNull {
                values[field.name] = value
            }
        }
        guard let article = values["target"]?.string else {
            lost["[\(record.kind)]", default: 0] += 1
            return
        }
        let annotation = try annotation(record.id, values, tags, on: article)
        try begin()
        try sink((isFirst ? [] : Array(",".utf8)) + [0x0A] + annotation.canonicalBytes())
        isFirst = false
    }

    public mutating func finish() throws {
        try begin()
        try sink(Array("\n],\"type\":\"AnnotationPage\"},\"type\":\"AnnotationCollection\"}\n".utf8))
    }

    private mutating func begin() throws {
        if hasBegun { return }
        hasBegun = true
        // In the order of canonical JSON, as the annotations are.
        try sink(Array("{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"first\":{\"items\":[".utf8))
    }

    private mutating func annotation(
        _ id: String, _ values: [String: JSONValue], _ tags: [String], on article: String
    ) throws -> JSONValue {
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONMember(name: name, value: value)) }
        }
        add("id", .string("urn:uuid:" + id))
        add("type", "Annotation")
        add("generator", ["type": "Software", "name": "Quipu"])
        let references = values["x-references"]?.array
        add("body", Self.body(values, tags, isReply: references != nil))
        if let creator = values["x-creator"] {
            add("creator", creator)
        } else if let author = values["author"] {
            let people = (author.array ?? [author]).map { ["type": "Person", "name": $0] as JSONValue }
            add("creator", people.count == 1 ? people[0] : .array(people))
        }
        // The model wants a time with a zone; a day alone is written as it is known.
        add("created", values["date"])
        add("modified", values["x-modified"])
        for name in Self.keptNames { add(name, values["x-" + name]) }
        if values["x-motivation"] == nil {
            add(
                "motivation",
                references != nil
                    ? "replying"
                    : values["quote"] == nil || values["text"] != nil ? "commenting" : "highlighting")
        }
        add("target", Self.target(values, try target(article), article))
        let written: Set<String> = Set(
            [
                "target", "quote", "position", "anchor", "text", "title", "author", "date", "deleted",
                "x-modified", "x-references", "x-creator", "x-body",
                "x-selector",
            ] + Self.keptNames.map { "x-" + $0 })
        for name in values.keys.sorted() where !written.contains(name) && !name.hasPrefix("from/") {
            lost[name, default: 0] += 1
        }
        if let references {
            members.append(JSONMember(name: "quipu:references", value: .array(references)))
        }
        return .object(members)
    }

    private static func body(_ values: [String: JSONValue], _ tags: [String], isReply: Bool) -> JSONValue? {
        var bodies: [JSONValue] = []
        let parts = [values["title"]?.string, values["text"]?.string].compactMap(\.self)
        if !parts.isEmpty {
            bodies.append([
                "type": "TextualBody", "value": .string(parts.joined(separator: "\n\n")),
                "format": "text/plain",
                "purpose": isReply ? "replying" : "commenting",
            ])
        }
        bodies += tags.map { ["type": "TextualBody", "value": .string($0), "purpose": "tagging"] }
        // The words of texts are in the remark.
        bodies += values["x-body"]?.array?.filter { $0["value"] == nil } ?? []
        return bodies.isEmpty ? nil : .array(bodies)
    }

    private static func target(
        _ values: [String: JSONValue], _ article: Target?, _ id: String
    ) -> JSONValue {
        let source = article?.url ?? article?.doi.map { "https://doi.org/" + $0 } ?? "urn:uuid:" + id
        var selectors: [JSONValue] = []
        if let quote = values["quote"], let exact = quote["exact"]?.string {
            var members: [JSONMember] = [
                .init(name: "type", value: "TextQuoteSelector"), .init(name: "exact", value: .string(exact)),
            ]
            for name in ["prefix", "suffix"] {
                if let text = quote[name]?.string, !text.isEmpty {
                    members.append(.init(name: name, value: .string(text)))
                }
            }
            selectors.append(.object(members))
        }
        if let start = values["position"]?["start"], let end = values["position"]?["end"] {
            selectors.append(["type": "TextPositionSelector", "start": start, "end": end])
        }
        selectors += values["x-selector"]?.array ?? []
        guard !selectors.isEmpty else { return .string(source) }
        return [
            "source": .string(source), "selector": selectors.count == 1 ? selectors[0] : .array(selectors),
        ]
    }
}
