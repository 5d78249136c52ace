internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

/// One request to the interface for records, with the archive that it is about, opened for its author.
struct InterfaceRequest {
    static let queryBytes = 4_096
    static let jsonType = "application/json"
    static let linesType = "application/x-ndjson"

    let question: InterfaceQuestion
    let archive: Archive
    let body: [UInt8]
    let syncs: RunningSyncs

    var head: HTTPRequestHead { question.head }
    var isPost: Bool { head.method == "POST" }
    /// The path of the archive's resources.
    var root: String { "/v1/archives/\(question.name)" }

    func answer() throws -> HTTPResponse {
        switch question.route {
        case .records: try isPost ? addRecord() : listRecords()
        case .record(let id):
            switch head.method {
            case "PATCH": try changeRecord(id)
            case "DELETE": try deleteRecord(id)
            default: try showRecord(id)
            }
        case .history(let id): try showHistory(of: id)
        case .comparison(let id): try compare(id)
        case .why(let id, let field): try explain(field, of: id)
        case .restore(let id): try restoreRecord(id)
        case .revert(let id): try revertRecord(id)
        case .attachments(let id): try attach(to: id)
        case .edits: try editRecords()
        case .annotations: try isPost ? annotate() : listAnnotations()
        case .annotation(let id):
            switch head.method {
            case "PUT": try replaceAnnotation(id)
            case "DELETE": try deleteAnnotation(id)
            default: try showAnnotation(id)
            }
        case .conflicts: try listConflicts()
        case .conflict(let id, let field): try isPost ? settle(field, of: id) : showConflict(field, of: id)
        case .log: try listEntries()
        case .entry(let version): try showEntry(version)
        case .undo(let version): try undo(version)
        case .changes: try listChanges()
        case .status: try showStatus()
        case .tags: try listTags()
        case .collections: try listCollections()
        case .importing: try importFile()
        case .export: try export()
        case .attachmentContent(let id): try sendContent(of: id)
        case .tickets: try makeTicket()
        case .remotes: try listRemotes()
        case .syncs: try beginSync()
        case .sync(let id): try showSync(id)
        }
    }

    // MARK: what is asked

    func parameters(_ allowed: String...) throws -> QueryParameters {
        try QueryParameters(head.query, allowed: allowed)
    }

    /// The JSON object in the body.
    ///
    /// - Parameters:
    ///   - types: the media types that it may have.
    ///   - members: the names that it may have; nil for any.
    func object(
        _ types: [String] = [jsonType], members allowed: [String]? = nil
    ) throws -> [(name: String, value: JSONValue)] {
        let given = (head.headers["Content-Type"] ?? "").lowercased()
        let type = given.prefix { $0 != ";" && $0 != " " }
        guard types.contains(String(type)) else {
            throw Problem(
                status: 415, word: "unsupported-media-type", title: "This address takes no body of that type",
                hint: "send Content-Type: \(types[0])")
        }
        guard let value = try? JSONParser().parse(body),
            (try? JSONParser(options: .bigNumbersAsStrings).parse(body)) == value
        else { throw Problem.malformedBody }
        guard let members = value.members else { throw Self.unsuitable("the body is no JSON object") }
        if let allowed, let other = members.first(where: { !allowed.contains($0.name) }) {
            throw Self.unsuitable("it has '\(other.name)', and may have \(allowed.joined(separator: ", "))")
        }
        return members.map { ($0.name, $0.value) }
    }

    static func unsuitable(_ reason: String) -> Problem {
        Problem(
            status: 422, word: "unsuitable-body", title: "The body cannot be taken: \(reason)",
            hint: "nothing was written; records-http.md describes it")
    }

    func requireEmptyBody() throws {
        guard body.isEmpty else { throw Self.unsuitable("this address takes none") }
    }

    /// The text of `If-Match` without its quotation marks.
    ///
    /// - Throws: `Problem`, 428 without one; 400 for a list or what is none.
    func precondition() throws -> String {
        let fields = head.headers.values(of: "If-Match")
        guard !fields.isEmpty else {
            throw Problem(
                status: 428, word: "precondition-required",
                title: "The request does not say what its author has seen",
                hint: "send the ETag of that as If-Match")
        }
        guard fields.count == 1, fields[0].utf8.count >= 2, fields[0].hasPrefix("\""),
            fields[0].hasSuffix("\""),
            !fields[0].contains(",")
        else {
            throw Problem(
                status: 400, word: "bad-parameter", title: "If-Match is not one strong entity tag",
                hint: "send the ETag as it was received, in quotation marks")
        }
        return String(fields[0].dropFirst().dropLast())
    }

    /// The state that the author has seen. A tag that is none of this server's names a state that it does not know.
    func seenTag() throws -> RecordTag? { RecordTag(try precondition()) }

    var keepsBoth: Bool {
        head.headers.values(of: "Prefer").flatMap { $0.split(separator: ",") }
            .contains { $0.split(separator: ";").first?.filter { $0 != " " }.lowercased() == "keep-both" }
    }

