internal import Causality
internal import Replication
internal import Storage

struct VerifyCommand: Command {
    static let declaration = CommandDeclaration(
        "verify", abstract: "check the archive from its log up, and that a mirror holds the same",
        arguments: [.optional("REMOTE", "also compare with this remote, URL or path")],
        example: "quipu verify origin",
        discussion: "Recomputes every chain, head, hash and the digest. Exit code 5: something is damaged.")

    private let remote: String?

    init(_ values: ParsedArguments) throws(UsageError) { remote = values.optionalArgument("REMOTE") }

    func run(in context: Context) throws -> ExitCode {
        let store = try context.openStore(remote == nil ? .readOnly : .readWrite)
        let report = try store.verify()
        var findings = report.damaged
        var isEqual = findings.isEmpty
        var isBehind = false
        if let remote {
            let place = try RemotePlace(remote, of: store)
            let transport = try place.transport(archiveName: try store.name, environment: context.environment)
            let theirs = try Inquiry(over: transport, archive: store.id, environment: context.environment)
            if try theirs.vector != store.vector() {
                isEqual = false
                isBehind = true
            } else if theirs.digest != report.digest {
                isEqual = false
                findings.append(
                    "\(place.title) holds the same transactions with another digest: \(theirs.digest)")
            }
        }
        let output = context.output
        output.json([
            "equal": JSONText(isEqual), "digest": JSONText(Hexadecimal.text(report.digest.bytes)),
            "contentDigest": JSONText(Hexadecimal.text(report.contentDigest.bytes)),
            "checked": JSONText(report.checked), "damaged": JSONText(findings.count),
            "findings": JSONText(findings),
        ])
        output.line("digest   \(report.digest)")
        output.line("content  \(report.contentDigest)")
        output.line("checked  \(counted(report.checked, "value"))")
        for finding in findings { output.line("damaged  \(HarmlessText.line(finding))") }
        if !findings.isEmpty { return .damageFound }
        if isBehind {
            output.line("the mirror does not hold the same transactions yet; run: quipu sync \(remote ?? "")")
            return .failed
        }
        if let remote { output.line("\(HarmlessText.line(remote)) holds exactly the same") }
        return .done
    }
}
