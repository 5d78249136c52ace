internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

extension RecordPage {
    private static let titleWidth = 12

    func print(to output: Output) {
        let style = output.style
        let caption = TerminalSanitizer.line(record.caption ?? "")
        output.line(
            style(RecordText.name(record), .cyan) + (caption.isEmpty ? "" : "  " + style(caption, .bold)))
        row("id", record.id.text, output)
        row("version", record.version.description, output)
        if record.isPurged {
            row("state", style("purged", .yellow) + "; what it held is forgotten for good", output)
        } else if record.isDeleted {
            row("state", style("deleted", .yellow) + "; quipu restore \(record.id.shortHandle)", output)
        }
        if record.isInConflict {
            row("state", style("in conflict", .yellow) + "; quipu conflicts \(record.id.shortHandle)", output)
        }
        if let target { row("target", RecordText.title(target), output) }
        if !record.tags.isEmpty {
            row("tags", TerminalSanitizer.line(record.tags.joined(separator: ", ")), output)
        }
        if !collectionNames.isEmpty {
            row("collections", TerminalSanitizer.line(collectionNames.joined(separator: ", ")), output)
        }
        var long: [Record.Field] = []
        for source in record.sources { row("from", TerminalSanitizer.line(source), output) }
        for field in shownFields {
            if isLong(field) {
                long.append(field)
            } else {
                row(field.name, ValueText.line(field.json), output)
            }
        }
        for field in lacking { row(field, output.style(ValueText.missing, .dim), output) }
        if let place { row("place", placeText(place), output) }
        if let file {
            row(
                "file",
                file.isHere
                    ? "here; quipu save \(record.id.shortHandle) FILE" : "not here; quipu save gets it",
                output)
        }
        for field in long {
            output.line()
            output.line(style(TerminalSanitizer.line(field.name), .bold))
            output.line(ValueText.paragraphs(field.json))
        }
        printHanging(to: output)
    }

    /// Fields that have a value and no line of their own, those of the kind first, in its order.
    private var shownFields: [Record.Field] {
        let kind = Kinds.known[record.kind]
        let sets = (kind?.fields ?? []).filter { $0.type == .set }.map { $0.name + "/" }
        let own = record.fields.filter { field in
            let isHeading = field.name == headingField
            let isTarget = field.name == "target" && target != nil
            let isPosition = field.name == "position" && record["quote"] != nil
            return field.json != Array("null".utf8) && !SourceMemory.isMemory(field.name) && !isHeading
                && !isTarget && !isPosition
                && !sets.contains { field.name.hasPrefix($0) }
        }
        let order = kind?.fields.map(\.name) ?? []
        return order.compactMap { name in own.first { $0.name == name } }
            + own.filter { !order.contains($0.name) }
    }

    /// The field that the heading shows whole.
    private var headingField: String? {
        ["title", "name"].first { record.string($0) != nil } ?? (record["quote"] == nil ? nil : "quote")
    }

    private func isLong(_ field: Record.Field) -> Bool {
        ["body", "text", "abstract"].contains(field.name)
            || decodeString(field.json).map { $0.utf8.count > 500 || $0.utf8.contains(UInt8(ascii: "\n")) }
                == true
    }

    private func row(_ title: String, _ text: String, _ output: Output) {
        let title = TerminalSanitizer.line(title)
        let padding = String(repeating: " ", count: max(1, Self.titleWidth - DisplayWidth.of(title)))
        output.line(output.style(title, .dim) + padding + text)
    }

    private func printHanging(to output: Output) {
        guard !hanging.isEmpty else { return }
        output.line()
        output.line(output.style("On it", .bold))
        for item in hanging {
            let quote = item.record["quote"] == nil ? nil : item.record.caption
            let remark =
                item.record.string("text") ?? (quote == nil && item.file == nil ? item.record.caption : nil)
            var parts = [output.style(RecordText.name(item.record), .cyan)]
            if let quote { parts.append("“\(DisplayWidth.cut(TerminalSanitizer.line(quote), to: 50))”") }
            if let place = item.place { parts.append("(\(placeText(place)))") }
            if !item.record.tags.isEmpty {
                parts.append("[\(TerminalSanitizer.line(item.record.tags.joined(separator: ", ")))]")
            }
            if let file = item.file {
                parts.append(
                    "\(DisplayWidth.cut(TerminalSanitizer.line(file.attachment.name ?? ""), to: 50)) (\(file.text))"
                )
            }
            if item.record.isInConflict { parts.append(output.style("conflict", .yellow)) }
            output.line("  " + parts.joined(separator: "  "))
            if let remark { output.line("    " + TerminalSanitizer.line(remark)) }
        }
    }

    private func placeText(_ place: TextFinding) -> String {
        switch place {
        case .found(let range): "found at \(range.lowerBound)"
        case .moved(let range): "moved to \(range.lowerBound)"
        case .changed(let range) where range.isEmpty:
            "lost: the text is without it at \(range.lowerBound) now"
        case .changed(let range): "changed: the text at \(range.lowerBound) is another now"
        case .lost: "lost: the passage is no longer in the text"
        }
    }
}
