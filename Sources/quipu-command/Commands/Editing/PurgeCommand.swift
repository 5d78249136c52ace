internal import Quipu

struct PurgeCommand: Command {
    static let declaration = CommandDeclaration(
        "purge", abstract: "forget deleted records for good, on every mirror",
        arguments: [.repeated("ID", "a deleted record's id or handle", takes: .deletedRecord)],
        options: [.flag("yes", short: "y", "do not ask")], example: "quipu purge 3k9x7t2m",
        discussion: """
            Removes every value from the record and from its dependents (annotations, notes, attachments). \
            The texts are gone from this archive at once, and from each mirror when it next syncs; no mirror \
            sends them again. Nothing brings them back: neither restore nor revert, nor an import of the \
            same source. On a terminal the command asks first.
            An edit made on a mirror before the purge arrives there is kept and becomes a conflict: \
            'quipu restore' keeps it, 'quipu delete' and then 'quipu purge' forget it as well.
            What stays: that the record existed, who changed which of its fields and when, the names of \
            fields and tags, the record it belongs to, the ids by which a source knows it, and salted hashes of \
            what it held. Anyone who has a text can find out that it was here. These hashes keep the source \
            from being imported again; if its text has changed and it has no other key, it is imported as a new \
            article.
            What a purge cannot reach: backups, exports, bundles, mirrors that never sync again, and mirrors \
            with an earlier version of Quipu.
            """,
        synonyms: ["forget", "erase", "shred", "destroy"], makesEdits: true)

    let ids: [String]
    let isAgreed: Bool

    init(_ values: ParsedArguments) {
        ids = values.arguments("ID")
        isAgreed = values.flag("yes")
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archiveToEdit()
        let records = try archive.read { try self.records(in: $0) }
        guard try isWanted(records, in: context) else {
            context.output.remark("nothing was purged")
            return .failed
        }
        for record in records { report(try archive.purge(record.id), of: record, to: context.output) }
        return .done
    }

    /// All are looked up first: a wrong one stops the command before anything is forgotten.
    private func records(in snapshot: borrowing Snapshot) throws -> [Record] {
        var records: [Record] = []
        for id in ids {
            let record = try snapshot.find(id)
            guard record.isDeleted else { throw Self.notDeleted(record) }
            if try snapshot.isDeletionContested(of: record) { throw Self.contested(record) }
            if !records.contains(where: { $0.id == record.id }) { records.append(record) }
        }
        return records
    }

    private static func notDeleted(_ record: Record) -> QuipuError {
        QuipuError(
            .notDeleted, "\(RecordText.title(record)) is not deleted; only deleted records can be purged",
            hint: "nothing was purged; delete it first: quipu delete \(record.id.handle)")
    }

    private static func contested(_ record: Record) -> QuipuError {
        QuipuError(
            .inConflict,
            "\(RecordText.title(record)) was edited on a mirror that did not know of its deletion",
            hint:
                "nothing was purged; look at it first: quipu conflicts \(record.id.handle); to purge it "
                + "anyway: quipu delete \(record.id.handle), then purge again")
    }

    /// Asks whoever is at a terminal; a script has said what it wants.
    private func isWanted(_ records: [Record], in context: Context) throws -> Bool {
        guard !isAgreed, context.terminal.inputIsTerminal, context.terminal.outputIsTerminal,
            !context.output.isJSON
        else { return true }
        let output = context.output
        for record in records { output.line(RecordText.title(record)) }
        output.standard.write(
            "forget \(records.count == 1 ? "it" : "these \(records.count) records") for good, "
                + "here and on every mirror (yes, no)? ")
        output.standard.flush()
        guard let answer = context.readLine() else { return false }
        let word = answer.filter { !$0.isWhitespace }.lowercased()
        return !word.isEmpty && "yes".hasPrefix(word)
    }

    private func report(_ outcome: PurgeReport, of record: Record, to output: Output) {
        output.json([
            "id": JSONText(record.id.uuid),
            "version": JSONText((outcome.version ?? record.version).description),
            "changed": JSONText(outcome.version != nil), "records": JSONText(outcome.recordCount),
            "values": JSONText(outcome.valueCount), "files": JSONText(outcome.removedFiles),
        ])
        // Its title is what was to be forgotten.
        let name = RecordText.name(record)
        guard outcome.version != nil else {
            output.remark("\(name) was purged already")
            return
        }
        let others = outcome.recordCount - 1
        let dependents = others > 0 ? " and \(counted(others, "record")) on it" : ""
        output.remark(
            "purged \(name)\(dependents): \(counted(outcome.valueCount, "value")) forgotten for good")
        if outcome.removedFiles > 0 {
            output.remark("  \(counted(outcome.removedFiles, "file")) of attachments removed here")
        }
        output.advise("  mirrors forget it when they next sync; copies and backups do not")
    }
}
