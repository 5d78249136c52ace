internal import Quipu
internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

struct VerifyCommand: Command {
    static let declaration = CommandDeclaration(
        "verify", abstract: "check the archive from its log up, and that a mirror holds the same",
        arguments: [.optional("REMOTE", "also compare with this remote, URL or path")],
        example: "quipu verify origin",
        discussion: """
            Recomputes every chain, head, hash and the digest, what clock notes and merges imply, what is shown, and the
            indexes of words (of a large archive some that chance picks) and of what makes two articles one. A mirror
            that holds the same transactions is asked for the digests of its parts, and of what they show, narrower
            and narrower, until the records that differ are found.
            Exit code 5: something is damaged, here or there.
            """)

    private let remote: String?

    init(_ values: ParsedArguments) throws(UsageError) { remote = values.optionalArgument("REMOTE") }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(remote == nil ? .readOnly : .readWrite)
        let report = try store.verify()
        let files = try store.blobs.verify()
        var findings = report.damaged + (try AttachmentFindings.of(files, in: store))
        var lackingThere: Int?
        var isEqual = findings.isEmpty
        var isBehind = false
        var isUnproved = false
        var differing: [String] = []
        if let remote {
            let place = try RemotePlace(remote, of: store)
            try place.requireElsewhere(than: store.folder)
            let transport = try place.transport(
                archiveName: try store.name, in: context, takesUnchecked: true)
            let theirs = try Handshake(
                over: transport, archive: store.id, knowing: store.log.knowledge(),
                environment: context.environment)
            if try theirs.vector != store.log.vector() {
                isEqual = false
                isBehind = true
            } else {
                let found = try differences(of: store, from: place, over: transport)
                differing = found.ids
                findings += found.findings
                if theirs.digest != report.digest {
                    findings.append("\(place.title) keeps another digest for the same: \(theirs.digest)")
                }
                // What it said of all its parts is more than the proof takes in, where texts are missing here.
                switch try theirs.equality(with: store) {
                case .proved, .unverifiable: break
                case .disproved where findings.isEmpty:
                    findings.append(
                        "\(place.title) says that it holds the same, and its proof of it is wrong")
                default: isUnproved = true
                }
                isEqual = findings.isEmpty && !isUnproved
            }
            lackingThere = try AttachmentFindings.lacking(
                at: place, over: transport, of: store, in: context)
        }
        let missingFiles = try store.blobs.counts().missing
        let output = context.output
        output.json([
            "equal": JSONText(isEqual), "digest": JSONText(Hexadecimal.text(report.digest.bytes)),
            "contentDigest": JSONText(Hexadecimal.text(report.contentDigest.bytes)),
            "checked": JSONText(report.checked), "damaged": JSONText(findings.count),
            "findings": JSONText(findings), "differing": JSONText(differing),
            "attachments": [
                "checked": JSONText(files.checked), "damaged": JSONText(files.damaged.map(\.hexadecimal)),
                "missing": JSONText(missingFiles), "lackingThere": lackingThere.map { JSONText($0) } ?? nil,
            ],
        ])
        output.line("digest   \(report.digest)")
        output.line("content  \(report.contentDigest)")
        output.line("checked  \(counted(report.checked, "value"))")
        if files.checked + missingFiles > 0 {
            let missing = missingFiles == 0 ? "" : ", \(missingFiles) not here"
            output.line("files    \(files.checked) of attachments\(missing)")
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

    /// A digest is kept, not read off the values: a mirror is asked for those of its parts, which are.
    private func differences(of store: Store, from place: RemotePlace, over transport: any Transport) throws
        -> (ids: [String], findings: [String])
    {
        let search = try DifferenceSearch(store, over: transport)
        var findings = try search.findings.map { finding in
            let caption = try store.view(finding.id, kind: finding.kind)?.caption
            return "\(finding.kind) \(finding.id.shortHandle) "
                + (finding.isShownOtherwise ? "shows other values" : "is not the same") + " on \(place.title)"
                + (caption.map { ": “\($0)”" } ?? "")
        }
        if search.emptyRanges > 0 { findings.append("\(place.title) has records that are not here") }
        return (search.findings.map(\.id.text), findings)
    }
}
