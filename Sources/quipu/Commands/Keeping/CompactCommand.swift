internal import Storage

struct CompactCommand: Command {
    static let declaration = CommandDeclaration(
        "compact", abstract: "forget the text of what was replaced, and free its room",
        options: [.flag("dry-run", "only say how much would be forgotten")],
        example: "quipu compact --dry-run",
        discussion: """
            History, conflicts and what is shown stay as they are; only old texts are gone from this mirror: \
            'quipu revert' cannot bring them back. Texts that an open conflict shows are kept, and so are those of \
            deleted records, since somebody who does not know of the deletion may bring them back; 'quipu \
            purge' forgets these. Other mirrors keep theirs. Files of attachments that nothing names any more go \
            as well, a day after they came. Stopped half-way, it has forgotten a part, and can be run again.
            """,
        synonyms: ["gc", "vacuum", "prune"])

    private let isDryRun: Bool

    init(_ values: ParsedArguments) { isDryRun = values.flag("dry-run") }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(isDryRun ? .readOnly : .readWrite)
        let report = try store.compact(isDryRun: isDryRun)
        let files = try store.collectBlobs(isDryRun: isDryRun)
        let output = context.output
        output.json([
            "dryRun": JSONText(isDryRun), "droppedTexts": JSONText(report.droppedTexts),
            "droppedBytes": JSONText(report.droppedBytes), "freedBytes": JSONText(report.freedBytes),
            "hindrance": JSONText(report.hindrance?.code.rawValue),
            "removedFiles": JSONText(files.removed), "removedFileBytes": JSONText(files.removedBytes),
        ])
        if files.removed > 0 {
            let size = SizeText.of(bytes: Int(clamping: files.removedBytes))
            output.remark(
                "\(isDryRun ? "would remove" : "removed") \(counted(files.removed, "file")) of attachments (\(size))"
            )
        }
        if let hindrance = files.hindrance {
            output.warn("files of attachments were left alone: \(hindrance)")
        }
        let texts = "\(counted(report.droppedTexts, "text")) (\(SizeText.of(bytes: report.droppedBytes)))"
        if isDryRun {
            output.remark(report.droppedTexts == 0 ? "there is nothing to forget" : "would forget \(texts)")
            return .done
        }
        output.remark(
            report.droppedTexts == 0
                ? "there was nothing to forget"
                : "forgot \(texts); the archive is \(SizeText.of(bytes: report.freedBytes)) smaller")
        if let hindrance = report.hindrance {
            output.warn("the file was not made smaller: \(hindrance.message)")
            if let hint = hindrance.hint { output.advise("  " + hint) }
        }
        return .done
    }
}
