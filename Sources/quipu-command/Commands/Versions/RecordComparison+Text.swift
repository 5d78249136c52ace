internal import Quipu

extension RecordComparison {
    func print(to output: Output, in snapshot: borrowing Snapshot) throws {
        let style = output.style
        let versions = "\(from?.short ?? "nothing") → \(to?.short ?? "nothing")"
        output.line(style(RecordText.title(record), .bold) + "  " + style(versions, .dim))
        if changes.isEmpty { output.remark("nothing changed") }
        for change in changes {
            let title = try snapshot.fieldTitle(change.field)
            output.line(style(TerminalSanitizer.line(title), .cyan))
            for line in lines(of: change, style) { output.line("  " + line) }
        }
    }

    private func lines(of change: Difference, _ style: Styling) -> [String] {
        let drawing = DiffDrawing(style: style)
        if let old = change.old.text, let new = change.new.text { return drawing.lines(from: old, to: new) }
        let removed =
            change.old == .none ? [] : drawing.lines(removed: ValueText.paragraphs(change.old.json))
        return removed
            + (change.new == .none ? [] : drawing.lines(added: ValueText.paragraphs(change.new.json)))
    }

    var json: JSONText {
        [
            "id": JSONText(record.id.uuid), "from": JSONText(from?.description),
            "to": JSONText(to?.description),
            "fields": JSONText(
                changes.map { change in
                    [
                        "field": JSONText(change.field), "old": change.old.shown,
                        "new": change.new.shown,
                        "textMissing": JSONText(change.old == .missing || change.new == .missing),
                    ]
                }),
        ]
    }
}

extension RecordComparison.Difference.Content {
    /// Nil where there is none here.
    fileprivate var json: [UInt8]? {
        if case .json(let json) = self { json } else { nil }
    }

    fileprivate var text: String? { json.flatMap { Value(json: $0)?.string } }

    fileprivate var shown: JSONText { json.map { JSONText(raw: $0) } ?? nil }
}
