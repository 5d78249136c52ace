internal import Quipu

struct WhyCommand: Command {
    static let declaration = CommandDeclaration(
        "why", abstract: "explain why a field shows what it shows",
        arguments: [
            .positional("ID", "the record's id or handle", takes: .record),
            .positional("FIELD", "title, body, tags/NAME, …, or deleted", takes: .field),
        ],
        example: "quipu why 3k9x7t2m title",
        discussion: """
            Lists every version of the field, oldest first as this mirror got them: who wrote it, when, with which command, \
            what became of it, and by which rule the visible one was chosen. Versions that lost a conflict are kept until \
            somebody settles it. Also says what other mirrors are not known to have yet.

            Of records that are shown as one ('quipu merge') the versions of each are listed, and whose value is shown.
            """, synonyms: ["explain", "blame"])

    let id: String
    let field: String

    init(_ values: ParsedArguments) {
        id = values.argument("ID")
        field = values.argument("FIELD").inNormalFormC
    }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        try context.archive(naming: id).read { snapshot in
            let record = try snapshot.recordByItself(id)
            let field = try snapshot.field(titled: field)
            let records = try snapshot.together(with: record)
            let story = try snapshot.story(of: record.id, field: field)
            let others = try records.filter { $0.id != record.id }.map {
                try snapshot.story(of: $0.id, field: field)
            }
            let told = records.map(\.id).compactMap { id in
                id == record.id ? story : others.first { $0.record == id }
            }.filter { $0.rule != nil }
            guard !told.isEmpty else {
                let fields = try Set(records.flatMap { try snapshot.history(of: $0.id) }.flatMap(\.fields))
                    .map {
                        try snapshot.fieldTitle($0)
                    }.sorted()
                throw QuipuError(
                    .unknownField,
                    "\(RecordText.name(record)) never had a field '\(TerminalSanitizer.line(field))'",
                    hint:
                        "it has or had: \(fields.map { TerminalSanitizer.line($0) }.joined(separator: ", "))"
                )
            }
            let source = try snapshot.source(of: field, shownBy: records[0])
            output.json(
                JSONText(
                    members: Self.members(story) + [
                        ("shownBy", JSONText(source?.uuid)),
                        ("others", JSONText(others.map { JSONText(members: Self.members($0)) })),
                    ]))
            if output.isJSON { return }
            let title = TerminalSanitizer.line(try snapshot.fieldTitle(field))
            for (index, story) in told.enumerated() {
                if index > 0 { output.line() }
                let owner = records.first { $0.id == story.record } ?? record
                output.line("\(RecordText.title(owner)): \(title)")
                print(story, to: output)
                if let rule = story.rule { output.line(Self.text(of: rule, story)) }
                for line in Self.distance(story) { output.line(line) }
            }
            if records.count > 1, let source {
                output.line()
                output.line(Self.text(of: source, shownBy: records[0]))
            }
        }
        return .done
    }

    /// Why records that are shown as one show what they show.
    private static func text(of source: RecordID, shownBy shown: Record) -> String {
        source == shown.id
            ? "All are shown as \(RecordText.name(shown)), which shows its own value."
            : "All are shown as \(RecordText.name(shown)), which has no value, and shows that of \(source.handle)."
    }

    private func print(_ story: FieldStory, to output: Output) {
        let style = output.style
        for entry in story.versions {
            let mark = entry.isShown ? style("→", .bold) : entry.isInConflict ? style("!", .bold) : " "
            let author = TerminalSanitizer.line(entry.author) + (entry.isByProgram ? " (by program)" : "")
            let words = entry.words.map { "  \(TerminalSanitizer.line($0))" } ?? ""
            let time = style(output.clock.short(milliseconds: entry.timeMilliseconds), .dim)
            output.line("\(mark) \(time)  \(author)  \(style(entry.version.short, .cyan))\(words)")
            output.line(
                "    \(ValueText.quoted(entry.json, columns: max(20, (output.terminal.outputWidth ?? 80) - 6)))"
            )
            output.line("    \(style(Self.fate(of: entry), .dim))")
        }
    }

    private static func fate(of entry: FieldStory.Entry) -> String {
        if entry.isShown { return "shown" }
        if entry.isInConflict {
            return entry.wasShown
                ? "kept beside it; was shown until \(entry.shownUntil?.short ?? "")" : "kept beside it"
        }
        guard let replacedBy = entry.replacedBy else { return "has the same value as what is shown" }
        return entry.wasShown
            ? "replaced by \(replacedBy.short)" : "replaced by \(replacedBy.short), never shown here"
    }

    private static func text(of rule: FieldStory.Rule, _ story: FieldStory) -> String {
        let others = story.versions.count { $0.isInConflict }
        let kept = others == 1 ? "the other one is kept" : "the \(others) others are kept"
        let settle = "settle it: quipu resolve \(story.record.handle) \(TerminalSanitizer.line(story.field))"
        switch rule {
        case .onlyOne:
            return story.versions.count == 1 ? "It is the only version." : "Nothing has replaced it."
        case .settled(let author): return "\(TerminalSanitizer.line(author)) settled a conflict with it."
        case .merged:
            return
                "Quipu merged it from the texts of several people; nobody may have written it as it stands."
        case .personOverProgram:
            return
                "A person wrote it, and a program what stands beside it; \(kept). If you prefer another, \(settle)"
        case .latest:
            return
                "It is the latest of \(others + 1) that were written without knowledge of each other; \(kept). To \(settle)"
        }
    }

    /// What mirrors are not known to have.
    private static func distance(_ story: FieldStory) -> [String] {
        var lines: [String] = []
        if story.shown?.json == nil {
            lines.append("Its text is not on this mirror; a sync with one that has it brings it.")
        }
        var names: [String] = []
        for name in story.versions.flatMap(\.unknownTo) where !names.contains(name) { names.append(name) }
        for name in names {
            let count = story.versions.count { $0.unknownTo.contains(name) }
            let title = TerminalSanitizer.line(name)
            lines.append(
                "Not known to be on \(title): \(counted(count, "version")) of it; send them: quipu sync \(title)"
            )
        }
        return lines
    }

    private static func members(_ story: FieldStory) -> [(String, JSONText)] {
        let rule: (word: String, by: String?) =
            switch story.rule {
            case .onlyOne: ("onlyOne", nil)
            case .settled(let author): ("settled", author)
            case .merged: ("merged", nil)
            case .personOverProgram: ("personOverProgram", nil)
            case .latest: ("latest", nil)
            case nil: ("", nil)
            }
        return [
            ("id", JSONText(story.record.uuid)), ("kind", JSONText(story.record.kind.rawValue)),
            ("field", JSONText(story.field)), ("rule", JSONText(rule.word)),
            ("settledBy", JSONText(rule.by)),
            (
                "versions",
                JSONText(
                    story.versions.map { JSONText(members: $0.members) })
            ),
        ]
    }
}
