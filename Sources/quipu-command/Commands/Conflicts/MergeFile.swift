internal import Quipu

/// The texts of a conflict as one file for an editor: what merges is merged, and lines that differ stand one above the
/// other between markers, as git writes them.
struct MergeFile {
    private let lines: [String]
    /// Lines that are to be taken out.
    private let markers: Set<String>
    /// Whether the lines of all texts end in CR LF, which editors do not show.
    private let isCRLF: Bool

    static func isOffered(for conflict: Conflict) -> Bool {
        !conflict.isDeletion && conflict.isProse
            && ([conflict.current] + conflict.others).allSatisfy { $0.value?.string != nil }
    }

    init(_ conflict: Conflict, _ pieces: ConflictPieces?) {
        let choices = [conflict.current] + conflict.others
        var texts = choices.map { $0.value?.string ?? "" }
        if let pieces {
            texts = [.current, .other].map { choice in
                pieces.text(choosing: pieces.clashes.map { _ in choice })
            }
        }
        let names = choices.enumerated().map { index, choice in
            "\(index == 0 ? "current" : "\(index)"), \(TerminalSanitizer.line(choice.author))"
        }
        let opening = "<<<<<<< \(names[0])"
        let between = names.dropFirst().map { "======= \($0)" }
        let closing = ">>>>>>>"
        markers = Set([opening, closing] + between)
        isCRLF = texts.allSatisfy(LineEnds.areCRLF)
        lines = Self.lines(
            texts.map { LineEnds.lines(of: LineEnds.folded($0)) }, opening, between, closing)
    }

    private static func lines(
        _ texts: [[String]], _ opening: String, _ between: [String], _ closing: String
    ) -> [String] {
        guard texts.count == 2 else {
            var lines = [opening] + (texts.first ?? [])
            for (marker, text) in zip(between, texts.dropFirst()) { lines += [marker] + text }
            return lines + [closing]
        }
        var lines: [String] = []
        for step in SequenceAlignment.steps(texts[0], texts[1]) {
            lines += step.same
            if step.removed.isEmpty, step.added.isEmpty { continue }
            lines += [opening] + step.removed + between + step.added + [closing]
        }
        return lines
    }

    /// Opens the editor.
    ///
    /// - Parameter draft: what an earlier run of the editor left; set to what this one leaves.
    /// - Returns: the text; nil where nothing was decided.
    /// - Throws: `QuipuError` where the markers are still there.
    func edit(_ draft: inout String?, in context: Context) throws -> String? {
        let offered = draft ?? lines.joined(separator: "\n") + "\n"
        let editor = try TextEditor(text: offered, suffix: ".md", in: context)
        let edited = try editor.run()
        editor.remove()
        if edited.allSatisfy(\.isWhitespace) {
            context.output.line("  the file is empty; nothing is decided")
            draft = nil
            return nil
        }
        draft = edited
        let left = LineEnds.lines(of: edited)
        if let line = left.firstIndex(where: markers.contains) {
            throw QuipuError(
                .wrongType, "line \(line + 1) of the text is still a marker: \(left[line])",
                hint:
                    "open it again with edit: keep what you want of the lines between the markers, and take those out"
            )
        }
        let text = edited.hasSuffix("\n") ? String(edited.dropLast()) : edited
        return isCRLF ? LineEnds.withCRLF(text) : text
    }
}
