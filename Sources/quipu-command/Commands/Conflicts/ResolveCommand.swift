internal import Quipu

struct ResolveCommand: Command {
    static let declaration = CommandDeclaration(
        "resolve", abstract: "settle conflicts",
        arguments: [
            .optional(
                "ID", "the record's id or handle; all open conflicts if not given", takes: .recordInConflict),
            .optional("FIELD", "which conflict, if the record has several", takes: .field),
        ],
        options: [
            .option(
                "take", value: "current|N|both|merged",
                "the current value, one of the others, both texts one after the other, or one text with both changes",
                takes: .choice(["current", "both", "merged"])
            ),
            .option("value", value: "TEXT|@FILE|-", "another value instead"),
        ],
        example: "quipu resolve 3k9x7t2m title --take 1",
        discussion: """
            'quipu conflicts ID' shows the values and their numbers. The choice is an ordinary edit that \
            replaces all of them, so it settles the conflict on every mirror; what was not chosen stays in \
            the history. For a record that was both deleted and edited, current confirms the deletion \
            and a number restores the record.

            Without options, on a terminal, the command walks through the open conflicts, of one record or of all: it shows \
            the words that differ, and takes one side, pieces of each, both, a typed value, or what you make of a prepared \
            merge in your editor. skip leaves a conflict open, back returns to the one before. Nothing is written until \
            you confirm the summary at the end; then it is one entry of the log. Where writing fails, as on a full disk, what \
            you decided is kept: write it again, or leave, and merged texts are kept in files that are named.
            """,
        makesEdits: true)

    let id: String?
    let field: String?
    let resolution: TypedResolution?
    let value: TypedText?

    init(_ values: ParsedArguments) throws(UsageError) {
        try values.requireAtMostOne(of: ["take", "value"])
        id = values.optionalArgument("ID")
        field = values.optionalArgument("FIELD")
        value = values.option("value").map { TypedText($0) }
        if id == nil, values.flag("take") || values.flag("value") {
            throw UsageError(
                "'quipu resolve' needs ID with --take or --value",
                hint: "say which record: quipu resolve ID --take current; the open ones: quipu conflicts")
        }
        if let word = values.option("take") {
            guard let taken = TypedResolution(taking: word) else {
                throw UsageError(
                    "--take does not know '\(word)'",
                    hint: "give current, both, merged, or a number: --take 1")
            }
            resolution = taken
        } else {
            resolution = nil
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let author = try context.author()
        let resolution = try resolution ?? value.map { .value(try $0.read(for: "the value")) }
        guard let id else {
            guard context.canAsk else {
                throw UsageError(
                    "'quipu resolve' needs ID where it cannot ask",
                    hint:
                        "list the conflicts with their ids: quipu conflicts; then: quipu resolve ID --take current"
                )
            }
            return try walk(of: nil, in: try context.archive(.readWrite, author: author), context)
        }
        let archive = try context.archive(.readWrite, author: author)
        let (record, chosen) = try archive.read { snapshot in
            let record = try snapshot.find(id)
            let open = try snapshot.conflicts(of: record.id)
            return (record, try conflicts(among: open, of: record))
        }
        if let resolution {
            guard let only = chosen.first, chosen.count == 1 else { throw severalOpen(chosen, id) }
            try Settling(archive: archive, record: record, output: context.output).settle(
                only, by: resolution)
            return .done
        }
        guard context.canAsk else {
            let advice = try archive.read { snapshot in
                try chosen.map { conflict in
                    let merge = try snapshot.mergeProposal(for: conflict)
                    return ConflictText(record: record, conflict: conflict, merge: merge).advice
                }
            }
            throw UsageError(
                "'quipu resolve' does not know what to take",
                hint: (["say it:"] + advice).joined(separator: "\n"))
        }
        return try walk(of: record.id, in: archive, context)
    }

    private func walk(of id: RecordID?, in archive: Archive, _ context: Context) throws -> ExitCode {
        var walk = try ConflictWalk(of: id, in: archive, context: context) {
            field == nil || $0.field == field
        }
        if walk.isEmpty {
            context.output.remark("no conflicts")
            return .done
        }
        walk.announceInterruption()
        return try walk.run()
    }

    /// Those that the words on the command line may mean.
    private func conflicts(among open: [Conflict], of record: Record) throws -> [Conflict] {
        let name = RecordText.name(record)
        guard let field else {
            if open.isEmpty {
                throw QuipuError(
                    .notInConflict, "\(name) has no open conflict",
                    hint: "see the open conflicts: quipu conflicts")
            }
            return open
        }
        let named = open.filter { $0.field == field }
        if !named.isEmpty { return named }
        let fields = open.map(\.field)
        throw QuipuError(
            .notInConflict, "'\(field)' of \(name) is not in conflict",
            hint: fields.isEmpty
                ? "the record has no conflict; see the open ones: quipu conflicts"
                : Suggestion.closest(to: field, among: fields).map { "did you mean '\($0)'?" }
                    ?? "fields in conflict: \(fields.joined(separator: ", "))")
    }

    private func severalOpen(_ open: [Conflict], _ id: String) -> UsageError {
        UsageError(
            "\(countedAre(open.count, "conflict")) open in this record",
            hint: "say which: \(open.map { "quipu resolve \(id) \($0.field) …" }.joined(separator: "; "))")
    }
}
