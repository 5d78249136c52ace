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

            Of records that are shown as one ('quipu merge') the changes of all are listed, each with the record that it \
            changed; the numbers are those of that record.
            """)

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        try context.archive(naming: id).read { snapshot in
            let records = try snapshot.together(with: try snapshot.recordByItself(id))
            var columns: [TextTable.Column] = [
                .init(title: "", alignment: .right, styles: [.bold]), .init(title: "TIME", styles: [.dim]),
                .init(title: "AUTHOR", canShrink: true), .init(title: "VERSION", styles: [.cyan]),
                .init(title: "FIELDS", canShrink: true),
            ]
            if records.count > 1 { columns.insert(.init(title: "RECORD", styles: [.cyan]), at: 1) }
            var table = TextTable(columns)
            for (record, number, entry) in try snapshot.history(of: records) {
                output.json(
                    JSONText(
                        members: [("number", JSONText(number)), ("record", JSONText(record.uuid))]
                            + entry.members))
                let fields = try entry.fields.map { try entry.title(of: $0, in: snapshot) }
                var cells: [TextTable.Cell] = [
                    .init("\(number)"), .init(entry.shortTime(in: output.clock)),
                    .init(entry.author + (entry.isByProgram ? " (by program)" : "")),
                    .init(entry.version.short), .init(fields.joined(separator: ", ")),
                ]
                if records.count > 1 { cells.insert(.init(record.handle), at: 1) }
                table.add(cells)
            }
            output.table(table)
        }
        return .done
    }
}
