internal import QuipuStorage

struct TagCommand: Command {
    static let declaration = CommandDeclaration(
        "tag", abstract: "add tags to a record or take them off",
        arguments: [
            .positional("ID", "the record's id or handle"),
            .repeated("TAG", "+TAG adds, -TAG takes off"),
        ],
        example: "quipu tag 3k9x7t2m +strike -draft",
        discussion: """
            Adding a tag that is there confirms it, and taking off one that is off confirms that: if somebody \
            else says the opposite before the next sync, the two are listed as a conflict.
            """,
        synonyms: ["untag", "label"], dashesAreValues: true, makesEdits: true)

    let id: String
    /// In the order typed; a tag that is named twice counts as last said.
    let wishes: [(tag: String, isWanted: Bool)]

    init(_ values: ParsedArguments) throws(UsageError) {
        id = values.argument("ID")
        var wishes: [(tag: String, isWanted: Bool)] = []
        for word in values.arguments("TAG") {
            let sign = word.utf8.first
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
                throw UsageError(
                    "'\(word)' is neither +TAG nor -TAG",
                    hint: "+\(word) adds the tag, -\(word) takes it off; one record at a time is tagged")
            }
            let tag = try TagName.normalised(String(decoding: word.utf8.dropFirst(), as: UTF8.self))
            wishes.removeAll { $0.tag == tag }
            wishes.append((tag, sign != UInt8(ascii: "-")))
        }
        self.wishes = wishes
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let store = try context.openStore(.readWrite)
        let record = try store.find(id).keeping { $0.hasPrefix(TagName.fieldPrefix) }
        // Taking off what is not there writes nothing; but a tag in conflict is settled either way.
        let absent = wishes.filter { !$0.isWanted && record[TagName.fieldPrefix + $0.tag] == nil }.map(\.tag)
        let changes = wishes.filter { !absent.contains($0.tag) }.map {
            Edit.Change(
                field: TagName.fieldPrefix + $0.tag, json: Array(($0.isWanted ? "true" : "false").utf8))
        }
        let outcome = try store.edit(
            [Edit(id: record.id, kind: record.kind, changes: changes)], author: author)

        let now = try store.view(record.id, kind: record.kind)?.tags ?? record.tags
        let output = context.output
        let missing = wishes.filter { !$0.isWanted && !record.tags.contains($0.tag) }.map { "'\($0.tag)'" }
        if let missing = RecordText.list(missing) {
            output.advise("\(RecordText.name(record)) had no tag \(missing)")
        }
        let tags = now.isEmpty ? "no tags now" : "tags are now \(now.joined(separator: ", "))"
        EditReport(id: record.id, kind: record.kind, outcome: outcome, present: record.version)
            .print(to: output, done: TerminalSanitizer.line(tags), further: [("tags", JSONText(now))])
        return .done
    }
}
