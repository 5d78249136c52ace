internal import QuipuCausality
internal import QuipuStorage

/// What a command that edits one record says.
struct EditReport {
    let id: RecordID
    let kind: String
    let outcome: EditOutcome
    /// The record's version after the edit, for when there was nothing to write.
    let present: TransactionName

    /// - Parameters:
    ///   - done: what was done, for people: "set title".
    ///   - further: members that only this command has.
    func print(to output: Output, done: String, further: [(String, JSONText)] = []) {
        output.json(
            JSONText(
                members: [
                    ("id", JSONText(id.text)),
                    ("version", JSONText((outcome.version ?? present).description)),
                    ("changed", JSONText(outcome.version != nil)),
                    ("closed", JSONText(outcome.closed.map(\.json))),
                ] + further))
        let name = RecordText.name(id, kind: kind)
        output.remark(outcome.version == nil ? "\(name): nothing changed" : "\(name): \(done)")
        for closed in outcome.closed {
            let versions = closed.versions.map(\.shortText).joined(separator: ", ")
            output.remark(
                "  the conflict over \(TerminalSanitizer.line(closed.field)) is settled: this replaces \(versions)"
            )
        }
    }
}

extension EditOutcome.ClosedConflict {
    var json: JSONText {
        ["field": JSONText(field), "versions": JSONText(versions.map(\.description))]
    }
}
