internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

/// A W3C Web Annotation Container.
extension InterfaceRequest {
    private static let pageSize = 100
    private static let acceptedTypes = ["application/ld+json", jsonType]
    private static let links = [
        ("Link", "<http://www.w3.org/ns/ldp#BasicContainer>; rel=\"type\""),
        ("Allow", "GET, HEAD, POST"), ("Accept-Post", "application/ld+json, application/json"),
    ]

    func listAnnotations() throws -> HTTPResponse {
        let parameters = try parameters("page", "target")
        let number = try parameters.integer("page", in: 0...1_000_000).map(Int.init)
        let target = try parameters.text("target", maximumBytes: 1_024)
        return try archive.read { snapshot in
            let about = try target.map { try snapshot.find($0).id }
            let suffix = about.map { "&target=\($0.uuid)" } ?? ""
            let own = "\(root)/annotations/"
            func page(_ number: Int) -> JSONText { JSONText("\(own)?page=\(number)\(suffix)") }
            let (records, total) = try annotations(
                of: about, in: snapshot, from: (number ?? 0) * Self.pageSize)
            let last = max(0, (total - 1) / Self.pageSize)
            guard let number else {
                let container: JSONText = [
                    "@context": JSONText([
                        "http://www.w3.org/ns/anno.jsonld", "http://www.w3.org/ns/ldp.jsonld",
                    ]),
                    "id": JSONText(own), "type": JSONText(["BasicContainer", "AnnotationCollection"]),
                    "total": JSONText(total), "first": page(0), "last": page(last),
                ]
                return Self.json(container, type: ShownAnnotation.type, headers: Self.links)
            }
            let items = try records.map { try ShownAnnotation($0, in: snapshot, root: root).json }
            var members: [(String, JSONText)] = [
                ("@context", JSONText(ShownAnnotation.context)), ("id", page(number)),
                ("type", "AnnotationPage"),
                ("partOf", ["id": JSONText(own), "total": JSONText(total)]),
                ("startIndex", JSONText(number * Self.pageSize)), ("items", JSONText(items)),
            ]
            if number < last { members.append(("next", page(number + 1))) }
            if number > 0 { members.append(("prev", page(number - 1))) }
            return Self.json(JSONText(members: members), type: ShownAnnotation.type, headers: Self.links)
        }
    }

    /// A page of the annotations of a record, or of all.
    private func annotations(
        of target: RecordID?, in snapshot: borrowing Snapshot, from offset: Int
    ) throws -> (records: [Record], total: Int) {
        if let target {
            let all = try snapshot.dependents(of: target).filter { $0.kind == .annotation }
            return (Array(all.dropFirst(offset).prefix(Self.pageSize)), all.count)
        }
        let found = try snapshot.records(
            matching: "kind:annotation", sort: .added.reversed, offset: offset, limit: Self.pageSize)
        return (Array(found), found.total)
    }

    func annotate() throws -> HTTPResponse {
        _ = try parameters()
        let form = try AnnotationForm(try object(Self.acceptedTypes), root: root)
        guard let target = form.target else { throw Self.unsuitable("it has no target") }
        let id = try archive.write("annotate") { t in
            let article = try t.find(target.record)
            guard !article.isDeleted else {
                throw QuipuError(.deleted, "\(article.kind) \(article.id.handle) is deleted")
            }
            guard let passage = try passage(target, in: article, t.before) else {
                return try t.add(.annotation) {
                    $0.target = article.id.uuid
                    try form.fill(&$0)
                }
            }
            return try t.annotate(article, at: passage) { try form.fill(&$0) }
        }
        return try answer(withAnnotation: id, status: 201)
    }

    /// Nil for one about the record as a whole. A position is believed if its text is the quotation.
    private func passage(
        _ target: AnnotationForm.Target, in article: Record, _ snapshot: borrowing Snapshot
    ) throws -> QuotedPassage? {
        if let range = target.range {
            let passage = try? snapshot.passage(at: range, in: article)
            if let passage, target.exact == nil || passage.exact == target.exact { return passage }
            if target.exact == nil { return try snapshot.passage(at: range, in: article) }
        }
        guard let exact = target.exact else { return nil }
        return try snapshot.passage(
            quoting: exact, after: target.prefix, before: target.suffix, near: target.range?.lowerBound,
            in: article)
    }

    private func answer(withAnnotation id: RecordID, status: Int = 200) throws -> HTTPResponse {
        try archive.read { snapshot in
            guard let record = try snapshot.record(id) else { throw Self.noAnnotation(id.uuid) }
            let shown = try ShownAnnotation(record, in: snapshot, root: root)
            return Self.json(
                shown.json, status: status, type: ShownAnnotation.type, tag: shown.tag.description,
                headers: status == 201 ? [("Location", "\(root)/annotations/\(id.uuid)")] : [])
        }
    }

    func showAnnotation(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        return try archive.read { snapshot in
            let record = try snapshot.find(text)
            guard record.kind == .annotation else { throw Self.noAnnotation(text) }
            let shown = try ShownAnnotation(record, in: snapshot, root: root)
            if alreadyHas(shown.tag.description) {
                return HTTPResponse(status: 304, headers: [("ETag", "\"\(shown.tag)\"")])
            }
            return Self.json(shown.json, type: ShownAnnotation.type, tag: shown.tag.description)
        }
    }

    private static func noAnnotation(_ text: String) -> QuipuError {
        QuipuError(.unknownRecord, "there is no annotation '\(text.prefix(64))'")
    }

    func replaceAnnotation(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(Self.acceptedTypes)
        let form = try AnnotationForm(members, root: root)
        let id = try onCurrent(text, words: "edit an annotation") { (t, record) in
            guard record.kind == .annotation else { throw Self.noAnnotation(text) }
            guard !record.isDeleted else {
                throw QuipuError(.deleted, "annotation \(record.id.handle) is deleted")
            }
            let shown = try ShownAnnotation(record, in: t.before, root: root).json
            try form.requireSame(as: try JSONParser().parse(shown.bytes), given: members)
            try t.edit(record.id) { form.replace(&$0, tags: record.tags) }
        }
        return try answer(withAnnotation: id)
    }

    func deleteAnnotation(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        try requireEmptyBody()
        _ = try onCurrent(text, words: "delete an annotation") { (t, record) in
            guard record.kind == .annotation else { throw Self.noAnnotation(text) }
            try t.delete(record.id)
        }
        return HTTPResponse(status: 204)
    }
}
