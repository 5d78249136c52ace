internal import Quipu

struct ShowCommand: Command {
    static let declaration = CommandDeclaration(
        "show", abstract: "show records with their fields and what belongs to them",
        arguments: [RecordSelection.argument("a record's id or handle")],
        options: [
            RecordSelection.query,
            .flag("alone", "a record that is merged into another one by itself, with its own values"),
        ],
        example: "quipu show 3k9x7t2m",
        discussion: """
            Passages that annotations quote are marked and numbered in the text; their remarks follow it, each with its \
            author and the day it was made. 'quipu read' shows the text alone.

            Records that were merged ('quipu merge') are shown as one, whichever of them is named; --alone shows the one that \
            is named.
            """,
        synonyms: ["cat", "view", "get"])

    let selection: RecordSelection

    let isAlone: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values)
        isAlone = values.flag("alone")
        if isAlone { try values.requireNone(of: ["query"], with: "alone") }
    }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let output = context.output
        let archive =
            try names.query == nil ? context.archive(naming: names.names) : context.archiveToSearch()
        try archive.read { snapshot in
            if isAlone {
                for (index, text) in names.names.enumerated() {
                    print(try snapshot.pageByItself(text), isFirst: index == 0, to: output)
                }
                return
            }
            for (index, id) in try names.ids(in: snapshot).enumerated() {
                guard !output.isReaderGone, let page = try snapshot.page(of: id) else { return }
                print(page, isFirst: index == 0, to: output)
            }
            for text in names.names.prefix(RecordSelection.mostUnasked) {
                let named = try snapshot.recordByItself(text)
                guard let shown = named.mergedInto, !named.isDeleted else { continue }
                output.remark(
                    "\(named.id.handle) was merged into \(shown.handle); by itself: quipu show --alone \(named.id.handle)"
                )
            }
        }
        return .done
    }

    private func print(_ page: RecordPage, isFirst: Bool, to output: Output) {
        output.json(page.json)
        if output.isJSON { return }
        if !isFirst { output.line() }
        RecordPageText(page, output).print()
    }
}
