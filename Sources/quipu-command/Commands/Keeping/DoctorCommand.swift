internal import Quipu

struct DoctorCommand: Command {
    static let declaration = CommandDeclaration(
        "doctor", abstract: "look for problems of every kind, and show what to do about them",
        options: [
            .flag("repair", "rebuild what can be rebuilt from the log"),
            .option(
                "from", value: "REMOTE", "with --repair: ask this mirror for the damaged values",
                takes: .remote),
        ],
        example: "quipu doctor --repair",
        discussion: """
            Checks the database and its log, this machine's own settings, the folder, the disk, the clock and the \
            mirrors; the network is not used. Exit code 5: something is damaged. A repair rebuilds all \
            that derives from the log; texts that do not match their hashes are dropped, and come back with \
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
                "--from names the mirror that a repair asks",
                hint: "quipu doctor --repair --from \(remote ?? "")")
        }
    }

    var leavesSomethingDone: Bool { isRepair }

    func run(in context: Context) throws -> ExitCode {
        let place = try context.archivePlace()
        let output = context.output
        var repair: RepairReport?
        var mended: Int?
        var mendedFiles = 0
        var findings: [DoctorFinding]
        do {
            let archive = try context.archive(isRepair ? .readWrite : .readOnly)
            if isRepair {
                let link = context.link()
                if let remote { mended = try archive.fetchDamagedValues(from: remote, by: link) }
                repair = try archive.repair()
                if let remote { mendedFiles = try archive.fetchDamagedFiles(from: remote, by: link) }
            }
            // Programs read UTC.
            let zone = output.isJSON ? ClockZone.utc : output.clock
            findings = try archive.examine().map { DoctorFinding($0, in: archive.path, zone) }
        } catch let error as QuipuError
            where error.origin == .archive && [.damaged, .notAnArchive].contains(error.code)
        {
            // What is too damaged to be opened, or to be repaired, is a finding as well.
            findings = [
                DoctorFinding(
                    "archive", isDamage: true, error.message, of: place.path,
                    advice: ErrorHints.text(for: error)
                        ?? "keep a copy of the folder, then clone a mirror or a backup")
            ]
        }
        let isDamaged = findings.contains(where: \.isDamage)
        output.json([
            "healthy": JSONText(!isDamaged),
            "repaired": repair.map { JSONText($0.repaired.count) } ?? nil,
            "mended": mended.map { JSONText($0) } ?? nil, "mendedFiles": JSONText(mendedFiles),
            "droppedTexts": repair.map { JSONText($0.droppedTexts) } ?? nil,
            "findings": JSONText(findings.map(\.json)),
        ])
        if let mended, mended > 0 {
            output.line("repaired  \(counted(mended, "transaction")), as \(remote ?? "") has them")
        }
        if mendedFiles > 0 {
            output.line("repaired  \(counted(mendedFiles, "file")) of attachments, from \(remote ?? "")")
        }
        if let repair { say(repair, to: output) }
        for finding in findings { finding.print(to: output) }
        if findings.isEmpty { output.remark("everything is in order") }
        return isDamaged ? .damageFound : .done
    }

    private func say(_ repair: RepairReport, to output: Output) {
        if repair.repaired.isEmpty {
            output.remark("no problem was found; everything that derives from the log was rebuilt")
            return
        }
        for what in repair.repaired { output.line("repaired  \(TerminalSanitizer.line(what))") }
        if repair.droppedTexts > 0 {
            output.remark("\(counted(repair.droppedTexts, "false text")) dropped; get them with: quipu sync")
        }
    }
}
