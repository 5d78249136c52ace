internal import Quipu

/// What a command says that edits records in one step.
struct EditReport {
    /// Each with its version before the edit, for when there was nothing to write.
    let records: [(id: RecordID, version: Version)]
    let outcome: EditOutcome

    init(_ records: [Record], _ outcome: EditOutcome) {
        self.records = records.map { ($0.id, $0.version) }
        self.outcome = outcome
    }

    init(records: [(id: RecordID, version: Version)], outcome: EditOutcome) {
        self.records = records
        self.outcome = outcome
    }

    /// - Parameters:
    ///   - done: what was done, for people: "set title".
    ///   - further: members that only this command has, for the record at a place.
    func print(to output: Output, done: String, further: (Int) -> [(String, JSONText)] = { _ in [] }) {
        let settled = Dictionary(grouping: outcome.settled, by: \.record)
        for (index, record) in records.enumerated() {
            let closed = (settled[record.id] ?? []).map(\.json)
            output.json(
                JSONText(
                    members: [
                        ("id", JSONText(record.id.uuid)),
                        ("version", JSONText((outcome.version(of: record.id) ?? record.version).description)),
                        ("changed", JSONText(outcome.version != nil)), ("closed", JSONText(closed)),
                    ] + further(index)))
        }
        let name =
            records.count == 1 ? RecordText.name(records[0].id) : counted(records.count, "record")
        output.remark(outcome.version == nil ? "\(name): nothing changed" : "\(name): \(done)")
        if records.count == 1 {
            for settled in outcome.settled {
                let versions = settled.versions.map(\.short).joined(separator: ", ")
                output.remark(
                    "  the conflict over \(TerminalSanitizer.line(FieldTitle.of(settled.field))) is settled: this replaces \(versions)"
                )
            }
        } else if !outcome.settled.isEmpty {
            output.remark("  this settles \(counted(outcome.settled.count, "conflict"))")
        }
    }

    /// Where a selection is empty: not an error, since a search may find nothing.
    static func printNone(to output: Output) { output.advise("no record is selected; nothing was changed") }
}

extension EditOutcome.SettledConflict {
    var json: JSONText {
        ["field": JSONText(field), "versions": JSONText(versions.map(\.description))]
    }
}
