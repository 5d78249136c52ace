internal import Causality
internal import Storage

struct ConflictsCommand: Command {
    static let declaration = CommandDeclaration(
        "conflicts", abstract: "list edits that stand against each other",
        arguments: [.optional("ID", "only those of this record")], example: "quipu conflicts",
        discussion: """
            Nothing is lost in a conflict: the current value is shown everywhere, the others are kept until \
            somebody settles it with 'quipu resolve'. Where two people changed different words of a text, the \
            text with both changes is shown as well. The exit code is 3 when there are conflicts.
            """)

    let id: String?

    init(_ values: ParsedArguments) { id = values.optionalArgument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(.readOnly)
        let output = context.output
        let found = try store.reading { () throws -> [(Conflict, Record?, MergeProposal)] in
            let record = try id.map { try store.find($0) }
            return try store.conflicts(of: record?.id)
                .filter { record == nil || $0.kind == record?.kind }
                .map { ($0, try store.view($0.id, kind: $0.kind), try store.proposedMerge(of: $0)) }
        }
        for (conflict, record, merge) in found {
            output.json(conflict.jsonText(merge: merge))
            if output.isJSON { continue }
            let text = ConflictText(record: record, conflict: conflict, merge: merge)
            text.print(
                to: output,
                columns: output.terminal.outputIsTerminal ? max(20, output.terminal.width - 14) : 200)
            output.remark("  settle it: \(text.advice)")
            output.line()
        }
        if found.isEmpty { output.remark("no conflicts") }
        return found.isEmpty ? .done : .conflictsOpen
    }
}