    /// RFC 9110, section 13.1.2: a list of tags, of which weak ones count as well, or `*`.
    func alreadyHas(_ tag: String) -> Bool {
        Self.elements(head.headers.values(of: "If-None-Match"))
            .contains { $0 == "*" || $0 == "\"\(tag)\"" || $0 == "W/\"\(tag)\"" }
    }

    /// The elements of a list field, which may be sent in several lines.
    private static func elements(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " && $0 != "\t" } }
    }

    // MARK: what is answered

    static func json(
        _ value: JSONText, status: Int = 200, type: String = jsonType, tag: String? = nil,
        headers: [(String, String)] = []
    ) -> HTTPResponse {
        let tags = tag.map { [("ETag", "\"\($0)\"")] } ?? []
        return HTTPResponse(
            status: status, headers: [("Content-Type", type)] + tags + headers, body: .bytes(value.bytes))
    }

    /// NDJSON only for who names it, and no other type that it can have before it.
    var wantsLines: Bool {
        let ranges = Self.elements(head.headers.values(of: "Accept")).map { MediaRange($0.lowercased()) }
        guard let lines = ranges.first(where: { $0.type == Self.linesType })?.thousandths else {
            return false
        }
        let plain = ranges.first { $0.type == Self.jsonType }?.thousandths ?? 0
        return lines > 0 && lines >= plain
    }

    /// An element of `Accept` (RFC 9110, section 12.5.1), of whose parameters only the weight counts.
    private struct MediaRange {
        let type: String
        let thousandths: Int

        init(_ element: String) {
            let parts = element.split(separator: ";", omittingEmptySubsequences: false)
            type = String(parts[0])
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
            thousandths =
                weight.map { text in
                    Double(text).flatMap { (0...1).contains($0) ? Int($0 * 1_000) : nil } ?? 0
                } ?? 1_000
        }
    }

    /// A part of a list, as JSON or one element a line.
    ///
    /// - Parameter facts: further members, which header fields tell when there are only lines: `notes` is `Quipu-Notes`.
    func list(
        _ name: String, _ elements: [JSONText], next: String?? = .none, total: Int? = nil,
        position: Change.Position? = nil, facts: [(String, JSONText)] = []
    ) -> HTTPResponse {
        if wantsLines {
            var headers: [(String, String)] = [("Content-Type", Self.linesType)]
            if let total { headers.append(("Quipu-Total", String(total))) }
            if let position { headers.append(("Quipu-Position", position.description)) }
            if let next = next ?? nil { headers.append(("Link", "<\(nextAddress(next))>; rel=\"next\"")) }
            for (name, value) in facts {
                headers.append(
                    ("Quipu-" + name.prefix(1).uppercased() + name.dropFirst(), Self.header(value)))
            }
            var lines: [UInt8] = []
            for element in elements { lines += element.bytes + [UInt8(ascii: "\n")] }
            return HTTPResponse(status: 200, headers: headers, body: .bytes(lines))
        }
        var members: [(String, JSONText)] = [(name, JSONText(elements))]
        if let total { members.append(("total", JSONText(total))) }
        if case .some(let next) = next { members.append(("next", JSONText(next))) }
        if let position { members.append(("position", JSONText(raw: Array(position.description.utf8)))) }
        return Self.json(JSONText(members: members + facts))
    }

    /// JSON in visible ASCII, which a field may hold.
    private static func header(_ value: JSONText) -> String {
        var text = ""
        for unit in String(decoding: value.bytes, as: UTF8.self).utf16 {
            if 32..<127 ~= unit {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }

    private func nextAddress(_ next: String) -> String {
        let rest = (head.query ?? "").split(separator: "&").filter { !$0.hasPrefix("after=") }
        return head.path + "?" + (rest.map(String.init) + ["after=\(next)"]).joined(separator: "&")
    }
}

/// Which part of a list is asked for.
struct ListPart {
    let offset: Int
    let limit: Int

    private static let mostElements: Int64 = 200
    private static let furthest = 999_999_999

    init(_ parameters: QueryParameters) throws {
        limit = Int(try parameters.integer("limit", in: 1...Self.mostElements) ?? 50)
        guard let after = parameters["after"] else {
            offset = 0
            return
        }
        guard after.hasPrefix("o"), after.utf8.count <= 10,
            after.utf8.dropFirst().allSatisfy({ 48...57 ~= $0 }),
            let offset = Int(after.dropFirst()), offset <= Self.furthest
        else {
            throw Problem(
                status: 400, word: "bad-parameter", title: "'after' is not the 'next' of an answer",
                hint: "begin without it")
        }
        self.offset = offset
    }

    /// What to ask for then; nil at the end.
    func next(of total: Int) -> String? { offset + limit < total ? "o\(offset + limit)" : nil }

    func slice<Element>(_ elements: [Element]) -> ArraySlice<Element> {
        elements.dropFirst(offset).prefix(limit)
    }
}
