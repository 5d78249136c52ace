internal import Quipu

struct CompactCommand: Command {
    static let declaration = CommandDeclaration(
        "compact", abstract: "forget texts that were replaced, and free their space",
        options: [
            .flag("dry-run", "only show how much would be forgotten"),
            .option(
                "held-by", value: "REMOTE",
                "also remove files of deleted attachments that this mirror, asked now, still has",
                takes: .remote),
        ],
        example: "quipu compact --dry-run",
        discussion: """
            History, conflicts and current values stay as they are; only old texts are removed from this mirror: \
            'quipu revert' cannot bring them back. Texts that an open conflict shows are kept, and so are those of \
            deleted records, since a mirror that lacks the deletion may restore them; 'quipu \
            purge' forgets these. Other mirrors keep theirs. Files of attachments that no record names are removed \
            too, a day after they arrived; those of deleted attachments only with --held-by, and 'quipu save' fetches \
            one back from that mirror. If it is interrupted, it has forgotten a part, and can be run again.
            """,
        synonyms: ["gc", "vacuum", "prune"])

    static let interruptionAdvice: String? =
        "what was forgotten so far is forgotten, and nothing else is lost; run quipu compact again for the rest"

    private let isDryRun: Bool
    private let holder: String?

    init(_ values: ParsedArguments) {
        isDryRun = values.flag("dry-run")
        holder = values.option("held-by")
    }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let report = try compact(in: context)
        let output = context.output
        output.json([
            "dryRun": JSONText(isDryRun), "droppedTexts": JSONText(report.droppedTexts),
            "droppedBytes": JSONText(report.droppedBytes), "freedBytes": JSONText(report.freedBytes),
            "hindrance": JSONText(report.hindrance?.code.rawValue),
            "removedFiles": JSONText(report.removedFiles),
            "removedFileBytes": JSONText(report.removedFileBytes),
        ])
        if report.removedFiles > 0 {
            let size = SizeText.of(bytes: Int(clamping: report.removedFileBytes))
            output.remark(
                "\(isDryRun ? "would remove" : "removed") \(counted(report.removedFiles, "file")) of attachments (\(size))"
            )
        }
        if let hindrance = report.fileHindrance {
            output.warn("files of attachments were not removed: \(hindrance)")
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
            if let hint = ErrorHints.text(for: hindrance) { output.advise("  " + hint) }
        }
        return .done
    }

    private func compact(in context: Context) throws -> CompactionReport {
        let archive = try context.archive(isDryRun ? .readOnly : .readWrite)
        do {
            let line = context.output.progressLine()
            defer { line.clear() }
            return try archive.compact(isDryRun: isDryRun, heldBy: holder, by: context.link()) { done in
                line.show(
                    "\(counted(done.items, "text")) looked at",
                    .items(done.items, "texts", fraction: done.fraction))
            }
        } catch let error as QuipuError where error.code == .sameArchive && holder != nil {
            throw UsageError(
                "--held-by names this archive itself", hint: "name a mirror of it: quipu remote list")
        }
    }
}
