internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

extension RecordComparison {
    func print(to output: Output) {
        let style = output.style
        let versions = "\(from?.shortText ?? "nothing") → \(to?.shortText ?? "nothing")"
        output.line(style(RecordText.title(record), .bold) + "  " + style(versions, .dim))
        if changes.isEmpty { output.remark("nothing changed") }
        for change in changes {
            output.line(style(TerminalSanitizer.line(change.field), .cyan))
            for line in lines(of: change, style) { output.line("  " + line) }
        }
    }

    private func lines(of change: Change, _ style: Styling) -> [String] {
        let drawing = DiffDrawing(style: style)
        if let old = text(change.old), let new = text(change.new) { return drawing.lines(from: old, to: new) }
        let removed = change.old.map { drawing.lines(removed: ValueText.paragraphs($0)) } ?? []
        return removed + (change.new.map { drawing.lines(added: ValueText.paragraphs($0)) } ?? [])
    }

    private func text(_ value: [UInt8]??) -> String? { (value ?? nil).flatMap { decodeString($0) } }
}
