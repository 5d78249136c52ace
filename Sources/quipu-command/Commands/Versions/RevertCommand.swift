internal import Quipu

struct RevertCommand: Command {
    static let declaration = CommandDeclaration(
        "revert", abstract: "give a record the values of an earlier version",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        options: [
            .option("to", value: "VERSION|N", "which, by version or number in its history", required: true)
        ],
        example: "quipu revert 3k9x7t2m --to 2",
        discussion: """
            This is an ordinary edit: what it undoes stays in the history, and it can be reverted \
            itself. Fields that did not exist then lose their value.
            """,
        synonyms: ["rollback"], makesEdits: true)

    let id: String
    let version: String

    init(_ values: ParsedArguments) {
        id = values.argument("ID")
        version = values.requiredOption("to")
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let ((record, target, fields), outcome) = try archive.edit { t in
            let record = try t.find(id)
            let target = try VersionReference.resolve(version, in: t.before.history(of: record), of: record)
            do throws(QuipuError) {
                return (record, target, try t.revert(record, to: target))
            } catch {
                throw Self.hint(for: error, record).map { error.hinting($0) } ?? error
            }
        }
        let names = RecordText.list(fields.map { TerminalSanitizer.line($0) }) ?? ""
        EditReport([record], outcome)
            .print(to: context.output, done: "\(names) as in \(target.short)") { _ in
                [("fields", JSONText(fields))]
            }
        return .done
    }

    private static func hint(for error: QuipuError, _ record: Record) -> String? {
        let oneByOne = "fields can be set one by one: quipu set \(record.id.handle) FIELD=VALUE"
        switch error.code {
        case .unknownVersion: return "its history begins later: quipu history \(record.id.handle)"
        case .purged: return "what was purged is forgotten for good; \(oneByOne)"
        case .textMissing:
            return "it was forgotten (quipu compact), and another mirror may have it; \(oneByOne)"
        default: return nil
        }
    }
}
