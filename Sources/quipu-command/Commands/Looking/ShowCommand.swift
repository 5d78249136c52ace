internal import Quipu

struct ShowCommand: Command {
    static let declaration = CommandDeclaration(
        "show", abstract: "show a record with its fields and what belongs to it",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        example: "quipu show 3k9x7t2m",
        discussion: """
            Passages that annotations quote are marked and numbered in the text; their remarks follow it, each with its \
            author and the day it was made. 'quipu read' shows the text alone.
            """,
        synonyms: ["cat", "view", "get"])

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let page = try context.archive(.readOnly).read { try $0.page(ofFound: id) }
        context.output.json(page.json)
        if !context.output.isJSON { RecordPageText(page, context.output).print() }
        return .done
    }
}
