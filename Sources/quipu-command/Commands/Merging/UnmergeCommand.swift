internal import Quipu

struct UnmergeCommand: Command {
    static let declaration = CommandDeclaration(
        "unmerge", abstract: "show merged records by themselves again",
        arguments: [
            .repeated("ID", "a record that was merged into another one: its handle or id", takes: .record)
        ],
        example: "quipu unmerge 8a2bq0vd",
        discussion: """
            The record shows what it had by itself. What was written since it was merged went to the record under which it was \
            shown, and stays there. 'quipu show' lists what is merged into a record.
            """,
        makesEdits: true)

    let ids: [String]

    init(_ values: ParsedArguments) { ids = values.arguments("ID") }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let (records, outcome) = try archive.edit { t in
            var records: [Record] = []
            for text in ids {
                let record = try t.before.recordByItself(text)
                if records.contains(where: { $0.id == record.id }) { continue }
                try t.unmerge(record.id)
                records.append(record)
            }
            return records
        }
        EditReport(records, outcome).print(
            to: context.output, done: "shown by \(records.count == 1 ? "itself" : "themselves") again")
        for record in records {
            guard let former = record.mergedInto else { continue }
            context.output.remark("  \(record.id.handle) was merged into \(former.handle)")
        }
        return .done
    }
}
