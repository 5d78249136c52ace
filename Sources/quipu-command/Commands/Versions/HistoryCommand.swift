internal import Quipu

struct HistoryCommand: Command {
    static let declaration = CommandDeclaration(
        "history", abstract: "list the changes made to a record, oldest first",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        example: "quipu history 3k9x7t2m",
        discussion: """
            'quipu diff' and 'quipu revert' take these numbers and versions. A sync can bring in \
            older edits and so change the numbers; versions do not change. "merged" marks a text that \
            Quipu merged from two versions that people wrote; no person may have written it as it stands.
            """)

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        var table = TextTable([
            .init(title: "", alignment: .right, styles: [.bold]), .init(title: "TIME", styles: [.dim]),
            .init(title: "AUTHOR", canShrink: true), .init(title: "VERSION", styles: [.cyan]),
            .init(title: "FIELDS", canShrink: true),
        ])
        try context.archive(naming: id).read { snapshot in
            let entries = try snapshot.history(of: try snapshot.recordByItself(id))
            for (index, entry) in entries.enumerated() {
                output.json(JSONText(members: [("number", JSONText(index + 1))] + entry.members))
                let fields = try entry.fields.map { try entry.title(of: $0, in: snapshot) }
                table.add([
                    .init("\(index + 1)"), .init(entry.shortTime(in: output.clock)),
                    .init(entry.author + (entry.isByProgram ? " (by program)" : "")),
                    .init(entry.version.short), .init(fields.joined(separator: ", ")),
                ])
            }
        }
        output.table(table)
        return .done
    }
}
