internal import Quipu

struct ShowCommand: Command {
    static let declaration = CommandDeclaration(
        "show", abstract: "show a record with its fields and what belongs to it",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        example: "quipu show 3k9x7t2m",
        synonyms: ["cat", "view", "get"])

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let page = try context.archive(.readOnly).read { try $0.page(ofFound: id) }
        context.output.json(page.json)
        if !context.output.isJSON { page.print(to: context.output) }
        return .done
    }
}
