internal import QuipuCanonicalJSON
internal import QuipuHosting
internal import QuipuStorage

/// Annotations as the W3C Web Annotation Data Model has them.
struct AnnotationForm {
    static let context = "http://www.w3.org/ns/anno.jsonld"
    static let type = "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\""

    /// The remark; nil for none.
    let text: String?
    let tags: [String]
    let target: Target?

    struct Target {
        /// What follows the last slash of the source.
        let record: String
        let exact: String?
        let prefix: String
        let suffix: String
        let range: Range<Int>?
    }

    // MARK: as it is written

    static func json(
        of record: Record, in snapshot: borrowing Snapshot, root: String
    ) throws -> (JSONText, RecordTag) {
        let tag = try snapshot.tag(of: record)
        let first = try snapshot.history(of: record.id).first
        var bodies: [JSONText] = []
        if let text = record.fields.text {
            bodies.append(["type": "TextualBody", "purpose": "commenting", "value": JSONText(text)])
        }
        for tag in record.tags {
            bodies.append(["type": "TextualBody", "purpose": "tagging", "value": JSONText(tag)])
        }
        var selectors: [JSONText] = []
        if let quote = record.fields.json(of: "quote"), let value = Value(json: quote), value != .null {
            selectors.append([
                "type": "TextQuoteSelector", "exact": JSONText(value["exact"]?.string),
                "prefix": JSONText(value["prefix"]?.string ?? ""),
                "suffix": JSONText(value["suffix"]?.string ?? ""),
            ])
        }
        if let position = record.fields["position"], let start = position["start"]?.number,
            let end = position["end"]?.number
        {
            selectors.append([
                "type": "TextPositionSelector", "start": JSONText(raw: Value.number(start).json),
                "end": JSONText(raw: Value.number(end).json),
            ])
        }
        let source = record.fields.target.map { "\(root)/records/\($0)" }
        var target: [(String, JSONText)] = [("source", JSONText(source))]
        if !selectors.isEmpty { target.append(("selector", JSONText(selectors))) }
        return (
            [
                "@context": JSONText(context), "id": JSONText("\(root)/annotations/\(record.id.uuid)"),
                "type": "Annotation",
                "motivation": JSONText(record.fields.text == nil ? "highlighting" : "commenting"),
                "creator": ["type": "Person", "name": JSONText(first?.author ?? "")],
                "created": JSONText(Timestamp.text(milliseconds: first?.timeMilliseconds ?? 0)),
                "body": JSONText(bodies), "target": JSONText(members: target),
                "etag": JSONText("\"\(tag)\""), "uuid": JSONText(record.id.uuid),
                "deleted": JSONText(record.isDeleted),
            ], tag
        )
    }

    // MARK: as it is read

    /// - Throws: `Problem` for what is no annotation that can be kept.
    init(_ members: [(name: String, value: JSONValue)]) throws {
        func member(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
        guard member("type")?.string == "Annotation" else {
            throw InterfaceRequest.unsuitable("its type is not Annotation")
        }
        var (texts, tags): ([String], [String]) = ([], [])
        let given = member("body") ?? member("bodyValue") ?? .null
        for body in given.isNull ? [] : given.array ?? [given] {
            guard let value = body.string ?? body["value"]?.string else {
                throw InterfaceRequest.unsuitable("a body has no text as its value")
            }
            let purpose = body["purpose"]?.string ?? "commenting"
            switch purpose {
            case "tagging": tags.append(value)
            case "commenting", "describing", "replying", "highlighting", "questioning": texts.append(value)
            default:
                throw InterfaceRequest.unsuitable(
                    "a body has a purpose that is not kept: \(purpose.prefix(32))")
            }
        }
        text = texts.isEmpty ? nil : texts.joined(separator: "\n\n")
        self.tags = tags
        target = try member("target").flatMap { $0.isNull ? nil : try Target($0) }
    }
}

extension AnnotationForm.Target {
    init(_ value: JSONValue) throws {
        guard let source = value.string ?? value["source"]?.string ?? value["id"]?.string, !source.isEmpty,
            let last = source.split(separator: "/").last
        else { throw InterfaceRequest.unsuitable("its target has no source") }
        record = String(last)
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
        }
        (self.exact, self.prefix, self.suffix, self.range) = (exact, prefix, suffix, range)
    }
}

/// Times as RFC 3339 has them.
enum Timestamp {
    /// In UTC, to the second.
    static func text(milliseconds: Int64) -> String {
        let seconds = Int64((Double(milliseconds) / 1_000).rounded(.down))
        let day = Int64((Double(seconds) / 86_400).rounded(.down))
        let date = CalendarDay.date(ofDay: day)
        let rest = seconds - day * 86_400
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let days = "\(padded(date.year, 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))"
        return days + "T\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }
}
