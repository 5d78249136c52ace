internal import Quipu

extension Conflict {
    /// `merged` is the text with both changes; where it is null, `mergeObstacle` says why.
    func jsonText(merge: MergeProposal) -> JSONText {
        [
            "id": JSONText(record.uuid), "handle": JSONText(record.handle),
            "kind": JSONText(record.kind.rawValue),
            "field": JSONText(field), "deletion": JSONText(isDeletion), "current": current.jsonText,
            "others": JSONText(others.map(\.jsonText)), "ancestor": ancestor?.jsonText ?? nil,
            "merged": JSONText(merge.text),
            "mergeObstacle": JSONText(merge.obstacle?.rawValue),
        ]
    }
}

extension Conflict.Choice {
    /// `value` is null, with `textMissing`, where the text is not here. `id` and `field` say what the value
    /// is of: for a deletion that may be something that hangs on the deleted record.
    var jsonText: JSONText {
        [
            "value": json.map { JSONText(raw: $0) } ?? nil, "valueMissing": JSONText(json == nil),
            "author": JSONText(author), "timeMilliseconds": JSONText(timeMilliseconds),
            "version": JSONText(version.description), "byProgram": JSONText(isByProgram),
            "originalAuthor": JSONText(originalAuthor), "id": JSONText(record.uuid),
            "field": JSONText(field),
        ]
    }

    /// `ana, 2026-11-23 21:40 UTC, ab12cd34:5`.
    func origin(in zone: ClockZone) -> String {
        let name = TerminalSanitizer.line(author)
        let who =
            if originalAuthor == author {
                "\(name), brought back"
            } else if let originalAuthor {
                "\(TerminalSanitizer.line(originalAuthor)), brought back by \(name)"
            } else {
                name + (isByProgram ? " (by program)" : "")
            }
        return "\(who), \(zone.short(milliseconds: timeMilliseconds)), \(version.short)"
    }
}
