internal import Quipu

struct SplitCommand: Command {
    static let declaration = CommandDeclaration(
        "split", abstract: "take an article out of a record that holds two",
        arguments: [.positional("ID", "the record's id or handle", takes: .record)],
        options: [
            .option(
                "item", value: "ITEM",
                "which article: the id that its source gave it, with the source before it if need be, as in 'feed:news 42'"
            )
        ],
        example: "quipu split 3k9x7t2m --item 42",
        discussion: """
            An import may have taken two articles for one, because their addresses or DOIs were equal. A record remembers which \
            items of which sources were read into it (the lines 'from' of 'quipu show'), and of each the hashes of its values. By \
            these the item gets a record of its own, with the values that it gave; the record keeps what the other items gave \
            and what people wrote in it. Annotations, notes and attachments stay with it. Without --item it is the later of two \
            items of one source.

            Values that are not in the archive are named: they come when the file is imported again. If a record remembers no \
            second item, nothing can be told apart: add the second article by hand.

            Two people who split the same record agree. To take a split back: quipu merge ID NEW.
            """,
        makesEdits: true)

    let id: String
    let item: String?

    init(_ values: ParsedArguments) {
        id = values.argument("ID")
        item = values.option("item")
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let (_, outcome) = try archive.edit { t in
            let named = try t.before.recordByItself(id)
            // A record that is shown under another one is split by itself.
            try t.split(named.id, item: try item.map { try named.sourceItem(typed: $0) })
        }
        let output = context.output
        for split in outcome.splits {
            output.json([
                "id": JSONText(split.record.uuid), "new": JSONText(split.new.uuid),
                "scope": JSONText(split.item.scope), "item": JSONText(split.item.id),
                "fields": JSONText(split.fields), "lacking": JSONText(split.lacking),
                "kept": JSONText(split.kept), "version": JSONText(outcome.version?.description),
            ])
            let item = TerminalSanitizer.line("\(split.item.scope) \(split.item.id)")
            output.remark(
                "\(item) is \(RecordText.name(split.new)) now, taken out of \(RecordText.name(split.record))")
            if let fields = RecordText.list(split.lacking.map { TerminalSanitizer.line($0) }) {
                output.warn("it lacks \(fields), which the archive does not have: read its file in again")
            }
            if let fields = RecordText.list(split.kept.map { TerminalSanitizer.line($0) }) {
                output.warn(
                    "\(split.record.handle) keeps \(fields) as they were, since what its other source gave is not here"
                )
            }
            output.advise("  to take it back: quipu merge \(split.record.handle) \(split.new.handle)")
        }
        return .done
    }
}

extension Record {
    /// The item that a word names: by its id, or by scope and id.
    fileprivate func sourceItem(typed text: String) throws -> ImportedItem {
        let known = sourceItems
        let named = known.filter { $0.id == text || "\($0.scope) \($0.id)" == text }
        if let only = named.first, named.count == 1 { return only }
        // Of a field with several heads only one is shown: which there are is known where it is split.
        let end = text.lastIndex(of: " ")
        if let end, named.isEmpty {
            return ImportedItem(scope: String(text[..<end]), id: String(text[text.index(after: end)...]))
        }
        guard let scope = Set(known.map(\.scope)).first, Set(known.map(\.scope)).count == 1 else {
            throw UsageError(
                "'\(text)' may be an item of several sources",
                hint: "put the source before it: --item 'SOURCE \(text)'")
        }
        return ImportedItem(scope: scope, id: text)
    }
}
