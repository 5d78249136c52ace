internal import Quipu

/// Settles conflicts of one record by edits, and says so.
struct Settling {
    let archive: Archive
    let record: Record
    let output: Output

    func settle(_ conflict: Conflict, by resolution: TypedResolution) throws {
        if conflict.isDeletion {
            try settleDeletion(conflict, by: resolution)
            return
        }
        let (json, outcome) = try archive.edit { t in
            let json = try resolution.value(for: conflict, in: t)
            try t.put([(conflict.field, json)], into: record.id)
            return json
        }
        // A sync may have settled it between the look and the edit.
        EditReport([record], outcome)
            .print(
                to: output,
                done:
                    "\(TerminalSanitizer.line(FieldTitle.of(conflict.field))) is \(ValueText.quoted(json, columns: 60))"
            ) { _ in [("field", JSONText(conflict.field))] }
    }

    private func settleDeletion(_ conflict: Conflict, by resolution: TypedResolution) throws {
        let outcome: EditOutcome
        switch resolution {
        case .current: (_, outcome) = try archive.edit { t in try t.delete(record.id) }
        case .other(let number):
            try TypedResolution.requireOther(number, of: conflict)
            (_, outcome) = try archive.edit { t in try t.restore(record.id) }
        case .both, .merged, .value:
            throw UsageError(
                "\(RecordText.name(record)) was both deleted and edited: it can stay deleted or be restored",
                hint: "give --take current to confirm the deletion, or --take 1 to restore the record")
        }
        let versions = ([conflict.current] + conflict.others).map { JSONText($0.version.description) }
        output.json([
            "id": JSONText(record.id.uuid),
            "version": JSONText((outcome.version ?? record.version).description),
            "changed": JSONText(outcome.version != nil),
            "closed": JSONText([["field": "deleted", "versions": JSONText(versions)]]), "field": "deleted",
        ])
        let name = RecordText.name(record)
        output.remark(
            resolution == .current ? "\(name) stays deleted" : "restored \(name), with the edits made to it")
    }
}
