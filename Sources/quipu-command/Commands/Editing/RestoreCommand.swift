internal import Quipu

struct RestoreCommand: Command {
    static let declaration = CommandDeclaration(
        "restore", abstract: "bring a deleted record back",
        arguments: [.positional("ID", "the record's id or handle", takes: .deletedRecord)],
        example: "quipu restore 3k9x7t2m",
        discussion: "Deleted records and their handles are listed by: quipu list --deleted",
        synonyms: ["undelete"], makesEdits: true)

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let (record, outcome) = try archive.edit { t in
            let record = try t.find(id)
            try t.restore(record.id)
            return record
        }
        let lacking = try archive.read { snapshot in
            try snapshot.missingTexts(of: try snapshot.record(record.id) ?? record)
        }
        context.output.json([
            "id": JSONText(record.id.uuid),
            "version": JSONText((outcome.version ?? record.version).description),
            "changed": true, "missingTexts": JSONText(lacking),
        ])
        context.output.remark("restored \(RecordText.title(record))")
        if !lacking.isEmpty {
            context.output.warn(
                "its text was forgotten here (\(lacking.joined(separator: ", "))); "
                    + "sync with a mirror that has it: quipu sync")
        }
        return .done
    }
}
