internal import QuipuCausality
internal import QuipuStorage

struct RevertCommand: Command {
    static let declaration = CommandDeclaration(
        "revert", abstract: "give a record the values of an earlier version",
        arguments: [.positional("ID", "the record's id or handle")],
        options: [
            .option("to", value: "VERSION|N", "which, by version or number in its history", required: true)
        ],
        example: "quipu revert 3k9x7t2m --to 2",
        discussion: """
            This is an ordinary edit: what it takes back stays in the history, and it can be reverted \
            itself. Fields that did not exist then lose their value.
            """,
        synonyms: ["undo", "rollback"], makesEdits: true)

    let id: String
    let version: String

    init(_ values: ParsedArguments) {
        id = values.argument("ID")
        version = values.requiredOption("to")
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let store = try context.openStore(.readWrite)
        let record = try store.find(id)
        let target = try VersionReference.resolve(version, in: try store.log.history(of: record), of: record)
        let then = try store.log.fields(of: record, at: target)
        guard !then.isEmpty else {
            throw StorageError(
                .unknownVersion, "\(RecordText.name(record)) did not exist as of \(target.shortText)",
                hint: "its history begins later: quipu history \(record.id.shortHandle)")
        }
        let purged = try store.log.fieldsPurged(in: record, since: target)
        if let fields = RecordText.list(purged.map { TerminalSanitizer.line($0) }) {
            throw StorageError(
                .purged, "\(RecordText.name(record)) was purged after \(target.shortText): \(fields)",
                hint: "what was purged is forgotten for good; fields can be set one by one: "
                    + "quipu set \(record.id.shortHandle) FIELD=VALUE")
        }
        let changes = try Self.changes(from: record, to: then, version: target)
        let outcome = try store.edit(
            [Edit(id: record.id, kind: record.kind, changes: changes)], author: author)
        let fields = RecordText.list(changes.map { TerminalSanitizer.line($0.field) }) ?? ""
        EditReport(id: record.id, kind: record.kind, outcome: outcome, present: record.version)
            .print(
                to: context.output, done: "\(fields) as of \(target.shortText)",
                further: [("fields", JSONText(changes.map(\.field)))])
        return .done
    }

    /// The edit that brings a record back. Only what differs is written, so that it settles no conflict that
    /// it has nothing to say to.
    static func changes(
        from record: Record, to then: [(name: String, json: [UInt8]?)], version: TransactionName
    ) throws -> [Edit.Change] {
        var changes: [Edit.Change] = []
        for field in then where field.name != "deleted" {
            guard let json = field.json else {
                throw StorageError(
                    .textMissing,
                    "the text that '\(field.name)' had as of \(version.shortText) is not kept here",
                    hint: "it was forgotten (quipu compact), and another mirror may have it; "
                        + "fields can be set one by one: quipu set \(record.id.shortHandle) FIELD=VALUE")
            }
            if record[field.name] != json { changes.append(Edit.Change(field: field.name, json: json)) }
        }
        let (null, no) = (Array("null".utf8), Array("false".utf8))
        for field in record.fields where !then.contains(where: { $0.name == field.name }) {
            let isElement = field.json == Array("true".utf8) && field.name.contains("/")
            let gone = isElement || field.json == no ? no : null
            if field.json != gone { changes.append(Edit.Change(field: field.name, json: gone)) }
        }
        return changes
    }
}
