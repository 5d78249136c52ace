internal import Quipu
internal import QuipuReplication
internal import QuipuStorage

struct DoctorCommand: Command {
    static let declaration = CommandDeclaration(
        "doctor", abstract: "look for everything that could be wrong, and say what to do about it",
        options: [
            .flag("repair", "make anew what can be made anew from the log"),
            .option("from", value: "REMOTE", "with --repair: ask this mirror what damaged values were"),
        ],
        example: "quipu doctor --repair",
        discussion: """
            Checks the database and its log, this machine's own settings, the folder, the disk, the clock and the \
            mirrors; nothing is asked of the network. Exit code 5: something is damaged. A repair rebuilds all \
            that follows from the log; texts that are not what their hashes say are dropped, and come back with \
            the next sync.
            """,
        synonyms: ["check", "fsck", "repair"])

    private let isRepair: Bool
    private let remote: String?

    init(_ values: ParsedArguments) throws(UsageError) {
        isRepair = values.flag("repair")
        remote = values.option("from")
        if remote != nil, !isRepair {
            throw UsageError(
                "--from says whom a repair may ask", hint: "quipu doctor --repair --from \(remote ?? "")")
        }
    }

    var leavesSomethingDone: Bool { isRepair }

    func run(in context: Context) throws -> ExitCode {
        let folder = try context.archiveFolder()
        let output = context.output
        var repair: QuipuStorage.RepairReport?
        var mended: Int?
        var mendedFiles = 0
        var findings: [Finding]
        do {
            let store = try context.openStore(isRepair ? .readWrite : .readOnly)
            if isRepair {
                if let remote { mended = try mend(store, from: remote, in: context) }
                repair = try store.repair()
                if let remote {
                    let place = try RemotePlace(remote, of: store)
                    mendedFiles = try AttachmentFindings.mend(store, from: place, in: context)
                }
            }
            findings = try Examination(of: store, in: context).findings
        } catch let error as StorageError where error.code == .damaged || error.code == .notAnArchive {
            // What is too damaged to be opened, or to be repaired, is a finding as well.
            findings = [
                Finding(
                    "archive", isDamage: true, error.message, of: folder.workPath,
                    advice: error.hint
                        ?? "keep a copy of the folder, then take a clone of a mirror or a backup")
            ]
        }
        let isDamaged = findings.contains(where: \.isDamage)
        output.json([
            "healthy": JSONText(!isDamaged),
            "repaired": repair.map { JSONText($0.found.count) } ?? nil,
            "mended": mended.map { JSONText($0) } ?? nil, "mendedFiles": JSONText(mendedFiles),
            "droppedTexts": repair.map { JSONText($0.droppedTexts) } ?? nil,
            "findings": JSONText(findings.map(\.json)),
        ])
        if let mended, mended > 0 {
            output.line("mended    \(counted(mended, "transaction")), as \(remote ?? "") has them")
        }
        if mendedFiles > 0 {
            output.line("mended    \(counted(mendedFiles, "file")) of attachments, from \(remote ?? "")")
        }
        if let repair { say(repair, to: output) }
        for finding in findings { finding.print(to: output) }
        if findings.isEmpty { output.remark("everything is in order") }
        return isDamaged ? .damageFound : .done
    }

    private func mend(_ store: Store, from remote: String, in context: Context) throws -> Int {
        let place = try RemotePlace(remote, of: store)
        let transport = try place.transport(
            archiveName: try store.name, in: context, takesUnchecked: true)
        return try RepairFetch(store, over: transport).count
    }

    private func say(_ repair: QuipuStorage.RepairReport, to output: Output) {
        if repair.found.isEmpty {
            output.remark("nothing was found wrong; all that follows from the log was made anew")
            return
        }
        for what in repair.found { output.line("repaired  \(TerminalSanitizer.line(what))") }
        if repair.droppedTexts > 0 {
            output.remark("\(counted(repair.droppedTexts, "false text")) dropped; get them with: quipu sync")
        }
    }
}

/// One thing that somebody can do something about.
struct Finding: Equatable, Sendable {
    /// A stable word for what was looked at.
    let check: String
    let isDamage: Bool
    let problem: String
    /// What it is about: a path, a remote, a record.
    let subject: String
    let advice: String

    init(_ check: String, isDamage: Bool = false, _ problem: String, of subject: String, advice: String) {
        (self.check, self.isDamage, self.problem) = (check, isDamage, problem)
        (self.subject, self.advice) = (subject, advice)
    }

    var json: JSONText {
        [
            "check": JSONText(check), "damage": JSONText(isDamage), "problem": JSONText(problem),
            "subject": JSONText(subject), "advice": JSONText(advice),
        ]
    }

    func print(to output: Output) {
        let style = output.style
        let mark = isDamage ? style("damaged", .bold, .red) : style("notice ", .yellow)
        output.line("\(mark)  \(TerminalSanitizer.line(problem)): \(TerminalSanitizer.line(subject))")
        output.line("         " + style(TerminalSanitizer.line(advice), .dim))
    }
}
