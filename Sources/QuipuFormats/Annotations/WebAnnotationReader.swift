internal import QuipuCanonicalJSON

/// Annotations as JSON-LD of the W3C Web Annotation Data Model: one, several in an array or one a line, or the items of an
/// annotation page or of a collection's first page.
///
/// An annotation whose target is an annotation that came before (a reply) belongs to the article of that one, and names it under
/// `x-references`.
struct WebAnnotationReader: SourceReader {
    let formatName = "web annotations (W3C JSON-LD)"

    private static let scope = "w3c:documents"
    /// Ids of annotations whose article is remembered, so that replies find it.
    private static let mostRemembered = 100_000

    private var objects: JSONObjectStream
    private var articles = AnnotatedArticles()
    /// For each annotation the address of its article.
    private var addresses: [String: String] = [:]
    private var pending: [SourceEvent] = []

    init(_ source: ByteSource) throws(InterchangeError) {
        objects = try JSONObjectStream(source, paths: [["first", "items"], ["items"], ["@graph"]])
    }

    static func isRecognised(_ start: SourceStart) -> Bool {
        let sample = JSONSample(start)
        guard let first = sample.first else { return false }
        let types: Set<String> = ["Annotation", "AnnotationPage", "AnnotationCollection", "oa:Annotation"]
        func isOne(_ outline: JSONOutline?) -> Bool {
            guard let outline, ["target", "items", "first", "hasTarget"].contains(where: { outline.has($0) })
            else { return false }
            return ["type", "@type"].contains { name in
                guard let type = outline.text(name) else {
                    // A list of types.
                    return outline.has(name) && types.contains { sample.contains("\"\($0)\"") }
                }
                return types.contains(type)
            }
        }
        if isOne(first) || isOne(sample.first(in: "items")) || isOne(sample.first(in: "@graph")) {
            return true
        }
        return sample.contains("w3.org/ns/anno") && sample.contains("Annotation")
    }

    mutating func next() throws(InterchangeError) -> SourceEvent? {
        while pending.isEmpty {
            switch try objects.next() {
            case nil: return nil
            case .event(let event): return event
            case .object(let value, let place):
                // A page alone in an array, or one a line.
                let items = value["items"]?.array ?? value["first"]?["items"]?.array
                for item in items ?? [value] { pending += events(of: item, at: place) }
                pending.reverse()
            }
        }
        return pending.popLast()
    }

    /// An annotation of several targets is one of each that is an article.
    private mutating func events(of value: JSONValue, at place: SourcePlace) -> [SourceEvent] {
        var events: [SourceEvent] = []
        var count = 1
        var number = 0
        while number < min(count, WebAnnotation.mostTargets) {
            do throws(Rejection) {
                let annotation = try WebAnnotation(value, target: number)
                count = annotation.targetCount
                events += try self.events(of: annotation, at: place, isFirst: number == 0)
            } catch  where number == 0 {
                return [error.event(at: place)]
            } catch {
                events.append(
                    .remark(place, "its target \(number + 1) is kept as x-targets only: \(error.reason)"))
            }
            number += 1
        }
        if count > WebAnnotation.mostTargets {
            events.append(
                .remark(
                    place,
                    "of its \(count) targets those behind \(WebAnnotation.mostTargets) are kept as x-targets only"
                ))
        }
        return events
    }

    private mutating func events(
        of annotation: WebAnnotation, at place: SourcePlace, isFirst: Bool
    ) throws(Rejection) -> [SourceEvent] {
        var annotation = annotation
        var events: [SourceEvent] = []
        guard let target = annotation.address else { throw Rejection("its `target` names no resource") }
        var relations = SourceRelations()
        let parent = addresses[target]
        let isWeb = SourceValue.isWebAddress(.string(target))
        if parent == nil, !isWeb, annotation.isReply {
            throw Rejection("it replies to \(target), which does not come before it")
        }
        if parent == nil, !isWeb, !isFirst { throw Rejection("\(target.prefix(200)) is no page") }
        if parent != nil { annotation.reply(to: target) }
        let address = parent ?? target
        relations.parent = AnnotatedArticles.key(of: address)
        if isFirst { relations.key = annotation.id.map { "annotation:" + $0 } }
        relations.passage = annotation.passage
        let part = try annotation.item(place: place, relations: relations)
        // An article of ours that has no address.
        let own = annotation.facts.producer == SourceItem.ownProducer ? WebAnnotation.record(address) : nil
        if let article = try articles.item(
            at: address, [], scope: own == nil ? Self.scope : SourceItem.ownProducer, identifier: own,
            place: place)
        {
            events.append(.item(article))
        }
        events.append(.item(part))
        if isFirst, let id = annotation.id {
            if addresses.count >= Self.mostRemembered { addresses = [:] }
            addresses[id] = address
        }
        return events
    }
}

extension WebAnnotation {
    mutating func reply(to target: String) {
        facts.beside.append(JSONMember(name: "references", value: .array([.string(target)])))
    }

    /// An annotation of a passage or a reply is one here too; what is about a page as a whole is a note.
    func item(place: SourcePlace, relations: SourceRelations) throws(Rejection) -> SourceItem {
        let isAnnotation =
            passage != nil || facts.beside.contains { $0.name == "references" || $0.name == "selector" }
        return isAnnotation
            ? try .annotation(text: text, facts: facts, place: place, relations: relations)
            : try .note(text: text, facts: facts, place: place, relations: relations)
    }
}

extension FormatEntry {
    static let w3c = FormatEntry(
        .w3c, name: "web annotations (W3C JSON-LD)",
        fields: [
            ("text", ["body.value", "bodyValue"]), ("tags", ["body.value: tagging"]),
            ("quote", ["target.selector: TextQuoteSelector"]), ("author", ["creator"]), ("date", ["created"]),
            ("url", ["target.source", "target"]),
        ], isRecognised: WebAnnotationReader.isRecognised,
        open: { (source, _) throws(InterchangeError) in try WebAnnotationReader(source) })
}
