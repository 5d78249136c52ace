internal import Quipu

struct TagCommand: Command {
    static let declaration = CommandDeclaration(
        "tag", abstract: "add tags to a record or remove them",
        arguments: [
            .positional("ID", "the record's id or handle", takes: .record),
            .repeated("TAG", "+TAG adds, -TAG removes", takes: .signedTag),
        ],
        example: "quipu tag 3k9x7t2m +strike -draft",
        discussion: """
            Adding a tag that is there confirms it, and removing one that is not there confirms that: if the \
            opposite is done elsewhere before the next sync, the two are listed as a conflict.
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
                    hint: "+\(word) adds the tag, -\(word) removes it; one record is tagged at a time")
            }
            let tag = try TagName.normalised(String(decoding: word.utf8.dropFirst(), as: UTF8.self))
            wishes.removeAll { $0.tag == tag }
            wishes.append((tag, sign != UInt8(ascii: "-")))
        }
        self.wishes = wishes
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let (record, outcome) = try archive.edit { t in
            let record = try t.find(id)
            try t.put(changes(of: record), into: record.id)
            return record
        }
        let now = tags(of: record)
        let output = context.output
        let missing = wishes.filter { !$0.isWanted && !record.tags.contains($0.tag) }.map { "'\($0.tag)'" }
        if let missing = RecordText.list(missing) {
            output.advise("\(RecordText.name(record)) had no tag \(missing)")
        }
        let tags = now.isEmpty ? "no tags now" : "tags are now \(now.joined(separator: ", "))"
        EditReport(id: record.id, outcome: outcome, present: record.version)
            .print(to: output, done: TerminalSanitizer.line(tags), further: [("tags", JSONText(now))])
        return .done
    }

    /// What the edit leaves: each wish replaces all that the archive had for its tag.
    private func tags(of record: Record) -> [String] {
        let removed = Set(wishes.filter { !$0.isWanted }.map(\.tag))
        let added = Set(wishes.filter(\.isWanted).map(\.tag))
        return Set(record.tags).subtracting(removed).union(added).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// Taking off what is not there writes nothing; but a tag in conflict is settled either way.
    private func changes(of record: Record) -> [(name: String, json: [UInt8])] {
        wishes.compactMap { tag, isWanted in
            let field = TagName.fieldPrefix + tag
            if !isWanted, record.fields.json(of: field) == nil { return nil }
            return (field, Value.bool(isWanted).json)
        }
    }
}
