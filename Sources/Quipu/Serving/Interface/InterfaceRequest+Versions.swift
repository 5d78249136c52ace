internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

/// What became of a record.
extension InterfaceRequest {
    func showHistory(of text: String) throws -> HTTPResponse {
        let part = try ListPart(try parameters("limit", "after"))
        return try archive.read { snapshot in
            let records = try snapshot.together(with: try snapshot.find(text))
            let all = try snapshot.history(of: records).reversed()
            let versions = part.slice(Array(all)).map { record, number, entry -> JSONText in
                [
                    "record": JSONText(record.description), "number": JSONText(number),
                    "version": JSONText(entry.version.description), "author": JSONText(entry.author),
                    "byProgram": JSONText(entry.isByProgram),
                    "timeMilliseconds": JSONText(entry.timeMilliseconds),
                    "timeUncertain": JSONText(entry.isTimeUncertain), "fields": JSONText(entry.fields),
                    "mergedFields": JSONText(entry.mergedFields),
                ]
            }
            return list("versions", versions, next: .some(part.next(of: all.count)), total: all.count)
        }
    }

    func compare(_ text: String) throws -> HTTPResponse {
        let parameters = try parameters("from", "to")
        return try archive.read { snapshot in
            let record = try snapshot.find(text)
            let from = try Self.version(parameters["from"], of: record, in: snapshot)
            let to = try Self.version(parameters["to"], of: record, in: snapshot)
            let comparison = try snapshot.compare(record, from: from, to: to)
            let changes = comparison.changes.map { change -> JSONText in
                [
                    "field": JSONText(change.field), "old": Self.value(change.old),
                    "new": Self.value(change.new),
                    "oldState": JSONText(Self.state(change.old)),
                    "newState": JSONText(Self.state(change.new)),
                ]
            }
            return Self.json(["changes": JSONText(changes)])
        }
    }

    private static func version(
        _ text: String?, of record: Record, in snapshot: borrowing Snapshot
    ) throws -> Version? {
        guard let text else { return nil }
        if text == "now" { return try snapshot.history(of: record.id).last?.version }
        guard let version = Version(text) else { throw badParameter("'from' or 'to' names no version") }
        return version
    }

    private static func value(_ content: RecordComparison.Difference.Content) -> JSONText {
        if case .json(let json) = content { JSONText(raw: json) } else { nil }
    }

    private static func state(_ content: RecordComparison.Difference.Content) -> String {
        switch content {
        case .none: "none"
        case .missing: "missing"
        case .json: "value"
        }
    }

    func explain(_ field: String, of text: String) throws -> HTTPResponse {
        _ = try parameters()
        return try archive.read { snapshot in
            let record = try snapshot.find(text)
            let field = try snapshot.field(titled: field)
            let records = try snapshot.together(with: record)
            let stories = try records.map { try snapshot.story(of: $0.id, field: field) }
            let source = try snapshot.source(of: field, shownBy: records[0])
            return Self.json(
                JSONText(
                    members: Self.members(stories[0]) + [
                        ("shownBy", JSONText(source?.description)),
                        ("others", JSONText(stories.dropFirst().map { JSONText(members: Self.members($0)) })),
                    ]))
        }
    }

    private static func members(_ story: FieldStory) -> [(String, JSONText)] {
        [
            ("record", JSONText(story.record.description)), ("field", JSONText(story.field)),
            ("rule", rule(story.rule)),
            ("versions", JSONText(story.versions.map { JSONText(members: $0.members) })),
        ]
    }

    private static func rule(_ rule: FieldStory.Rule?) -> JSONText {
        switch rule {
        case nil: nil
        case .onlyOne: ["name": "only-one"]
        case .settled(let author): ["name": "settled", "by": JSONText(author)]
        case .merged: ["name": "merged"]
        case .personOverProgram: ["name": "person-over-program"]
        case .latest: ["name": "latest"]
        }
    }
}
