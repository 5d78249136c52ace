internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

extension InterfaceRequest {
    func listRecords() throws -> HTTPResponse {
        let parameters = try parameters("q", "sort", "limit", "after")
        let part = try ListPart(parameters)
        let query = parameters["q"] ?? ""
        guard query.utf8.count <= Self.queryBytes else {
            throw Self.badParameter("'q' has more than \(Self.queryBytes) bytes")
        }
        let order = try parameters["sort"].map { try self.order($0) }
        let position = try archive.position()
        return try archive.read { snapshot in
            let page = try snapshot.records(
                matching: query, sort: order, offset: part.offset, limit: part.limit)
            let records = try page.hits.map { hit in
                let members = RecordForm.members(
                    of: hit.record, tag: try snapshot.tag(of: hit.record), isBrief: true)
                let passage = hit.passage.isEmpty ? nil : hit.passage
                return JSONText(members: members + [("passage", JSONText(passage))])
            }
            // Header fields are short: there a long message, which repeats the query, is cut.
            let mostCharacters = wantsLines ? 200 : Int.max
            let notes = page.notes.prefix(wantsLines ? 10 : .max).map { note -> JSONText in
                [
                    "code": JSONText(note.code.rawValue),
                    "message": JSONText(String(note.message.unicodeScalars.prefix(mostCharacters))),
                    "mistake": JSONText(note.isMistake),
                ]
            }
            return list(
                "records", records, next: .some(part.next(of: page.total)), total: page.total,
                position: position, facts: [("notes", JSONText(notes))])
        }
    }

    private func order(_ text: String) throws -> RecordOrder {
        let isReversed = text.hasPrefix("-")
        guard let order = RecordOrder(name: isReversed ? String(text.dropFirst()) : text) else {
            throw Self.badParameter(
                "'sort' is none of \(RecordOrder.names.joined(separator: ", ")), with - before it or without")
        }
        return isReversed ? order.reversed : order
    }

    static func badParameter(_ reason: String) -> Problem {
        Problem(
            status: 400, word: "bad-parameter", title: "The query of the address cannot be taken: \(reason)",
            hint: "records-http.md and openapi.yaml describe the parameters")
    }

