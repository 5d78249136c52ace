internal import Quipu
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

struct CompactCommand: Command {
    static let declaration = CommandDeclaration(
        "compact", abstract: "forget the text of what was replaced, and free its room",
        options: [
            .flag("dry-run", "only say how much would be forgotten"),
            .option(
                "held-by", value: "REMOTE",
                "also remove files of deleted attachments that this mirror, asked now, holds"),
        ],
        example: "quipu compact --dry-run",
        discussion: """
            History, conflicts and what is shown stay as they are; only old texts are gone from this mirror: \
            'quipu revert' cannot bring them back. Texts that an open conflict shows are kept, and so are those of \
            deleted records, since somebody who does not know of the deletion may bring them back; 'quipu \
            purge' forgets these. Other mirrors keep theirs. Files of attachments that nothing names any more go \
            as well, a day after they came; those of deleted attachments only with --held-by, and 'quipu save' gets \
            one back from there. Stopped half-way, it has forgotten a part, and can be run again.
            """,
        synonyms: ["gc", "vacuum", "prune"])

    private let isDryRun: Bool
    private let holder: String?

    init(_ values: ParsedArguments) {
        isDryRun = values.flag("dry-run")
        holder = values.option("held-by")
    }

    var leavesSomethingDone: Bool { !isDryRun }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(isDryRun ? .readOnly : .readWrite)
        // Asked first: where the mirror cannot be reached, nothing is done.
        let held = try holder.map { try contents(of: store, heldBy: $0, in: context) } ?? []
        let report = try store.compact(isDryRun: isDryRun)
        var files = try store.blobs.collect(isDryRun: isDryRun)
        if !held.isEmpty {
            let further =
                isDryRun
                ? try store.blobs.size(held) : try store.blobs.removeContentsOfDeleted(heldElsewhere: held)
            files.removed += further.removed
            files.removedBytes += further.removedBytes
            files.hindrance = files.hindrance ?? further.hindrance
        }
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

    /// The contents of deleted attachments that a mirror says it holds.
    private func contents(of store: Store, heldBy remote: String, in context: Context) throws -> [BlobHash] {
        let place = try RemotePlace(remote, of: store)
        guard ArchiveFolder.at(place.location)?.path != store.folder.path else {
            throw UsageError(
                "--held-by names this archive itself", hint: "name a mirror of it: quipu remote list")
        }
        let all = try store.blobs.contentsOfDeleted()
        if all.isEmpty { return [] }
        let transport = try place.transport(archiveName: try store.name, in: context, takesUnchecked: true)
        let peer = try place.blobPeer(over: transport, in: context)
        var held: [BlobHash] = []
        for start in stride(from: 0, to: all.count, by: Limits.blobsPerQuestion) {
            let part = Array(all[start..<min(all.count, start + Limits.blobsPerQuestion)])
            let missing = try peer.missing(part)
            held += part.filter { !missing.contains($0) }
        }
        return held
    }
}
