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
            shown, and stays there. If two records were merged into each other, on two mirrors, both are taken apart. 'quipu show' lists what is merged into a record.
            """,
        makesEdits: true)

    let ids: [String]

    init(_ values: ParsedArguments) { ids = values.arguments("ID") }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let ((records, groups), outcome) = try archive.edit { t in
            var records: [Record] = []
            var taken: Set<RecordID> = []
            var groups: [RecordID: [RecordID]] = [:]
            for text in ids {
                let record = try t.before.recordByItself(text)
                if !taken.insert(record.id).inserted { continue }
                try t.unmerge(record.id)
                records.append(record)
                // Others are under it only where merges contradict each other.
                if record.mergedInto == nil {
                    groups[record.id] = try t.before.find(record.id.description).members
                }
            }
            return (records, groups)
        }
        EditReport(records, outcome).print(
            to: context.output, done: "shown by \(records.count == 1 ? "itself" : "themselves") again")
        for record in records {
            guard let former = record.mergedInto else { continue }
            context.output.remark("  \(record.id.handle) was merged into \(former.handle)")
        }
        for (record, other) in try otherHalves(of: records, groups, in: archive) {
            context.output.remark(
                "  \(other.handle) too: each of \(record.handle) and \(other.handle) was merged into the other"
            )
        }
        return .done
    }

    /// Records that were shown under one of those that were named, by merges that contradict each other.
    private func otherHalves(
        of records: [Record], _ groups: [RecordID: [RecordID]], in archive: Archive
    ) throws -> [(RecordID, RecordID)] {
        try archive.read { snapshot in
            var found: [(RecordID, RecordID)] = []
            let named = Set(records.map(\.id))
            for record in records where record.mergedInto == nil {
                for other in groups[record.id] ?? [] where !named.contains(other) {
                    let shown = try snapshot.recordByItself(other.description)
                    if shown.mergedInto == nil { found.append((record.id, other)) }
                }
            }
            return found
        }
    }
}
