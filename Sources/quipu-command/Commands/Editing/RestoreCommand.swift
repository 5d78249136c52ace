internal import QuipuCausality
internal import QuipuStorage

struct RestoreCommand: Command {
    static let declaration = CommandDeclaration(
        "restore", abstract: "bring a deleted record back",
        arguments: [.positional("ID", "the record's id or handle")], example: "quipu restore 3k9x7t2m",
        discussion: "Deleted records and their handles are listed by: quipu list --deleted",
        synonyms: ["undelete"], makesEdits: true)

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let store = try context.openStore(.readWrite)
        let record = try store.find(id)
        let version = try store.restore(record.id, kind: record.kind, author: author)
        let restored = try store.view(record.id, kind: record.kind) ?? record
        let lacking = try store.keeping.fieldsWithoutText(of: restored)
        context.output.json([
            "id": JSONText(record.id.text), "version": JSONText(version.description), "changed": true,
            "missingTexts": JSONText(lacking),
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
