internal import Quipu

struct PurgeCommand: Command {
    static let declaration = CommandDeclaration(
        "purge", abstract: "forget deleted records for good, on every mirror",
        arguments: [RecordSelection.argument("a deleted record's id or handle", takes: .deletedRecord)],
        options: [RecordSelection.query, RecordSelection.agreement], example: "quipu purge 3k9x7t2m",
        discussion: """
            Removes every value from the record and from its dependents (annotations, notes, attachments). \
            The texts are gone from this archive at once, and from each mirror when it next syncs; no mirror \
            sends them again. Nothing brings them back: neither restore nor revert, nor an import of the \
            same source. On a terminal the command asks first; elsewhere a query that finds more than \
            \(RecordSelection.mostUnasked) records needs --yes.
            An edit made on a mirror before the purge arrives there is kept and becomes a conflict: \
            'quipu restore' keeps it, 'quipu delete' and then 'quipu purge' forget it as well.
            What stays: that the record existed, who changed which of its fields and when, the names of \
            fields and tags, the record it belongs to, the ids by which a source knows it, and salted hashes of \
            what it held. Anyone who has a text can find out that it was here. These hashes keep the source \
            from being imported again; if its text has changed and it has no other key, it is imported as a new \
            article.
            What a purge cannot reach: backups, exports, bundles, mirrors that never sync again, and mirrors \
            with an earlier version of Quipu.
            \(RecordSelection.explanation)
            """,
        synonyms: ["forget", "erase", "shred", "destroy"], makesEdits: true)

    let selection: RecordSelection
    let isAgreed: Bool

    init(_ values: ParsedArguments) throws(UsageError) {
        selection = try RecordSelection(values, isForDeleted: true)
        isAgreed = values.flag("yes")
    }

    func run(in context: Context) throws -> ExitCode {
        let names = try selection.read()
        let archive = try context.archiveToEdit()
        let records = try archive.read { try self.records(names, in: $0) }
        if records.isEmpty {
            EditReport.printNone(to: context.output)
            return .done
        }
        guard try isAgreed || isWanted(records, names, in: context) else {
            context.output.remark("nothing was purged")
            return .failed
        }
        report(try archive.purge(records.map(\.id)), of: records, to: context.output)
        return .done
    }

    /// All are looked up first: a wrong one stops the command before anything is forgotten.
    private func records(_ names: RecordNames, in snapshot: borrowing Snapshot) throws -> [Record] {
        var records: [Record] = []
        for id in try names.ids(in: snapshot) {
            let record = try snapshot.find(id.description)
            guard record.isDeleted else { throw Self.notDeleted(record) }
            if try snapshot.isDeletionContested(of: record) { throw Self.contested(record) }
            records.append(record)
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

    /// Of the records that are to be purged.
    private static let mostListed = 20

    /// Asks a person at a terminal; a script must have given its consent.
    private func isWanted(_ records: [Record], _ names: RecordNames, in context: Context) throws -> Bool {
        guard context.canAsk else { return try names.isAgreed("purge", count: records.count, in: context) }
        let output = context.output
        for record in records.prefix(Self.mostListed) { output.line(RecordText.title(record)) }
        if records.count > Self.mostListed { output.line("and \(records.count - Self.mostListed) more") }
        return context.asksYes(
            "forget \(records.count == 1 ? "it" : "these \(records.count) records") for good, here and on every mirror"
        )
    }

    private func report(_ outcome: PurgeReport, of records: [Record], to output: Output) {
        for (index, (record, share)) in zip(records, outcome.records).enumerated() {
            output.json([
                "id": JSONText(record.id.uuid),
                "version": JSONText(
                    ((share.recordCount > 0 ? outcome.version : nil) ?? record.version).description),
                "changed": JSONText(share.recordCount > 0), "records": JSONText(share.recordCount),
                "values": JSONText(share.valueCount),
                "files": JSONText(index == 0 ? outcome.removedFiles : 0),
            ])
        }
        // Its title is what was to be forgotten.
        let purged = outcome.records.filter { $0.recordCount > 0 }
        let name = records.count == 1 ? RecordText.name(records[0]) : counted(purged.count, "record")
        if purged.count < records.count {
            output.remark(
                records.count == 1
                    ? "\(name) was purged already"
                    : "\(counted(records.count - purged.count, "record")) had been purged before")
        }
        guard outcome.version != nil else { return }
        let others = outcome.recordCount - purged.count
        let dependents =
            others > 0 ? " and \(counted(others, "record")) on \(purged.count == 1 ? "it" : "them")" : ""
        output.remark(
            "purged \(name)\(dependents): \(counted(outcome.valueCount, "value")) forgotten for good")
        if outcome.removedFiles > 0 {
            output.remark("  \(counted(outcome.removedFiles, "file")) of attachments removed here")
        }
        output.advise(
            "  mirrors forget \(purged.count == 1 ? "it" : "them") when they next sync; copies and backups do not"
        )
    }
}
