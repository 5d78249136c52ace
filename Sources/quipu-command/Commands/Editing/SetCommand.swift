internal import Quipu

struct SetCommand: Command {
    static let declaration = CommandDeclaration(
        "set", abstract: "change fields of records",
        arguments: [
            RecordSelection.argument("a record's id or handle"),
            .repeated(
                "FIELD=VALUE", "the new value as text; FIELD:=JSON for any JSON", takes: .assignment,
                accepts: { $0.utf8.contains(UInt8(ascii: "=")) }),
        ],
        options: [RecordSelection.query],
        example: "quipu set 3k9x7t2m 'title=A better title' doi:=null",
        discussion: """
            FIELD= takes a field's value away, and so does FIELD:=null; what a record cannot be without is refused. Setting a field that is in conflict settles the conflict: the new \
            value replaces all conflicting ones. collections/NAME=true puts an article into a \
            collection, =false takes it out. \(TypedText.explanation) All fields change in one step, or none does. \
            Setting the value that a field already has confirms it: another value set elsewhere before the next sync is \
            then a conflict. A language is kept as BCP 47 spells it (pt-BR), a DOI without https://doi.org/ and in small \
            letters. \(RecordSelection.explanation)
            """,
        synonyms: ["update", "change"], makesEdits: true)

    let selection: RecordSelection
    let assignments: [Assignment]

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values)
        assignments = try Assignment.all(values, "FIELD=VALUE")
        if selection.readsStandardInput,
            assignments.contains(where: { $0.value == .elsewhere(.standardInput) })
        {
            throw UsageError(
                "standard input cannot be both the ids and a value",
                hint: "put the value into a file: FIELD=@FILE")
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let assignments = try assignments.map { try $0.read() }
        let names = try selection.read()
        let archive = try context.archive(.readWrite, author: author)
        let (edited, outcome) = try archive.edit { t in try edit(names, assignments, in: &t) }
        if edited.records.isEmpty { EditReport.printNone(to: context.output) }
        EditReport(records: edited.records, outcome: outcome)
            .print(to: context.output, done: Self.done(assignments, taken: edited.taken))
        for (field, word) in edited.respelled {
            context.output.remark(
                "  \(TerminalSanitizer.line(field)) is kept as \(TerminalSanitizer.line(word))")
        }
        return .done
    }

    private func edit(
        _ names: RecordNames, _ assignments: [Assignment], in t: inout Transaction
    ) throws -> Edited {
        var edited = Edited()
        for id in try names.ids(in: t.before, hint: Self.hint) {
            let record = try t.find(id.description)
            let values = try Assignment.values(assignments, for: record.kind, in: t)
            try CollectionName.hinting(values) { try t.set(values, of: record.id) }
            edited.records.append((id, record.version))
            if edited.respelled.isEmpty { edited.respelled = Assignment.respelled(assignments, values) }
            edited.taken = Set(values.indices.filter { values[$0].json == Array("null".utf8) })
        }
        return edited
    }

    private struct Edited {
        var records: [(id: RecordID, version: Version)] = []
        var respelled: [(field: String, value: String)] = []
        /// Which of the assignments take a value away.
        var taken: Set<Int> = []
    }

    /// `set title and date; doi has no value now`
    private static func done(_ assignments: [Assignment], taken: Set<Int>) -> String {
        func names(_ isTaken: Bool) -> [String] {
            assignments.indices.filter { taken.contains($0) == isTaken }.map {
                TerminalSanitizer.line(assignments[$0].field)
            }
        }
        let without = names(true)
        return [
            RecordText.list(names(false)).map { "set \($0)" },
            RecordText.list(without).map { "\($0) \(without.count == 1 ? "has" : "have") no value now" },
        ].compactMap(\.self).joined(separator: "; ")
    }

    /// A forgotten "=" makes a word the name of a record.
    private static func hint(for unknown: [String]) -> String? {
        guard let word = unknown.first, unknown.count == 1 else { return nil }
        let fields = Set(RecordKind.known.flatMap { $0.schema?.settableFields ?? [] })
        return fields.contains(word) ? "did you mean \(word)=VALUE? list shows handles: quipu list" : nil
    }
}
