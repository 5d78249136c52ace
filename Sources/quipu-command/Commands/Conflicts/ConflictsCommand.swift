internal import Quipu

struct ConflictsCommand: Command {
    static let defaultLimit = 50

    static let declaration = CommandDeclaration(
        "conflicts", abstract: "list conflicting edits",
        arguments: [.optional("ID", "only those of this record", takes: .recordInConflict)],
        options: [
            .option("query", value: "QUERY", "only those of records that fit: quipu help queries"),
            .option(
                "limit", short: "n", value: "N",
                "at most N; 0 for all (\(defaultLimit) if not given, all of one record and with --json)"
            ),
        ],
        example: "quipu conflicts --limit 10",
        discussion: """
            Nothing is lost in a conflict: the current value is shown everywhere, and the others are kept until \
            the conflict is settled with 'quipu resolve'. Where two people changed different words of a text, the \
            text with both changes is shown as well. The exit code is 3 when there are conflicts.
            """)

    let id: String?
    let query: String?
    /// Nil where nobody said.
    let limit: Int?

    init(_ values: ParsedArguments) throws(UsageError) {
        id = values.optionalArgument("ID")
        query = values.option("query")
        if id != nil, query != nil {
            throw UsageError("--query has no effect on one record", hint: "leave it out, or the ID")
        }
        limit = try values.integer("limit").map { $0 == 0 ? .max : $0 }
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try query == nil ? context.archive(.readOnly) : context.archiveToSearch()
        let output = context.output
        // Who reads a record's conflicts, or a program, expects all there are.
        let limit = limit ?? (id == nil && !output.isJSON ? Self.defaultLimit : .max)
        var count = 0
        var isCut = false
        try archive.read { snapshot in
            let record = try id.map { try snapshot.find($0) }
            var wanted: Set<RecordID>?
            if let query { wanted = try self.records(matching: query, in: snapshot, output) }
            try snapshot.forEachConflict(of: record?.id) { conflict in
                if let wanted, !wanted.contains(conflict.record) { return true }
                isCut = count == limit
                if isCut || output.isReaderGone { return false }
                count += 1
                try print(conflict, of: snapshot, to: output)
                return true
            }
        }
        if count == 0 { output.remark("no conflicts") }
        if isCut, query != nil {
            output.advise("there are more: quipu conflicts --limit 0")
        } else if isCut {
            let all = try archive.read { try $0.conflictCount() }
            output.advise("there are more, \(counted(all, "conflict")) in all: quipu conflicts --limit 0")
        }
        return count == 0 ? .done : .conflictsOpen
    }

    /// The records that fit, deleted ones too: a deletion may be what the conflict is about.
    private func records(
        matching query: String, in snapshot: borrowing Snapshot, _ output: Output
    ) throws -> Set<RecordID> {
        for note in try snapshot.notes(on: query) { output.warn(note.message) }
        return Set(try snapshot.recordIDs(matching: query))
            .union(try snapshot.recordIDs(matching: "(\(query)) is:deleted"))
    }

    private func print(_ conflict: Conflict, of snapshot: borrowing Snapshot, to output: Output) throws {
        let merge = try snapshot.mergeProposal(for: conflict)
        output.json(conflict.jsonText(merge: merge))
        if output.isJSON { return }
        let text = ConflictText(
            record: try snapshot.record(conflict.record), conflict: conflict, merge: merge)
        text.print(
            to: output, columns: output.terminal.outputIsTerminal ? max(20, output.terminal.width - 14) : 200)
        output.remark("  settle it: \(text.advice)")
        output.line()
    }
}
