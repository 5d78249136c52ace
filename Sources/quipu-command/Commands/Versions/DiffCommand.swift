internal import Quipu

struct DiffCommand: Command {
    static let declaration = CommandDeclaration(
        "diff", abstract: "show what changed between two versions of a record",
        arguments: [
            .positional("ID", "the record's id or handle", takes: .record),
            .optional("A", "the earlier version, by name or number; else the one before the last"),
            .optional("B", "the later one; else the last"),
        ],
        example: "quipu diff 3k9x7t2m 1 3",
        discussion: "Versions and their numbers are listed by: quipu history ID", synonyms: ["compare"])

    let id: String
    let from: String?
    let to: String?

    init(_ values: ParsedArguments) {
        id = values.argument("ID")
        from = values.optionalArgument("A")
        to = values.optionalArgument("B")
    }

    func run(in context: Context) throws -> ExitCode {
        try context.archive(naming: id).read { snapshot in
            let comparison = try compare(in: snapshot)
            context.output.json(comparison.json)
            if !context.output.isJSON { try comparison.print(to: context.output, in: snapshot) }
        }
        return .done
    }

    private func compare(in snapshot: borrowing Snapshot) throws -> RecordComparison {
        let record = try snapshot.find(id)
        let history = try snapshot.history(of: record)
        func version(_ text: String?, fromEnd offset: Int) throws -> Version? {
            if let text { return try VersionReference.resolve(text, in: history, of: record) }
            return history.count >= offset ? history[history.count - offset].version : nil
        }
        let first = try version(from, fromEnd: 2)
        let second = try version(to, fromEnd: 1)
        return try snapshot.compare(record, from: first, to: second)
    }
}
