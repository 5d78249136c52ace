internal import Quipu

struct ReadCommand: Command {
    static let declaration = CommandDeclaration(
        "read", abstract: "show the text of a record and nothing else",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        example: "quipu read 3k9x7t2m",
        discussion: """
            On a terminal, lines end at words after at most 80 columns, and passages that annotations quote are marked. \
            A file or a pipe gets the text as it is stored. Of an article the text is its body.
            """)

    let id: String

    init(_ values: ParsedArguments) { id = values.argument("ID") }

    func run(in context: Context) throws -> ExitCode {
        let output = context.output
        let page = try context.archive(naming: id).read { try $0.page(ofFound: id) }
        let record = page.record
        guard let field = ["body", "text", "abstract"].first(where: { record.fields.json(of: $0) != nil }),
            let text = record.fields.json(of: field).flatMap({ Value(json: $0)?.string })
        else {
            let waiting = page.waitingTexts.first { ["body", "text", "abstract"].contains($0.field) }
            let isKnown = waiting.map { $0.remote != nil || $0.sizeBytes != nil } ?? false
            throw QuipuError(
                .textMissing,
                "\(RecordText.title(record)) has no text\(waiting == nil ? "" : " here")"
                    + (isKnown ? waiting.map { ": \(ValueText.waiting($0))" } ?? "" : ""),
                hint: waiting != nil
                    ? "fetch it from a mirror: quipu sync" : "see what it has: quipu show \(record.id.handle)"
            )
        }
        output.json([
            "id": JSONText(record.id.uuid), "handle": JSONText(record.id.handle),
            "kind": JSONText(record.kind.rawValue), "field": JSONText(field), "text": JSONText(text),
        ])
        if output.isJSON { return .done }
        if output.terminal.outputIsTerminal {
            let marked = MarkedText(page)
            if field == "body" {
                marked.print(to: output)
            } else {
                for line in TextWrap(columns: output.textWidth).lines(TerminalSanitizer.paragraphs(text)) {
                    output.line(line)
                }
            }
        } else {
            output.standard.write(text.hasSuffix("\n") ? text : text + "\n")
        }
        return .done
    }
}
