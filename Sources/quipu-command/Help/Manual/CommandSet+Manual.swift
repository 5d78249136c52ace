/// Manual pages, written from the declarations that help and parsing read.
struct ManualPage {
    /// `quipu-import`
    let name: String
    let section: Int
    /// mdoc(7).
    let text: String

    var fileName: String { "\(name).\(section)" }
}

extension CommandSet {
    /// A page for the program, one for each command and each group in section 1, and one for each topic in section 7.
    func manual(date: String) -> [ManualPage] {
        var pages = [overviewPage(date)]
        for entry in entries {
            switch entry {
            case .command(let leaf): pages.append(page(of: leaf.declaration, path: [entry.name], date))
            case .group(let name, let abstract, let commands):
                pages.append(groupPage(name, abstract, commands, date))
                pages += commands.map { page(of: $0.declaration, path: [name, $0.declaration.name], date) }
            }
        }
        return pages + topics.map { page(of: $0, date) }
    }

    private func name(_ path: [String]) -> String { ([program] + path).joined(separator: "-") }

    private func overviewPage(_ date: String) -> ManualPage {
        var page = ManualText(name: program, section: 1, abstract: abstract, date: date)
        page.section("SYNOPSIS")
        page.macro(".Nm\n.Ar COMMAND\n.Op Ar ARGUMENT ...")
        page.section("DESCRIPTION")
        page.sentences(
            "Keeps a collection of articles that can be read, annotated and corrected without a network, and mirrors it "
                + "between machines. Where two people changed the same thing, it shows both versions and lets one decide."
        )
        page.macro(".Pp")
        page.sentences("Each command has a page of its own.")
        for section in sections {
            page.macro(".Ss \(ManualText.escaped(section.title))")
            page.list(section.entries.map { ("Xr \(name([$0.name])) 1", $0.abstract) })
        }
        page.macro(".Ss Everywhere")
        page.list(GlobalOptions.declarations.map(\.manualRow))
        page.section("ENVIRONMENT")
        page.list(Self.variables.map { ("Ev \($0.name)", $0.meaning) })
        page.section("EXIT STATUS")
        page.list(ExitCode.meanings.map { ("\($0.code.rawValue)", $0.meaning) })
        page.section("EXAMPLES")
        page.macro(".Dl \(program) tutorial")
        page.seeAlso(topics.map { (name([$0.name]), 7) }.sorted { $0.0 < $1.0 })
        return ManualPage(name: program, section: 1, text: page.text)
    }

    private static var variables: [(name: String, meaning: String)] {
        [
            ("QUIPU_ARCHIVE", "the archive's folder, where --archive does not give it"),
            ("QUIPU_AUTHOR", "who makes the edits, where --as does not say it"),
            (
                "QUIPU_PAGER, PAGER",
                "the program that shows what is longer than the screen; else less; cat or nothing for none"
            ),
            ("VISUAL, EDITOR", "the editor that 'quipu config --edit' opens, where no setting says it"),
            ("XDG_CONFIG_HOME", "the folder of quipu/config, where settings are kept; else ~/.config"),
            ("QUIPU_DATABASE", "the PostgreSQL database of a server, as a URL"),
            (
                "QUIPU_REPLICA_KEY",
                "64 hexadecimal digits: the key under which a program writes in each of its clones"
            ),
            ("QUIPU_TIMEOUT", "after how many seconds a link is given up on which nothing moves"),
            ("QUIPU_TOKEN", "the token for a server, before the one that is stored"),
            ("NO_COLOR", "with any value: no colours, unless --color or a setting says otherwise"),
            ("TZ", "the zone in which times are shown, instead of the system's"),
        ]
    }

    private func page(of declaration: CommandDeclaration, path: [String], _ date: String) -> ManualPage {
        var page = ManualText(name: name(path), section: 1, abstract: declaration.abstract, date: date)
        page.section("SYNOPSIS")
        page.macro(".Nm \(program) Cm \(path.joined(separator: " "))")
        for argument in declaration.arguments { page.macro(argument.manualUsage) }
        for option in declaration.options { page.macro(option.manualUsage) }
        page.section("DESCRIPTION")
        page.paragraphs(declaration.discussion ?? HelpLayout.sentence(declaration.abstract))
        if !declaration.arguments.isEmpty {
            page.macro(".Pp\nThe arguments are:")
            page.list(declaration.arguments.map { ("Ar \(ManualText.word($0.name))", $0.help) })
            if declaration.namesRecords {
                page.macro(".Pp")
                page.sentences(Self.idHelp)
            }
        }
        if !declaration.options.isEmpty {
            page.macro(".Pp\nThe options are:")
            page.list(declaration.options.map(\.manualRow))
        }
        page.macro(".Pp\nEverywhere:")
        page.list(GlobalOptions.declarations(of: declaration).map(\.manualRow))
        page.section("EXAMPLES")
        page.macro(".Dl \(ManualText.escaped(declaration.example))")
        page.seeAlso([(program, 1)])
        return ManualPage(name: name(path), section: 1, text: page.text)
    }

    private func groupPage(
        _ group: String, _ abstract: String, _ commands: [Leaf], _ date: String
    ) -> ManualPage {
        var page = ManualText(name: name([group]), section: 1, abstract: abstract, date: date)
        page.section("SYNOPSIS")
        page.macro(".Nm \(program) Cm \(group)\n.Ar COMMAND ...")
        page.section("DESCRIPTION")
        page.macro("The commands are:")
        page.list(
            commands.map { ("Xr \(name([group, $0.declaration.name])) 1", $0.declaration.abstract) })
        page.seeAlso([(program, 1)])
        return ManualPage(name: name([group]), section: 1, text: page.text)
    }

    private func page(of topic: Topic, _ date: String) -> ManualPage {
        var page = ManualText(name: name([topic.name]), section: 7, abstract: topic.abstract, date: date)
        page.section("DESCRIPTION")
        page.blocks(topic.blocks)
        page.seeAlso([(program, 1)])
        return ManualPage(name: name([topic.name]), section: 7, text: page.text)
    }
}

extension ArgumentDeclaration {
    fileprivate var manualUsage: String {
        let word = "Ar \(ManualText.word(name))"
        return switch arity {
        case .required: ".\(word)"
        case .optional: ".Op \(word)"
        case .repeated(let minimum): minimum == 0 ? ".Op \(word) ..." : ".\(word) ..."
        }
    }
}

extension OptionDeclaration {
    private var spelling: String {
        "Fl \\-\(ManualText.escaped(name))" + (value.map { " Ar \(ManualText.word($0))" } ?? "")
    }

    fileprivate var manualUsage: String {
        (isRequired ? ".\(spelling)" : ".Op \(spelling)") + (isRepeated ? " ..." : "")
    }

    fileprivate var manualRow: (term: String, meaning: String) {
        let choices = choices.isEmpty ? "" : " (\(choices.joined(separator: ", ")))"
        return ((short.map { "Fl \($0) , " } ?? "") + spelling, help + choices)
    }
}

extension ExitCode {
    fileprivate static var meanings: [(code: ExitCode, meaning: String)] {
        [
            (.done, "done"), (.failed, "failed; the message says what to do"), (.usage, "wrong usage"),
            (.conflictsOpen, "done, and conflicts are open"),
            (.remoteUnreachable, "the mirror cannot be reached; nothing is lost, try later"),
            (.damageFound, "damage was found"),
        ]
    }
}
