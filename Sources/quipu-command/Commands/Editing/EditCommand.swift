internal import Quipu

struct EditCommand: Command {
    static let declaration = CommandDeclaration(
        "edit", abstract: "change records in your editor",
        arguments: [RecordSelection.argument("a record's id or handle")],
        options: [RecordSelection.query],
        example: "quipu edit 3k9x7t2m",
        discussion: """
            Opens $VISUAL, $EDITOR, or the first of editor, nano and vi, on the records' fields with their text \
            below, in Markdown. What you change is written when you save the file and close the editor; a line that is \
            taken out takes the field's value away. A file that is unchanged writes nothing, and neither does an \
            empty one. After a mistake the file is opened again, with the mistake in its first line. If anything \
            fails, the file is kept, and the message says where.
            An edit replaces what you have seen. A field that was changed on another mirror and came here with a sync \
            meanwhile, or a record that was deleted there, is a conflict then, and neither text is lost. A field that was \
            changed on this mirror meanwhile, by anybody, is told in the first line of the file, which is opened again: \
            saved as it is, it replaces that; without a terminal nothing is written, and your text is kept. So it is with \
            a record that was deleted here meanwhile. A record whose part is taken out of the file stays as it is. \
            Of collections with the same name the handles are shown. \(RecordSelection.explanation)
            """,
        synonyms: ["vi", "nano"], makesEdits: true)

    /// Of openings of one file: a script that makes the same mistake each time ends.
    private static let mostOpenings = 50

    let selection: RecordSelection

    init(_ values: ParsedArguments) throws(UsageError) { selection = try RecordSelection(values) }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let archive = try context.archiveToEdit()
        let sheet = try archive.read { snapshot in
            let ids = try names.ids(in: snapshot)
            return (sheet: try RecordSheet(of: ids, in: snapshot), count: ids.count)
        }
        if sheet.count == 0 {
            EditReport.printNone(to: context.output)
            return .done
        }
        let original = Self.help(sheet.count) + sheet.sheet.text
        let editor = try TextEditor(text: original, suffix: ".md", in: context)
        var session = EditSession(
            archive: archive, sheet: sheet.sheet, original: original, editor: editor, output: context.output)
        return try session.run(openings: Self.mostOpenings)
    }

    private static func help(_ count: Int) -> String {
        """
        <!-- Change \(count == 1 ? "the record" : "these records"), save the file and close the editor. An empty file \
        changes nothing.
             \(count == 1 ? "Keep" : "Each record begins with a line that names it: keep these lines, and") \
        the lines --- \(count == 1 ? "around the fields" : "around its fields"). -->

        """
    }
}

/// One file in an editor, until it is written or given up.
private struct EditSession {
    let archive: Archive
    var sheet: RecordSheet
    let original: String
    let editor: TextEditor
    let output: Output

    mutating func run(openings: Int) throws -> ExitCode {
        // What the file was given, and whether saving it unchanged says yes.
        var (offered, mayStay) = (original, false)
        for _ in 0..<openings {
            let edited = try runEditor(offered)
            let content = EditComment.without(edited)
            if content.allSatisfy(\.isWhitespace) {
                editor.remove()
                throw QuipuError(
                    .cancelled, "the file is empty", hint: "nothing was changed; edit again: quipu edit ID")
            }
            if edited == offered, !mayStay {
                if offered != original { throw kept("the mistake is still there", hint: nil) }
                editor.remove()
                output.remark("nothing changed")
                return .done
            }
            do {
                try write(content)
                editor.remove()
                return .done
            } catch let mistake as RecordSheet.Mistake {
                guard Editor.hasTerminal else {
                    let place = EditComment.place(
                        of: mistake, linesBefore: EditComment.lines(of: edited, before: content))
                    throw kept(place + mistake.reason, hint: mistake.hint)
                }
                offered =
                    EditComment.about(mistake, in: content, of: edited.withoutMistake) + edited.withoutMistake
                mayStay = false
            } catch let meanwhile as RecordSheet.Meanwhile {
                let comment = try archive.read { try EditComment.about(meanwhile, in: $0) }
                guard Editor.hasTerminal else {
                    throw kept(comment.reason, hint: "edit again: quipu edit ID")
                }
                sheet = try archive.read { try sheet.seeing(meanwhile, in: $0) }
                offered = comment.text + edited.withoutMistake
                mayStay = true
            } catch let error as QuipuError {
                throw kept(error.message, hint: ErrorHints.text(for: error), code: error.code)
            }
            try editor.write(offered)
        }
        throw kept("the editor was opened \(openings) times", hint: nil)
    }

    private func runEditor(_ offered: String) throws -> String {
        do throws(QuipuError) {
            return try editor.run()
        } catch {
            guard offered == original, (try? editor.read()) == original else { throw error }
            editor.remove()
            throw error.hinting("nothing was changed; another editor can be set: EDITOR=nano")
        }
    }

