internal import QuipuCausality

/// Conflicts as JSON.
enum ConflictForm {
    static func members(
        of conflict: Conflict, in snapshot: borrowing Snapshot
    ) throws -> [(String, JSONText)] {
        let choices =
            [choice(conflict.current, isCurrent: true)]
            + conflict.others.map { choice($0, isCurrent: false) }
        return [
            (
                "record",
                JSONText(
                    members: RecordForm.reference(
                        conflict.record, caption: try snapshot.caption(of: conflict.record)))
            ),
            ("field", JSONText(conflict.field)),
            ("fieldTitle", JSONText(try snapshot.fieldTitle(conflict.field))),
            ("deletion", JSONText(conflict.isDeletion)), ("etag", JSONText("\"\(tag(of: conflict))\"")),
            ("prose", JSONText(conflict.isProse)), ("joinable", JSONText(conflict.isJoinable)),
            ("choices", JSONText(choices)),
            ("ancestor", conflict.ancestor.map { choice($0, isCurrent: false) } ?? nil),
        ]
    }

    /// With a merge of its texts.
    static func whole(_ conflict: Conflict, in snapshot: borrowing Snapshot) throws -> JSONText {
        let merge: JSONText =
            switch try snapshot.mergeProposal(for: conflict) {
            case .text(let text): ["text": JSONText(text)]
            case .impossible(let obstacle): ["obstacle": JSONText(obstacle.rawValue)]
            }
        let clashes = ConflictPieces(conflict)?.clashes.map { clash -> JSONText in
            [
                "current": JSONText(clash.current), "other": JSONText(clash.other),
                "ancestor": JSONText(clash.ancestor), "before": JSONText(clash.before),
                "after": JSONText(clash.after),
            ]
        }
        return JSONText(
            members: try members(of: conflict, in: snapshot) + [
                ("merge", merge), ("clashes", clashes.map { JSONText($0) } ?? nil),
            ])
    }

    /// The digest of what stands against each other: another version makes it another conflict.
    static func tag(of conflict: Conflict) -> String {
        let versions = ([conflict.current] + conflict.others).map(\.version.description).sorted()
        let text = ([conflict.record.description] + versions + [conflict.field]).joined(separator: "\n")
        let digits = String(BLAKE2b.hash16(text.utf8), radix: 16)
        return "c-" + String(repeating: "0", count: 32 - digits.count) + digits
    }

    private static func choice(_ choice: Conflict.Choice, isCurrent: Bool) -> JSONText {
        [
            "version": JSONText(choice.version.description), "current": JSONText(isCurrent),
            "author": JSONText(choice.author), "originalAuthor": JSONText(choice.originalAuthor),
            "timeMilliseconds": JSONText(choice.timeMilliseconds), "byProgram": JSONText(choice.isByProgram),
            "machine": JSONText(String(choice.version.replica.prefix(8))),
            "value": choice.json.map { JSONText(raw: $0) } ?? nil,
            "valueMissing": JSONText(choice.json == nil), "record": JSONText(choice.record.description),
            "field": JSONText(choice.field),
        ]
    }
}
