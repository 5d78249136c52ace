/// Help is written from the declarations alone, so it cannot drift from what is parsed.
extension CommandSet {
    /// All commands by section.
    func overview(width: Int) -> String {
        var lines = [
            "\(program): \(abstract)", "", "Usage: \(program) COMMAND …",
            "       \(program) help COMMAND", "       \(program) --version",
        ]
        for section in sections {
            let rows = section.entries.map { ($0.name, $0.abstract) }
            lines += ["", "\(section.title):"] + HelpLayout.rows(rows, width: width)
        }
        if !topics.isEmpty {
            lines += ["", "Help on:"] + HelpLayout.rows(topics.map { ($0.name, $0.abstract) }, width: width)
        }
        lines +=
            ["", "Everywhere:"] + HelpLayout.rows(GlobalOptions.declarations.map(\.helpRow), width: width)
        return lines.joined(separator: "\n")
    }

    /// The help for the command or group that these words call; the overview for none.
    func helpText(for path: [String], width: Int) throws(UsageError) -> String {
        guard let name = path.first else { return overview(width: width) }
        if path == ["help"] { return overview(width: width) }
        let topic = path.count == 1 ? topics.first { $0.name == name } : nil
        if let topic, !entries.contains(where: { $0.name == name }) { return topic.text(width: width) }
        switch try entry(named: name) {
        case .command(let leaf):
            let text = helpText(for: leaf.declaration, path: [name], width: width)
            guard let topic else { return text }
            // A page of the same name tells more.
            let title = HelpLayout.fold(HelpLayout.sentence(topic.abstract), indent: 0, width: width)
            return ([text, ""] + title + ["", topic.text(width: width)]).joined(separator: "\n")
        case .group(_, let abstract, let commands):
            guard path.count > 1 else {
                return groupHelp(name, abstract: abstract, commands: commands, width: width)
            }
            let leaf = try command(named: path[1], in: name, of: commands)
            return helpText(for: leaf.declaration, path: [name, path[1]], width: width)
        }
    }

    func helpText(for declaration: CommandDeclaration, path: [String], width: Int) -> String {
        let usage = usageWords(of: declaration)
        var lines = HelpLayout.fold(HelpLayout.sentence(declaration.abstract), indent: 0, width: width)
        lines += [""] + HelpLayout.fold(["Usage: \(program)"] + path + usage, indent: 7, width: width)
        if let discussion = declaration.discussion {
            lines += [""] + HelpLayout.paragraphs(discussion, width: width)
        }
        func add(_ title: String, _ rows: [(String, String)]) {
            guard !rows.isEmpty else { return }
            lines += ["", title] + HelpLayout.rows(rows, width: width)
        }
        add("Arguments:", declaration.arguments.map { ($0.name, $0.help) })
        if declaration.namesRecords {
            lines += [""] + HelpLayout.fold(Self.idHelp, indent: 0, width: width)
        }
        add("Options:", declaration.options.map(\.helpRow))
        add("Everywhere:", GlobalOptions.declarations(of: declaration).map(\.helpRow))
        lines += ["", "Example:", "  \(declaration.example)"]
        return lines.joined(separator: "\n")
    }

    /// How a record is named, for the help of commands that take an `ID`.
    static var idHelp: String {
        """
        An ID is a record's full id, its short handle or the first letters of that, or an article's web address or DOI; \
        with the kind before it (article:ID) where records of several kinds share it.
        """
    }

    private func groupHelp(_ name: String, abstract: String, commands: [Leaf], width: Int) -> String {
        let rows = commands.map { leaf in
            (
                ([leaf.declaration.name] + leaf.declaration.arguments.map(\.usage)).joined(separator: " "),
                leaf.declaration.abstract
            )
        }
        let more =
            ["'\(program) help \(name) COMMAND' shows more."]
            + commands.filter(\.declaration.isGroupDefault).map {
                "'\(program) \(name)' alone does what '\(program) \(name) \($0.declaration.name)' does."
            }
        let lines =
            [HelpLayout.sentence(abstract), "", "Usage: \(program) \(name) COMMAND …", "", "Commands:"]
            + HelpLayout.rows(rows, width: width)
            + [""] + HelpLayout.fold(more.joined(separator: " "), indent: 0, width: width)
        return lines.joined(separator: "\n")
    }

    /// As in `quipu import PATH|- [--format F]`.
    func usageLine(for declaration: CommandDeclaration, path: [String]) -> String {
        ([program] + path + usageWords(of: declaration)).joined(separator: " ")
    }

    /// An option and its value are one word, so that no line ends between them.
    private func usageWords(of declaration: CommandDeclaration) -> [String] {
        declaration.arguments.map(\.usage) + declaration.options.map(\.usage)
    }
}

extension CommandDeclaration {
    /// Whether an argument is the id of a record.
    var namesRecords: Bool {
        arguments.contains { [.record, .deletedRecord, .recordInConflict].contains($0.takes) }
    }
}

extension ArgumentDeclaration {
    fileprivate var usage: String {
        switch arity {
        case .required: name
        case .optional: "[\(name)]"
        case .repeated(let minimum): minimum == 0 ? "[\(name)…]" : "\(name)…"
        }
    }
}

extension OptionDeclaration {
    private var spelling: String { value.map { "--\(name) \($0)" } ?? "--\(name)" }

    fileprivate var usage: String {
        (isRequired ? spelling : "[\(spelling)]") + (isRepeated ? "…" : "")
    }

    fileprivate var helpRow: (String, String) {
        let choices = choices.isEmpty ? "" : " (\(choices.joined(separator: ", ")))"
        return ((short.map { "-\($0), " } ?? "") + spelling, help + choices)
    }
}
