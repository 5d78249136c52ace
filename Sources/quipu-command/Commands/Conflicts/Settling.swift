internal import QuipuCausality
internal import QuipuStorage

/// Settles conflicts of one record by edits, and says so.
struct Settling {
    let store: Store
    let record: Record
    let author: String
    let output: Output

    func settle(_ conflict: Conflict, by resolution: Resolution) throws {
        if conflict.isDeletion {
            try settleDeletion(conflict, by: resolution)
            return
        }
        let json = try resolution.value(for: conflict, in: store)
        let edit = Edit(id: record.id, kind: record.kind, changes: [.init(field: conflict.field, json: json)])
        let outcome = try store.edit([edit], author: author)
        // A sync may have settled it between the look and the edit.
        EditReport(id: record.id, kind: record.kind, outcome: outcome, present: record.version)
            .print(
                to: output,
                done: "\(TerminalSanitizer.line(conflict.field)) is \(ValueText.quoted(json, columns: 60))",
                further: [("field", JSONText(conflict.field))])
    }

    private func settleDeletion(_ conflict: Conflict, by resolution: Resolution) throws {
        let version: TransactionName?
        switch resolution {
        case .current: version = try store.delete(record.id, kind: record.kind, author: author)
        case .other(let number):
            try Resolution.requireOther(number, of: conflict)
            version = try store.restore(record.id, kind: record.kind, author: author)
        case .both, .merged, .value:
            throw UsageError(
                "\(RecordText.name(record)) was deleted, and edited elsewhere: it can stay so or come back",
                hint: "give --take current to confirm the delete, or --take 1 to restore the record")
        }
        let versions = ([conflict.current] + conflict.others).map { JSONText($0.version.description) }
        output.json([
            "id": JSONText(record.id.text), "version": JSONText((version ?? record.version).description),
            "changed": JSONText(version != nil),
            "closed": JSONText([["field": "deleted", "versions": JSONText(versions)]]), "field": "deleted",
        ])
        let name = RecordText.name(record)
        output.remark(
            resolution == .current ? "\(name) stays deleted" : "restored \(name), with the edits that it got")
    }
}
