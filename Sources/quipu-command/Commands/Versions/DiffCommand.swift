internal import QuipuCausality
internal import QuipuStorage

struct DiffCommand: Command {
    static let declaration = CommandDeclaration(
        "diff", abstract: "show what changed between two versions of a record",
        arguments: [
            .positional("ID", "the record's id or handle"),
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
        let store = try context.openStore(.readOnly)
        let comparison = try store.reading { try compare(store) }
        context.output.json(comparison.json)
        if !context.output.isJSON { comparison.print(to: context.output) }
        return .done
    }

    private func compare(_ store: Store) throws -> RecordComparison {
        let record = try store.find(id)
        let history = try store.log.history(of: record)
        func version(_ text: String?, fromEnd offset: Int) throws -> TransactionName? {
            if let text { return try VersionReference.resolve(text, in: history, of: record) }
            return history.count >= offset ? history[history.count - offset].version : nil
        }
        let first = try version(from, fromEnd: 2)
        let second = try version(to, fromEnd: 1)
        return RecordComparison(
            record: record, from: first, to: second,
            // Before its first version a record has no fields.
            old: try first.map { try store.log.fields(of: record, at: $0) } ?? [],
            new: try second.map { try store.log.fields(of: record, at: $0) } ?? [])
    }
}

/// Two states of a record, side by side.
struct RecordComparison {
    struct Change {
        let field: String
        /// Nil where the field had no value; `.some(nil)` where its text is not here.
        let old: [UInt8]??
        let new: [UInt8]??
    }

    let record: Record
    let from: TransactionName?
    let to: TransactionName?
    let changes: [Change]

    init(
        record: Record, from: TransactionName?, to: TransactionName?, old: [(name: String, json: [UInt8]?)],
        new: [(name: String, json: [UInt8]?)]
    ) {
        self.record = record
        self.from = from
        self.to = to
        let names = Set(old.map(\.name)).union(new.map(\.name)).sorted { $0.utf8Precedes($1) }
        changes = names.compactMap { name in
            let before = old.first { $0.name == name }.map(\.json)
            let after = new.first { $0.name == name }.map(\.json)
            return before == after ? nil : Change(field: name, old: before, new: after)
        }
    }

    var json: JSONText {
        [
            "id": JSONText(record.id.text), "from": JSONText(from?.description),
            "to": JSONText(to?.description),
            "fields": JSONText(
                changes.map { change in
                    [
                        "field": JSONText(change.field), "old": Self.json(change.old),
                        "new": Self.json(change.new),
                        "textMissing": JSONText(change.old == .some(nil) || change.new == .some(nil)),
                    ]
                }),
        ]
    }

    private static func json(_ value: [UInt8]??) -> JSONText {
        if let json = value ?? nil { JSONText(raw: json) } else { nil }
    }
}
