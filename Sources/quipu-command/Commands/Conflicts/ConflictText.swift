internal import Quipu

/// A conflict as `conflicts` and `resolve` show it to people.
struct ConflictText {
    /// The conflict's record; nil where it cannot be found.
    let record: Record?
    let conflict: Conflict
    let merge: MergeProposal
    /// Whether short texts are compared as well, though they can be read whole.
    var comparesAll = false

    func print(to output: Output, columns: Int) {
        let style = output.style
        let name = record.map { RecordText.title($0) } ?? RecordText.name(conflict.record)
        let subject =
            conflict.isDeletion
            ? "deleted, and edited elsewhere" : TerminalSanitizer.line(FieldTitle.of(conflict.field))
        output.line("\(style(name, .bold)): \(style(subject, .yellow))")
        if conflict.isDeletion {
            row("current", "deleted", conflict.current, output)
        } else {
            row(
                "current", ValueText.quoted(conflict.current.json, columns: columns), conflict.current, output
            )
        }
        for (index, other) in conflict.others.enumerated() {
            let value = ValueText.quoted(other.json, columns: columns)
            row("\(index + 1)", conflict.isDeletion ? "\(place(of: other)) \(value)" : value, other, output)
            if !conflict.isDeletion {
                compare(conflict.current, other.json, "the current value", output, columns: columns)
            }
        }
        if let ancestor = conflict.ancestor {
            row("before", ValueText.quoted(ancestor.json, columns: columns), ancestor, output)
            showMerge(over: ancestor, output, columns: columns)
        }
    }

    /// How to settle it, as a command line.
    var advice: String {
        let handle = conflict.record.handle
        if conflict.isDeletion {
            return "quipu restore \(handle), or quipu delete \(handle) to confirm"
        }
        let numbers = conflict.others.indices.map { "\($0 + 1)" }.joined(separator: "|")
        let merged = merge.text == nil ? "" : "merged|"
        let both = conflict.isJoinable ? "|both" : ""
        return "quipu resolve \(handle) \(TerminalSanitizer.line(conflict.field)) "
            + "--take \(merged)current|\(numbers)\(both)"
    }

    private func showMerge(over ancestor: Conflict.Choice, _ output: Output, columns: Int) {
        guard let merged = merge.text.map({ Value.string($0).json }) else { return }
        row("merged", ValueText.quoted(merged, columns: columns), "with both changes", output)
        compare(ancestor, merged, "the value before", output, columns: columns)
    }

    /// Long texts are cut where they are listed, so what differs is shown as well.
    private func compare(
        _ contender: Conflict.Choice, _ json: [UInt8]?, _ name: String, _ output: Output, columns: Int
    ) {
        guard let now = contender.value?.string,
            let then = json.flatMap({ Value(json: $0)?.string }),
            comparesAll
                || [now, then].contains(where: {
                    DisplayWidth.of($0) > columns || $0.utf8.contains(UInt8(ascii: "\n"))
                })
        else { return }
        output.line("           " + output.style("compared with \(name):", .dim))
        for line in DiffDrawing(style: output.style).lines(from: now, to: then, width: columns) {
            output.line("           " + line)
        }
    }

    /// Which field of what: an edit that a delete had not seen may be of an annotation.
    private func place(of other: Conflict.Choice) -> String {
        let field = TerminalSanitizer.line(FieldTitle.of(other.field))
        return other.record == conflict.record ? "\(field):" : "\(field) of \(other.record.handle):"
    }

    private func row(_ title: String, _ value: String, _ contender: Conflict.Choice, _ output: Output) {
        row(title, value, contender.origin(in: output.clock), output)
    }

    private func row(_ title: String, _ value: String, _ origin: String, _ output: Output) {
        let padding = String(repeating: " ", count: max(1, 9 - title.count))
        output.line("  " + output.style(title, .cyan) + padding + value)
        output.line("           " + output.style(origin, .dim))
    }
}