    private func kept(
        _ reason: String, hint: String?, code: QuipuError.Code = .wrongType
    ) -> QuipuError {
        QuipuError(
            code, reason,
            hint: (hint.map { $0 + "\n" } ?? "") + "nothing was changed; your text is kept: \(editor.path)")
    }

    private func say(leftOut records: [RecordID]) {
        for id in records {
            output.warn("\(RecordText.name(id)) is not in the file any more, and stays as it is")
        }
    }

    private func write(_ content: String) throws {
        let changes = try sheet.changes(in: content)
        let leftOut = try sheet.leftOut(of: content)
        if changes.isEmpty {
            output.remark("nothing changed")
            return say(leftOut: leftOut)
        }
        let (contested, outcome) = try archive.edit { t in try t.write(changes, of: sheet) }
        // An element of a set is a change of the set.
        let fields = changes.flatMap(\.fieldNames).map { String($0.prefix { $0 != "/" }) }
        var named: [String] = []
        for field in fields where !named.contains(field) { named.append(field) }
        let names = RecordText.list(named.map { TerminalSanitizer.line($0) }) ?? ""
        EditReport(changes.map(\.record), outcome).print(to: output, done: "edited \(names)")
        say(leftOut: leftOut)
        for (id, field) in contested {
            if field == RecordSheet.deletion {
                output.warn(
                    "\(RecordText.name(id)) was deleted by somebody else meanwhile; the deletion and your edit are both "
                        + "kept: quipu conflicts \(id.handle)")
                continue
            }
            output.warn(
                "'\(field)' of \(RecordText.name(id)) was changed by somebody else meanwhile; both versions are kept: "
                    + "quipu conflicts \(id.handle)")
        }
    }
}

/// The comment at the top of a file that is opened again.
private enum EditComment {
    static let start = "<!-- NOT WRITTEN: "

    /// - Parameters:
    ///   - content: what was read, whose lines the mistake counts.
    ///   - edited: the file that it is a part of.
    static func about(_ mistake: RecordSheet.Mistake, in content: String, of edited: String) -> String {
        let hint = mistake.hint.map { "\n     " + safe($0) } ?? ""
        // The lines of this comment stand before it.
        let place = place(
            of: mistake, linesBefore: 1 + lineEnds(hint) + lines(of: edited, before: content))
        return start + place + safe(mistake.reason) + hint + " -->\n"
    }

    static func place(of mistake: RecordSheet.Mistake, linesBefore lines: Int) -> String {
        mistake.line.map { "line \($0 + 1 + lines): " } ?? ""
    }

    /// Of a file, before its part that is read.
    static func lines(of edited: String, before content: String) -> Int {
        lineEnds(edited) - lineEnds(content)
    }

    private static func lineEnds(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }

    static func about(
        _ meanwhile: RecordSheet.Meanwhile, in snapshot: borrowing Snapshot
    ) throws -> (text: String, reason: String) {
        var lines: [String] = []
        for (id, field) in meanwhile.fields {
            let record = try snapshot.record(id)
            let author = try snapshot.history(of: id).last { $0.fields.contains(field) }?.author ?? "somebody"
            let value = record.flatMap { $0.fields.json(of: field) }.map {
                ValueText.quoted($0, columns: 200)
            }
            lines.append(
                "\(RecordText.name(id)): \(author) has set \(TerminalSanitizer.line(field)) meanwhile: "
                    + (value ?? "no value"))
        }
        let reason = lines.joined(separator: "\n     ")
        return (
            start + safe(reason) + "\n     Save the file as it is to replace that. -->\n",
            lines.joined(separator: "\n")
        )
    }

    /// A comment ends at its first arrow.
    private static func safe(_ text: String) -> String {
        var text = TerminalSanitizer.paragraphs(text)
        while let arrow = text.firstRange(of: "-->") { text.replaceSubrange(arrow, with: "-- >") }
        return text
    }

    /// The text of the sheet alone: without the comments before its first record.
    static func without(_ edited: String) -> String {
        var rest = Substring(edited)
        while true {
            let trimmed = rest.drop(while: \.isWhitespace)
            guard trimmed.hasPrefix("<!--"), !trimmed.hasPrefix("<!-- quipu: "),
                let end = trimmed.firstRange(of: "-->")
            else { return String(rest) }
            rest = trimmed[end.upperBound...]
            if rest.first == "\n" { rest.removeFirst() }
        }
    }
}

extension String {
    /// Without the comment about an earlier mistake.
    fileprivate var withoutMistake: String {
        guard hasPrefix(EditComment.start), let end = firstRange(of: "-->\n") else { return self }
        return String(self[end.upperBound...])
    }
}
