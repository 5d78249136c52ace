internal import Quipu

/// What a command that edits one record says.
struct EditReport {
    let id: RecordID
    let outcome: EditOutcome
    /// The record's version after the edit, for when there was nothing to write.
    let present: Version

    /// - Parameters:
    ///   - done: what was done, for people: "set title".
    ///   - further: members that only this command has.
    func print(to output: Output, done: String, further: [(String, JSONText)] = []) {
        output.json(
            JSONText(
                members: [
                    ("id", JSONText(id.uuid)),
                    ("version", JSONText((outcome.version ?? present).description)),
                    ("changed", JSONText(outcome.version != nil)),
                    ("closed", JSONText(outcome.settled.map(\.json))),
                ] + further))
        let name = RecordText.name(id)
        output.remark(outcome.version == nil ? "\(name): nothing changed" : "\(name): \(done)")
        for settled in outcome.settled {
            let versions = settled.versions.map(\.short).joined(separator: ", ")
            output.remark(
                "  the conflict over \(TerminalSanitizer.line(settled.field)) is settled: this replaces \(versions)"
            )
        }
    }
}

extension EditOutcome.SettledConflict {
    var json: JSONText {
        ["field": JSONText(field), "versions": JSONText(versions.map(\.description))]
    }
}
