internal import Quipu

struct AnnotateCommand: Command {
    static let declaration = CommandDeclaration(
        "annotate", abstract: "annotate a passage of an article",
        arguments: [.positional("ID", "the article's id or handle", takes: .record)],
        options: [
            .option("quote", value: "TEXT", "the passage, word for word", required: true),
            .option("note", value: "TEXT|@FILE|-", "the remark"),
            .option("tag", value: "TAG", "a tag of the annotation", repeated: true, takes: .tag),
            .option("occurrence", value: "N", "which one, if the passage occurs several times"),
        ],
        example:
            "quipu annotate 3k9x7t2m --quote 'forty workers' --note 'The union says 60.'",
        discussion: """
            The annotation stays with its passage when the article's text changes: it is found again by what \
            is written there and around it. 'quipu show ID' shows where it is now. \(TypedText.explanation)
            """,
        synonyms: ["comment", "highlight"], makesEdits: true)

    let id: String
    let quote: String
    let note: TypedText?
    let tags: [String]
    let occurrence: Int?

    init(_ values: ParsedArguments) throws(UsageError) {
        id = values.argument("ID")
        quote = values.requiredOption("quote")
        note = values.option("note").map { TypedText($0) }
        var tags: [String] = []
        for tag in values.options("tag") {
            let tag = try TagName.normalised(tag)
            if !tags.contains(tag) { tags.append(tag) }
        }
        self.tags = tags
        occurrence = try values.integer("occurrence", in: 1...Int.max)
        guard !quote.isEmpty else {
            throw UsageError("--quote is empty", hint: "give the passage as it is written in the article")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let note = try note?.read(for: "the remark")
        let archive = try context.archive(.readWrite, author: author)
        let ((article, id, passage), outcome) = try archive.edit { t in
            let article = try t.find(self.id)
            let passage = try self.passage(of: article, in: t.before)
            let id = try t.annotate(article, at: passage) { fields in
                if let note { fields.text = note }
                for tag in tags { fields.tags.insert(tag) }
            }
            return (article, id, passage)
        }
        let output = context.output
        output.json([
            "id": JSONText(id.uuid), "handle": JSONText(id.handle), "target": JSONText(article.id.uuid),
            "version": JSONText(outcome.version?.description), "start": JSONText(passage.range.lowerBound),
            "end": JSONText(passage.range.upperBound),
        ])
        let done = "annotated \(RecordText.title(article)) with \(RecordText.name(id))"
        output.line(output.isQuiet ? id.uuid : done)
        return .done
    }

    private func passage(of article: Record, in snapshot: borrowing Snapshot) throws -> QuotedPassage {
        let handle = article.id.handle
        if article.isDeleted {
            throw QuipuError(
                .deleted, "\(RecordText.name(article)) is deleted",
                hint: "bring it back first: quipu restore \(handle)")
        }
        do throws(QuoteObstacle) {
            return try snapshot.passage(quote, occurrence: occurrence, in: article)
        } catch {
            throw QuoteText(obstacle: error, article: article, occurrence: occurrence).error
        }
    }
}
