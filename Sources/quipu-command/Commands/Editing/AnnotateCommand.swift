internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

struct AnnotateCommand: Command {
    static let declaration = CommandDeclaration(
        "annotate", abstract: "remark on a passage of an article",
        arguments: [.positional("ID", "the article's id or handle")],
        options: [
            .option("quote", value: "TEXT", "the passage, word for word", required: true),
            .option("note", value: "TEXT|@FILE|-", "the remark"),
            .option("tag", value: "TAG", "a tag of the annotation", repeated: true),
            .option("occurrence", value: "N", "which one, where the passage stands several times"),
        ],
        example:
            "quipu annotate 3k9x7t2m --quote 'forty workers' --note 'The union says 60.'",
        discussion: """
            The annotation stays with its passage when the article's text changes: it is found again by what \
            is written there and around it. 'quipu show ID' says where it is now. \(TypedText.explanation)
            """,
        synonyms: ["comment", "highlight"], makesEdits: true)

    let id: String
    let quote: String
    let note: TypedText?
    let tagFields: [String]
    let occurrence: Int?

    init(_ values: ParsedArguments) throws(UsageError) {
        id = values.argument("ID")
        quote = values.requiredOption("quote")
        note = values.option("note").map { TypedText($0) }
        var tagFields: [String] = []
        for tag in values.options("tag") {
            let field = try TagName.field(tag)
            if !tagFields.contains(field) { tagFields.append(field) }
        }
        self.tagFields = tagFields
        occurrence = try values.integer("occurrence", in: 1...Int.max)
        guard !quote.isEmpty else {
            throw UsageError("--quote is empty", hint: "give the passage as it stands in the article")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let note = try note?.read(for: "the remark")
        let store = try context.openStore(.readWrite)
        let article = try store.find(id)
        if article.isDeleted {
            throw StorageError(
                .deleted, "\(RecordText.name(article)) is deleted",
                hint: "bring it back first: quipu restore \(article.id.shortHandle)")
        }
        let selector = try passage(of: article)
        var changes = [
            Edit.Change(field: "target", json: canonicalString(article.id.text)),
            Edit.Change(field: "quote", json: selector.quoteJSON),
            Edit.Change(field: "position", json: selector.positionJSON),
        ]
        if let note { changes.append(Edit.Change(field: "text", json: canonicalString(note))) }
        changes += tagFields.map { Edit.Change(field: $0, json: Array("true".utf8)) }
        let kind = try Kinds.known.kind(named: "annotation")
        for change in changes { try kind.check(field: change.field, json: change.json) }

        let id = RecordID.timeOrdered(store.environment)
        let outcome = try store.edit([Edit(id: id, kind: kind.name, changes: changes)], author: author)
        let output = context.output
        output.json([
            "id": JSONText(id.text), "handle": JSONText(id.shortHandle), "target": JSONText(article.id.text),
            "version": JSONText(outcome.version?.description), "start": JSONText(selector.start),
            "end": JSONText(selector.end),
        ])
        let done = "annotated \(RecordText.title(article)) with \(RecordText.name(id, kind: kind.name))"
        output.line(output.isQuiet ? id.text : done)
        return .done
    }

    private func passage(of article: Record) throws -> TextSelector {
        guard let body = article.string("body") else {
            throw StorageError(
                article.kind == "article" ? .textMissing : .wrongType,
                "\(RecordText.name(article)) has no text here to annotate",
                hint: "write a note on it instead: quipu add note target=\(article.id.shortHandle) 'text=…'")
        }
        return try QuoteSearch(text: PassageText(body), handle: article.id.shortHandle)
            .selector(for: quote, occurrence: occurrence)
    }
}
