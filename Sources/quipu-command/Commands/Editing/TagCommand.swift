internal import Quipu

struct TagCommand: Command {
    static let declaration = CommandDeclaration(
        "tag", abstract: "add tags to records or remove them",
        arguments: [
            RecordSelection.argument("a record's id or handle"),
            .repeated(
                "±TAG", "+TAG adds, -TAG removes", takes: .signedTag, accepts: { isSigned($0) },
                missing: { unsigned($0) }),
        ],
        options: [RecordSelection.query],
        example: "quipu tag 3k9x7t2m +strike -draft",
        discussion: """
            Adding a tag that is there confirms it, and removing one that is not there confirms that: if the \
            opposite is done elsewhere before the next sync, the two are listed as a conflict. 'quipu tags' lists the tags \
            that there are. Behind the first ID each word with one dash is a tag; of an option of one letter that is refused: it \
            stands before the ID, and the tag behind --, as in 'quipu tag ID -- -q'. \(RecordSelection.explanation)
            """,
        synonyms: ["untag", "label"], dashesAreValues: true, makesEdits: true)

    let selection: RecordSelection
    /// In the order typed, each tag once.
    let wishes: [(tag: String, isWanted: Bool)]

    /// Behind the record there are words without a sign.
    private static func unsigned(_ words: [String]) -> UsageError? {
        guard let tags = RecordText.list(words.dropFirst().prefix(3).map { "+\($0)" }) else { return nil }
        return UsageError(
            "a tag needs a sign: did you mean \(tags)?",
            hint: "+TAG adds a tag, -TAG removes it: quipu tag ID +TAG")
    }

    /// A lone "-" stands for standard input.
    private static func isSigned(_ word: String) -> Bool {
        word.utf8.first == UInt8(ascii: "+") || word.utf8.first == UInt8(ascii: "-") && word != "-"
    }

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values)
        var wishes: [(tag: String, isWanted: Bool)] = []
        for word in values.arguments("±TAG") {
            let tag = try TagName.normalised(String(decoding: word.utf8.dropFirst(), as: UTF8.self))
            let isWanted = word.utf8.first != UInt8(ascii: "-")
            if let other = wishes.first(where: { $0.tag == tag }) {
                if other.isWanted == isWanted { continue }
                throw UsageError(
                    "'+\(tag)' and '-\(tag)' contradict each other",
                    hint: "give the tag with one sign, + to add it or - to remove it")
            }
            wishes.append((tag, isWanted))
        }
        self.wishes = wishes
    }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let archive = try context.archiveToEdit()
        let (edited, outcome) = try archive.edit { t in
            try names.ids(in: t.before, hint: Self.hint).map { id in
                let record = try t.find(id.description)
                try t.put(changes(of: record), into: id)
                return (id: id, version: record.version, before: Set(record.tags), now: tags(of: record))
            }
        }
        let output = context.output
        guard let first = edited.first else {
            EditReport.printNone(to: output)
            return .done
        }
        let missing = wishes.filter { wish in
            !wish.isWanted && !edited.contains { $0.before.contains(wish.tag) }
        }.map { "'\($0.tag)'" }
        if let missing = RecordText.list(missing) {
            let name = edited.count == 1 ? RecordText.name(first.id) : "none of the records"
            output.advise("\(name) had \(edited.count == 1 ? "no tag" : "the tag") \(missing)")
        }
        let done =
            edited.count > 1
            ? wishes.map { ($0.isWanted ? "+" : "-") + $0.tag }.joined(separator: " ")
            : first.now.isEmpty ? "no tags now" : "tags are now \(first.now.joined(separator: ", "))"
        EditReport(records: edited.map { ($0.id, $0.version) }, outcome: outcome)
            .print(to: output, done: TerminalSanitizer.line(done)) { [("tags", JSONText(edited[$0].now))] }
        return .done
    }

    /// A forgotten sign makes a tag the name of a record.
    private static func hint(for unknown: [String]) -> String? {
        let tags = unknown.filter { (try? TagName.normalised($0)) != nil }.prefix(3).map { "+\($0)" }
        guard let named = RecordText.list(Array(tags)) else { return nil }
        return "did you mean \(named)? a tag has a sign: +TAG adds, -TAG removes; "
            + "list shows handles: quipu list"
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