    func addRecord() throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(members: ["kind", "fields"])
        guard let kind = members.first(where: { $0.name == "kind" })?.value.string else {
            throw Self.unsuitable("'kind' is no text")
        }
        let patch = try RecordPatch(members.first { $0.name == "fields" }?.value ?? .object([]))
        let id = try archive.write("add \(kind.prefix(64))") { t in
            let kind = RecordKind(rawValue: kind)
            return try t.make(kind, try patch.values(for: kind, over: nil, in: t))
        }
        return try answer(with: id, status: 201)
    }

    /// A record as it is now.
    func answer(
        with id: RecordID, status: Int = 200, headers: [(String, String)] = []
    ) throws -> HTTPResponse {
        try archive.read { snapshot in
            guard let record = try snapshot.record(id) else {
                throw QuipuError(.unknownRecord, "there is no record \(id)")
            }
            let (json, tag) = try RecordForm.whole(record, in: snapshot)
            let place = status == 201 ? [("Location", "\(root)/records/\(id.uuid)")] : []
            return Self.json(json, status: status, tag: tag.description, headers: place + headers)
        }
    }

    func showRecord(_ text: String) throws -> HTTPResponse {
        let with = try parameters("with")["with"]
        guard with == nil || with == "dependents" || with == "versions" else {
            throw Self.badParameter("'with' is neither dependents nor versions")
        }
        return try archive.read { snapshot in
            let record = try snapshot.find(text)
            let tag = try snapshot.tag(of: record)
            // What belongs to it has tags of its own.
            if with == nil, alreadyHas(tag.description) {
                return HTTPResponse(status: 304, headers: [("ETag", "\"\(tag)\"")])
            }
            var members = RecordForm.members(of: record, tag: tag)
            members.append(("missingTexts", JSONText(try snapshot.missingTexts(of: record))))
            switch with {
            case "versions":
                let versions = try snapshot.versions(of: record).sorted { $0.key < $1.key }
                members.append(
                    (
                        "versions",
                        JSONText(members: versions.map { ($0.key, JSONText($0.value.map(\.description))) })
                    ))
            case "dependents": members += try DependentForm.members(of: record, in: snapshot)
            default: break
            }
            return Self.json(JSONText(members: members), tag: tag.description)
        }
    }

    func changeRecord(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(["application/merge-patch+json"], members: ["fields", "versions"])
        guard let fields = members.first(where: { $0.name == "fields" })?.value else {
            throw Self.unsuitable("it has no 'fields', which alone may be changed")
        }
        let patch = try RecordPatch(fields)
        let versions = try members.first { $0.name == "versions" }.map { try Self.versions($0.value) }
        let tag = try seenTag()
        let keepsBoth = keepsBoth
        let (id, edit) = try refusingStale(text) {
            try archive.write(patch.words) { t -> (RecordID, SeenEdit) in
                let record = try t.find(text)
                guard tag != nil || versions != nil else { throw RecordTag.unknown(record) }
                let isStale = try t.before.tag(of: record).digest != tag?.digest
                let values = try patch.values(
                    for: record.kind, over: record.fields, isStale: isStale, in: t)
                let seen = SeenState.versions(tag, versions ?? [:])
                return (record.id, try t.set(values, of: record, seen: seen, keepingBoth: keepsBoth))
            }
        }
        return try answer(
            with: id, headers: edit == .keptBoth ? [("Preference-Applied", "keep-both")] : [])
    }

    /// The versions that an author names, by field.
    private static func versions(_ value: JSONValue) throws -> [String: [Version]] {
        var found: [String: [Version]] = [:]
        for member in value.members ?? [] {
            found[member.name] = try (member.value.array ?? []).map { element in
                guard let version = element.string.flatMap({ Version($0) }) else {
                    throw unsuitable("'versions' has something that names no version")
                }
                return version
            }
        }
        return found
    }

    /// - Throws: `ChangedMeanwhile` with the present record in place of an error that it is not as it was seen.
    func refusingStale<Result>(_ text: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as QuipuError where error.code == .changedMeanwhile {
            throw try archive.read { snapshot in
                let (present, tag) = try RecordForm.whole(snapshot.find(text), in: snapshot)
                return ChangedMeanwhile(message: error.message, present: present, tag: tag.description)
            }
        }
    }

    func deleteRecord(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        try requireEmptyBody()
        let id = try onCurrent(text, words: "delete") { (t, record) in try t.delete(record.id) }
        return try answer(with: id)
    }

    func restoreRecord(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        try requireEmptyBody()
        let id = try onCurrent(text, words: "restore") { (t, record) in try t.restore(record.id) }
        return try answer(with: id)
    }

    func revertRecord(_ text: String) throws -> HTTPResponse {
        _ = try parameters()
        let members = try object(members: ["version"])
        guard let version = members.first?.value.string.flatMap({ Version($0) }) else {
            throw Self.unsuitable("'version' names no version")
        }
        let id = try onCurrent(text, words: "revert") { (t, record) in
            guard !record.isDeleted else {
                throw QuipuError(.deleted, "\(record.kind) \(record.id.handle) is deleted")
            }
            try t.revert(record, to: version)
        }
        return try answer(with: id)
    }

    /// Edits a record that is as its author has seen it.
    ///
    /// - Throws: `ChangedMeanwhile`; `Problem`, 428.
    func onCurrent(
        _ text: String, words: String, _ edit: (inout Transaction, Record) throws -> Void
    ) throws -> RecordID {
        let tag = try seenTag()
        return try refusingStale(text) {
            try archive.write(words) { t in
                let record = try t.find(text)
                guard let tag else { throw RecordTag.unknown(record) }
                try t.requireCurrent(tag, of: record)
                try edit(&t, record)
                return record.id
            }
        }
    }
}

extension RecordTag {
    static func unknown(_ record: Record) -> QuipuError {
        QuipuError(
            .changedMeanwhile, "this server does not know the state of \(record.id.handle) that was seen")
    }
}
