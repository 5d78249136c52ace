internal import Quipu

struct DeleteCommand: Command {
    static let declaration = CommandDeclaration(
        "delete", abstract: "delete records; restore brings them back",
        arguments: [RecordSelection.argument("a record's id or handle")],
        options: [RecordSelection.query, RecordSelection.agreement],
        example: "quipu delete 3k9x7t2m",
        discussion: """
            Nothing else changes: annotations stay, listed under the deleted article, and a collection's \
            articles stay. If the record is edited on a mirror before the deletion arrives there, that is a \
            conflict: the edit is kept, and 'quipu conflicts' lists it. \(RecordSelection.explanation) \
            Where a query finds more than \(RecordSelection.mostUnasked) records, the command asks on a terminal, and \
            needs --yes elsewhere.
            """,
        synonyms: ["remove", "rm"], makesEdits: true)

    let selection: RecordSelection
    let isAgreed: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values)
        isAgreed = values.flag("yes")
    }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let archive = try context.archiveToEdit()
        let ids = try archive.read { try names.ids(in: $0) }
        if ids.isEmpty { EditReport.printNone(to: context.output) }
        guard try isAgreed || names.isAgreed("delete", count: ids.count, in: context) else {
            context.output.remark("nothing was deleted")
            return .failed
        }
        if ids.isEmpty { return .done }
        if ids.count == 1 { return try delete(ids[0], in: archive, context.output) }
        let (before, outcome) = try archive.edit { t in
            try ids.map { id in
                let record = try t.find(id.description)
                try t.delete(id)
                return (id: id, version: record.version, isDeleted: record.isDeleted)
            }
        }
        report(before, outcome, to: context.output)
        return .done
    }

    private func report(
        _ before: [(id: RecordID, version: Version, isDeleted: Bool)], _ outcome: EditOutcome,
        to output: Output
    ) {
        for (id, version, isDeleted) in before {
            output.json([
                "id": JSONText(id.uuid),
                "version": JSONText((outcome.version(of: id) ?? version).description),
                "changed": JSONText(outcome.version != nil && !isDeleted),
            ])
        }
        let (all, already) = (before.count, before.count(where: \.isDeleted))
        output.remark(all == already ? "nothing changed" : "deleted \(counted(all - already, "record"))")
        if already > 0 { output.remark("  \(counted(already, "record")) had been deleted before") }
        if all > already { output.advise("  to bring them back: quipu undo") }
    }

    private func delete(_ id: RecordID, in archive: Archive, _ output: Output) throws -> ExitCode {
        let (record, outcome) = try archive.edit { t in
            let record = try t.find(id.description)
            try t.delete(record.id)
            return record
        }
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
        if !record.members.isEmpty {
            output.remark(
                "  with \(counted(record.members.count, "record")) that \(record.members.count == 1 ? "was" : "were") merged into it"
            )
        }
        if record.kind == .collection { output.remark("  its articles stay") }
        output.advise("  to bring it back: quipu restore \(record.id.handle)")
        return .done
    }
}
