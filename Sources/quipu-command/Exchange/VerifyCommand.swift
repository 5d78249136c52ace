internal import Quipu

struct VerifyCommand: Command {
    static let declaration = CommandDeclaration(
        "verify", abstract: "verify the archive from its log, and that a mirror holds the same",
        arguments: [.optional("REMOTE", "also compare with this remote, URL or path", takes: .remote)],
        example: "quipu verify origin",
        discussion: """
            Recomputes every chain, head, hash and the digest, the effects of clock notes and merges, current values, and the
            indexes of words (of a large archive a random sample) and of keys that identify articles. A mirror
            that holds the same transactions is asked for the digests of smaller and smaller parts, and of their current
            values, until the records that differ are found.
            Exit code 5: something is damaged, here or there.
            """)

    static let interruptionAdvice: String? = "nothing was changed; run it again to check everything"

    private let remote: String?

    init(_ values: ParsedArguments) throws(UsageError) { remote = values.optionalArgument("REMOTE") }

    private func verify(_ archive: Archive, in context: Context) throws -> FullVerification {
        let line = context.output.progressLine()
        defer { line.clear() }
        return try archive.verify(with: remote, by: context.link()) { done in
            line.show(
                "\(counted(done.items, "transaction")) checked",
                .items(done.items, "transactions", fraction: done.fraction))
        }
    }

    func run(in context: Context) throws -> ExitCode {
        let archive = try context.archive(remote == nil ? .readOnly : .readWrite)
        let report = try verify(archive, in: context)
        let mirror = report.mirror
        let findings =
            report.damages + report.damagedFiles.map(\.problem) + (mirror.map { differences($0) } ?? [])
        let isUnproved = mirror?.isUnproved == true
        let isBehind = mirror?.isBehind == true
        let lackingThere = mirror?.lackingFiles
        let output = context.output
        output.json([
            "equal": JSONText(findings.isEmpty && !isUnproved && !isBehind),
            "digest": JSONText(report.digest),
            "contentDigest": JSONText(report.contentDigest),
            "checked": JSONText(report.checkedValues), "damaged": JSONText(findings.count),
            "findings": JSONText(findings),
            "differing": JSONText(mirror?.differences.map { $0.id.uuid } ?? []),
            "attachments": [
                "checked": JSONText(report.checkedFiles),
                "damaged": JSONText(report.damagedFiles.map(\.hash)),
                "missing": JSONText(report.missingFiles),
                "lackingThere": lackingThere.map { JSONText($0) } ?? nil,
            ],
        ])
        output.line("digest   \(report.spokenDigest)")
        output.line("content  \(report.spokenContentDigest)")
        output.line("checked  \(counted(report.checkedValues, "value"))")
        if report.checkedFiles + report.missingFiles > 0 {
            let missing = report.missingFiles == 0 ? "" : ", \(report.missingFiles) not here"
            output.line("files    \(report.checkedFiles) of attachments\(missing)")
        }
        if let lackingThere, lackingThere > 0, let remote {
            output.line(
                "         \(lackingThere) of them not on \(TerminalSanitizer.line(remote)) yet; quipu sync")
        }
        for finding in findings { output.line("damaged  \(TerminalSanitizer.line(finding))") }
        if !findings.isEmpty { return .damageFound }
        if isBehind {
            output.line("the mirror does not hold the same transactions yet; run: quipu sync \(remote ?? "")")
            return .failed
        }
        if isUnproved, let remote {
            output.line(
                "\(TerminalSanitizer.line(remote)) says that it holds the same, and gives no proof of it")
            return .failed
        }
        if let remote { output.line("\(TerminalSanitizer.line(remote)) holds exactly the same") }
        return .done
    }

    /// Over what the two differ that hold the same transactions.
    private func differences(_ mirror: MirrorVerification) -> [String] {
        var findings = mirror.differences.map { difference in
            "\(difference.id.kind) \(difference.id.handle) "
                + (difference.isShownOtherwise ? "shows other values" : "is not the same")
                + " on \(mirror.remote)" + (difference.caption.map { ": “\($0)”" } ?? "")
        }
        if mirror.hasFurtherRecords { findings.append("\(mirror.remote) has records that are not here") }
        if let digest = mirror.otherDigest {
            findings.append("\(mirror.remote) keeps another digest for the same: \(digest)")
        }
        if mirror.isProofWrong {
            findings.append("\(mirror.remote) says that it holds the same, and its proof of it is wrong")
        }
        return findings
    }
}
