internal import Quipu

struct ShowCommand: Command {
    static let declaration = CommandDeclaration(
        "show", abstract: "show records with their fields and what belongs to them",
        arguments: [RecordSelection.argument("a record's id or handle")],
        options: [RecordSelection.query],
        example: "quipu show 3k9x7t2m",
        discussion: """
            Passages that annotations quote are marked and numbered in the text; their remarks follow it, each with its \
            author and the day it was made. 'quipu read' shows the text alone.
            """,
        synonyms: ["cat", "view", "get"])

    let selection: RecordSelection

    init(_ values: ParsedArguments) throws(UsageError) { selection = try RecordSelection(values) }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let output = context.output
        try context.archive(.readOnly).read { snapshot in
            for (index, id) in try names.ids(in: snapshot).enumerated() {
                guard !output.isReaderGone, let page = try snapshot.page(of: id) else { return }
                output.json(page.json)
                if output.isJSON { continue }
                if index > 0 { output.line() }
                RecordPageText(page, output).print()
            }
        }
        return .done
    }
}
