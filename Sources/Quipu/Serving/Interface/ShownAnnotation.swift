internal import QuipuCanonicalJSON

/// An annotation as the W3C Web Annotation Data Model has it, for who asks.
struct ShownAnnotation {
    static let context = "http://www.w3.org/ns/anno.jsonld"
    static let type = "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\""

    let json: JSONText
    let tag: RecordTag

    /// - Parameter root: the path of the archive's resources.
    init(_ record: Record, in snapshot: borrowing Snapshot, root: String) throws {
        tag = try snapshot.tag(of: record)
        let fields = record.fields
        let first = try snapshot.history(of: record.id).first
        let source = fields.target.map { "\(root)/records/\($0)" }
        var target: [(String, JSONText)] = [("source", JSONText(source))]
        let selectors = Self.selectors(fields)
        if !selectors.isEmpty { target.append(("selector", JSONText(selectors))) }
        var members: [(String, JSONText)] = [
            ("@context", JSONText(Self.context)), ("id", JSONText("\(root)/annotations/\(record.id.uuid)")),
            ("type", "Annotation"),
            (
                "motivation",
                Self.kept("motivation", fields) ?? JSONText(AnnotationForm.usualMotivation(text: fields.text))
            ),
            ("creator", Self.creator(fields) ?? ["type": "Person", "name": JSONText(first?.author ?? "")]),
            (
                "created",
                JSONText(fields.date ?? Timestamp.text(milliseconds: first?.timeMilliseconds ?? 0))
            ),
        ]
        for name in AnnotationForm.keptNames where name != "motivation" {
            if let value = Self.kept(name, fields) { members.append((name, value)) }
        }
        members += [
            ("body", JSONText(Self.bodies(record))), ("target", JSONText(members: target)),
            ("etag", JSONText("\"\(tag)\"")), ("uuid", JSONText(record.id.uuid)),
            ("deleted", JSONText(record.isDeleted)),
        ]
        json = JSONText(members: members)
    }

    private static func kept(_ name: String, _ fields: Fields) -> JSONText? {
        fields.json(of: "x-" + name).flatMap { $0 == Array("null".utf8) ? nil : JSONText(raw: $0) }
    }

    private static func creator(_ fields: Fields) -> JSONText? {
        if let creator = kept("creator", fields) { return creator }
        let people = fields.authors.map { name -> JSONText in ["type": "Person", "name": JSONText(name)] }
        return people.isEmpty ? nil : people.count == 1 ? people[0] : JSONText(people)
    }

    /// The remark as it was given, if it says more than its words and they are the same still.
    private static func bodies(_ record: Record) -> [JSONText] {
        var bodies: [JSONText] = []
        if let text = record.fields.text {
            let given =
                record.fields.json(of: "x-body").flatMap { try? JSONParser().parse($0).array }?
                .filter { ($0.string ?? $0["value"]?.string) != nil && $0["purpose"] != "tagging" } ?? []
            let words = given.map { $0.string ?? $0["value"]?.string ?? "" }.joined(separator: "\n\n")
            if !given.isEmpty, words == text {
                bodies = given.map { JSONText(raw: $0.canonicalBytes()) }
            } else {
                bodies = [["type": "TextualBody", "purpose": "commenting", "value": JSONText(text)]]
            }
        }
        for tag in record.tags {
            bodies.append(["type": "TextualBody", "purpose": "tagging", "value": JSONText(tag)])
        }
        return bodies
    }

    private static func selectors(_ fields: Fields) -> [JSONText] {
        var selectors: [JSONText] = []
        if let quote = fields.json(of: "quote"), let value = Value(json: quote), value != .null {
            selectors.append([
                "type": "TextQuoteSelector", "exact": JSONText(value["exact"]?.string),
                "prefix": JSONText(value["prefix"]?.string ?? ""),
                "suffix": JSONText(value["suffix"]?.string ?? ""),
            ])
        }
        if let position = fields["position"], let start = position["start"]?.number,
            let end = position["end"]?.number
        {
            selectors.append([
                "type": "TextPositionSelector", "start": JSONText(raw: Value.number(start).json),
                "end": JSONText(raw: Value.number(end).json),
            ])
        }
        return selectors
    }
}
