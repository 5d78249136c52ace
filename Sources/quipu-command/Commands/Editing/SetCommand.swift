internal import Quipu

struct SetCommand: Command {
    static let declaration = CommandDeclaration(
        "set", abstract: "change fields of a record",
        arguments: [
            .positional("ID", "the record's id or handle", takes: .record),
            .repeated("FIELD=VALUE", "the new value as text; FIELD:=JSON for any JSON"),
        ],
        example: "quipu set 3k9x7t2m 'title=A better title' doi:=null",
        discussion: """
            FIELD:=null removes a value. Setting a field that is in conflict settles the conflict: the new \
            value replaces all conflicting ones. collections/NAME=true puts an article into a \
            collection, =false takes it out. \(TypedText.explanation) All fields change in one step, or none does. \
            Setting the value that a field already has confirms it: another value set elsewhere before the next sync is \
            then a conflict.
            """,
        synonyms: ["edit", "update", "change"], makesEdits: true)

    let id: String
    let assignments: [Assignment]

    init(_ values: ParsedArguments) throws(UsageError) {
        id = values.argument("ID")
        assignments = try Assignment.all(values, "FIELD=VALUE")
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let assignments = try assignments.map { try $0.read() }
        let archive = try context.archive(.readWrite, author: author)
        let (record, outcome) = try archive.edit { t in
            let record = try t.find(id)
            let values = try assignments.map { try $0.value(for: record.kind, in: t) }
            try CollectionName.hinting(values) { try t.set(values, of: record.id) }
            return record
        }
        let fields = assignments.map { TerminalSanitizer.line($0.field) }
        EditReport(id: record.id, outcome: outcome, present: record.version)
            .print(to: context.output, done: "set \(RecordText.list(fields) ?? "")")
        return .done
    }
}
