internal import Quipu

struct DeleteCommand: Command {
    static let declaration = CommandDeclaration(
        "delete", abstract: "delete a record; restore brings it back",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        example: "quipu delete 3k9x7t2m",
        discussion: """
            Nothing else changes: annotations stay, listed under the deleted article, and a collection's \
            articles stay. If the record is edited on a mirror before the deletion arrives there, that is a \
            conflict: the edit is kept, and 'quipu conflicts' lists it.
            """,
        synonyms: ["remove", "rm"], makesEdits: true)

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let (record, outcome) = try archive.edit { t in
            let record = try t.find(id)
            try t.delete(record.id)
            return record
        }
        let output = context.output
        output.json([
            "id": JSONText(record.id.uuid),
            "version": JSONText((outcome.version ?? record.version).description),
            "changed": JSONText(outcome.version != nil),
        ])
        let name = RecordText.title(record)
        guard outcome.version != nil else {
            output.remark("\(name) is deleted already")
            return .done
        }
        output.remark(
            record.isDeleted ? "deleted \(name) again, which settles its conflict" : "deleted \(name)")
        let dependents = try archive.read { try $0.dependents(of: record.id) }
        if let counts = RecordText.counts(dependents.map(\.kind)) {
            output.remark("  its \(counts) \(dependents.count == 1 ? "stays" : "stay"), listed under it")
        }
        if record.kind == .collection { output.remark("  its articles stay") }
        output.advise("  to bring it back: quipu restore \(record.id.handle)")
        return .done
    }
}
