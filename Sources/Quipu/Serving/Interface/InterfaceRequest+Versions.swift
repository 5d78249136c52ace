internal import QuipuCanonicalJSON
internal import QuipuHTTPServer
internal import QuipuHosting

/// What became of a record.
extension InterfaceRequest {
    func showHistory(of text: String) throws -> HTTPResponse {
        let part = try ListPart(try parameters("limit", "after"))
        return try archive.read { snapshot in
            let all = try snapshot.history(of: try snapshot.find(text).id).reversed()
            let versions = part.slice(Array(all)).map { entry -> JSONText in
                [
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
            let story = try snapshot.story(of: record.id, field: try snapshot.field(titled: field))
            let versions = story.versions.map { version -> JSONText in
                [
                    "version": JSONText(version.version.description), "author": JSONText(version.author),
                    "timeMilliseconds": JSONText(version.timeMilliseconds),
                    "byProgram": JSONText(version.isByProgram), "words": JSONText(version.words),
                    "value": version.json.map { JSONText(raw: $0) } ?? nil,
                    "valueMissing": JSONText(version.json == nil),
                    "replaces": JSONText(version.replaces.map(\.description)),
                    "replacedBy": JSONText(version.replacedBy?.description),
                    "shown": JSONText(version.isShown), "inConflict": JSONText(version.isInConflict),
                    "wasShown": JSONText(version.wasShown),
                    "shownUntil": JSONText(version.shownUntil?.description),
                    "unknownTo": JSONText(version.unknownTo),
                ]
            }
            return Self.json([
                "field": JSONText(story.field), "rule": Self.rule(story.rule), "versions": JSONText(versions),
            ])
        }
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
