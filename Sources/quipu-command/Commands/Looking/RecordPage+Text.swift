internal import Quipu

extension RecordPage {
    private static let titleWidth = 12

    func print(to output: Output) {
        let style = output.style
        let caption = TerminalSanitizer.line(record.caption ?? "")
        output.line(
            style(RecordText.name(record), .cyan) + (caption.isEmpty ? "" : "  " + style(caption, .bold)))
        row("id", record.id.uuid, output)
        row("version", record.version.description, output)
        if record.isPurged {
            row("state", style("purged", .yellow) + "; what it held is forgotten for good", output)
        } else if record.isDeleted {
            row("state", style("deleted", .yellow) + "; quipu restore \(record.id.handle)", output)
        }
        if record.isInConflict {
            row("state", style("in conflict", .yellow) + "; quipu conflicts \(record.id.handle)", output)
        }
        if let target { row("target", RecordText.title(target), output) }
        if !record.tags.isEmpty {
            row("tags", TerminalSanitizer.line(record.tags.joined(separator: ", ")), output)
        }
        if !collectionNames.isEmpty {
            row("collections", TerminalSanitizer.line(collectionNames.joined(separator: ", ")), output)
        }
        var long: [ShownField] = []
        for source in sources { row("from", TerminalSanitizer.line(source), output) }
        for field in shownFields {
            if isLong(field) {
                long.append(field)
            } else {
                row(field.name, ValueText.line(field.json), output)
            }
        }
        for field in missingTexts { row(field, output.style(ValueText.missing, .dim), output) }
        if let passage { row("place", Self.text(of: passage), output) }
        if let file {
            row(
                "file",
                file.isHere
                    ? "here; quipu save \(record.id.handle) FILE" : "not here; quipu save fetches it",
                output)
        }
        for field in long {
            output.line()
            output.line(style(TerminalSanitizer.line(field.name), .bold))
            output.line(ValueText.paragraphs(field.json))
        }
        printDependents(to: output)
    }

    private typealias ShownField = (name: String, json: [UInt8])

    /// Fields that have a value and no line of their own, those of the kind first, in its order.
    private var shownFields: [ShownField] {
        let schema = record.kind.schema
        let sets = (schema?.fields ?? []).filter(\.isSet).map { $0.name + "/" }
        let heading = headingField
        let hasQuote = record.fields.json(of: "quote") != nil
        let own = record.fields.all.filter { name, json in
            let isSaid =
                json == Array("null".utf8) || name.utf8.starts(with: Fields.sourcePrefix.utf8)
                || name == heading || name == "target" && target != nil || name == "position" && hasQuote
            return !isSaid && !sets.contains { name.hasPrefix($0) }
        }
        let order = schema?.fields.map(\.name) ?? []
        return order.compactMap { name in own.first { $0.name == name } }
            + own.filter { !order.contains($0.name) }
    }

    /// The field that the heading shows whole.
    private var headingField: String? {
        ["title", "name"].first { record.fields.string($0) != nil }
            ?? (record.fields.json(of: "quote") == nil ? nil : "quote")
    }

    private func isLong(_ field: ShownField) -> Bool {
        if ["body", "text", "abstract"].contains(field.name) { return true }
        guard let text = record.fields.string(field.name) else { return false }
        return text.utf8.count > 500 || text.utf8.contains(UInt8(ascii: "\n"))
    }

    private func row(_ title: String, _ text: String, _ output: Output) {
        let title = TerminalSanitizer.line(title)
        let padding = String(repeating: " ", count: max(1, Self.titleWidth - DisplayWidth.of(title)))
        output.line(output.style(title, .dim) + padding + text)
    }

    private func printDependents(to output: Output) {
        guard !dependents.isEmpty else { return }
        output.line()
        output.line(output.style("On it", .bold))
        for item in dependents {
            let quote = item.record.fields.json(of: "quote") == nil ? nil : item.record.caption
            let remark =
                item.record.fields.text ?? (quote == nil && item.file == nil ? item.record.caption : nil)
            var parts = [output.style(RecordText.name(item.record), .cyan)]
            if let quote { parts.append("“\(DisplayWidth.cut(TerminalSanitizer.line(quote), to: 50))”") }
            if let passage = item.passage { parts.append("(\(Self.text(of: passage)))") }
            if !item.record.tags.isEmpty {
                parts.append("[\(TerminalSanitizer.line(item.record.tags.joined(separator: ", ")))]")
            }
            if let file = item.file {
                parts.append(
                    "\(DisplayWidth.cut(TerminalSanitizer.line(file.name ?? ""), to: 50)) (\(file.text))"
                )
            }
            if item.record.isInConflict { parts.append(output.style("conflict", .yellow)) }
            output.line("  " + parts.joined(separator: "  "))
            if let remark { output.line("    " + TerminalSanitizer.line(remark)) }
        }
    }

    private static func text(of passage: Passage) -> String {
        switch passage {
        case .found(let range): "found at \(range.lowerBound)"
        case .moved(let range): "moved to \(range.lowerBound)"
        case .changed(let range) where range.isEmpty:
            "lost: it was removed from the text at \(range.lowerBound)"
        case .changed(let range): "changed: the text at \(range.lowerBound) is different now"
        case .lost: "lost: the passage is no longer in the text"
        }
    }
}
