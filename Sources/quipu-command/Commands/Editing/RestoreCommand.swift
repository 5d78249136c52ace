internal import Quipu

struct RestoreCommand: Command {
    static let declaration = CommandDeclaration(
        "restore", abstract: "bring deleted records back",
        arguments: [RecordSelection.argument("a deleted record's id or handle", takes: .deletedRecord)],
        options: [RecordSelection.query],
        example: "quipu restore 3k9x7t2m",
        discussion: """
            Deleted records and their handles are listed by: quipu list --deleted. \(RecordSelection.explanation)
            """,
        synonyms: ["undelete"], makesEdits: true)

    let selection: RecordSelection

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values, isForDeleted: true)
    }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let archive = try context.archiveToEdit()
        let (ids, outcome) = try archive.edit { t in
            let ids = try names.ids(in: t.before)
            for id in ids { try t.restore(id) }
            return ids
        }
        let output = context.output
        guard let version = outcome.version else {
            EditReport.printNone(to: output)
            return .done
        }
        var lacking: [String] = []
        var only: Record?
        try archive.read { snapshot in
            for id in ids {
                guard let record = try snapshot.record(id) else { continue }
                let missing = try snapshot.missingTexts(of: record)
                lacking += missing
                output.json([
                    "id": JSONText(id.uuid),
                    "version": JSONText((outcome.version(of: id) ?? version).description),
                    "changed": true,
                    "missingTexts": JSONText(missing),
                ])
                only = record
            }
        }
        let name = ids.count == 1 ? only.map { RecordText.title($0) } : nil
        output.remark("restored \(name ?? counted(ids.count, "record"))")
        if !lacking.isEmpty {
            let texts =
                ids.count == 1
                ? "its text was forgotten here (\(lacking.joined(separator: ", ")))"
                : "\(counted(lacking.count, "text")) of them \(lacking.count == 1 ? "was" : "were") forgotten here"
            output.warn("\(texts); sync with a mirror that has it: quipu sync")
        }
        return .done
    }
}
