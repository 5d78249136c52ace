internal import Quipu

/// One thing that somebody can do something about, in words.
struct DoctorFinding: Equatable, Sendable {
    /// A stable word for what was looked at.
    let check: String
    let isDamage: Bool
    let problem: String
    /// What it is about: a path, a remote, a record.
    let subject: String
    let advice: String
    /// The subject for people, where programs get another form of it: a time.
    private let told: String?

    init(
        _ check: String, isDamage: Bool = false, _ problem: String, of subject: String, told: String? = nil,
        advice: String
    ) {
        (self.check, self.isDamage, self.problem) = (check, isDamage, problem)
        (self.subject, self.told, self.advice) = (subject, told, advice)
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
        output.line("\(mark)  \(TerminalSanitizer.line(problem)): \(TerminalSanitizer.line(told ?? subject))")
        output.line("         " + style(TerminalSanitizer.line(advice), .dim))
    }
}

extension DoctorFinding {
    /// - Parameters:
    ///   - path: of the archive.
    ///   - zone: in which times are told.
    init(_ finding: Finding, in path: String, _ zone: ClockZone) {
        switch finding {
        case .damage, .layout, .settings, .exposedKey, .leftover, .unwritable, .lowSpace, .lock, .clock:
            self.init(ofMachine: finding, in: path, zone)
        case .missingTexts(let count, let first, let areAllOfDeleted):
            self.init(
                "texts",
                "\(countedAre(count, "text")) not here: \(MissingTextNames.text(count, first) ?? "")",
                of: path,
                advice: areAllOfDeleted
                    ? "sync with every mirror that may have them: quipu sync; if none has, they are lost, "
                        + "and 'quipu purge' stops asking for them"
                    : "sync with a mirror that has them: quipu sync")
        case .textsUnderWay(let count):
            self.init(
                "texts", "\(countedAre(count, "long text")) here only in part", of: path,
                advice: "the next sync resumes where it stopped: quipu sync")
        case .damagedFile(let file):
            self.init(
                "attachments", isDamage: true, file.problem, of: file.blobsFolder,
                advice: "fetch it again from a mirror that has it: quipu doctor --repair --from REMOTE")
        case .expectedFiles(let count):
            self.init(
                "attachments", "attachments lack their files: \(countedAre(count, "file")) not here yet",
                of: path, advice: "sync with a mirror that has them: quipu sync")
        case .openConflicts(let count):
            self.init(
                "conflicts", "\(countedAre(count, "conflict")) open", of: path, advice: "quipu conflicts")
        case .collectionsOfOneName(let name, let ids):
            self.init(
                "collections", "several collections have the same name",
                of: "\(name) (\(ids.map(\.handle).joined(separator: ", ")))",
                advice:
                    "nothing is lost: list shows both; rename one: quipu set \(ids.last?.handle ?? "") name=…"
            )
        case .refusal(let refusal):
            self.init(
                "refusals",
                "a malformed transaction was refused, with its author's later edits: " + refusal.reason,
                of: refusal.version.description,
                advice: "nothing else is held back; its author should run doctor and sync again")
        case .nameUse(let use):
            self.init("name", use.problem(in: zone), of: use.first.description, advice: use.advice)
        case .ownRemote(let remote):
            self.init(
                "remotes", "the remote '\(remote.name)' is this archive itself, not a second copy",
                of: remote.location, advice: "quipu remote remove \(remote.name)")
        case .onlyCopy:
            self.init(
                "remotes", "this is the only copy that is known", of: path,
                advice: "clone it to another disk, or: quipu backup FILE")
        case .neverSynced(let remote):
            self.init(
                "remotes", "never in sync with the remote '\(remote.name)'", of: remote.location,
                advice: "quipu sync \(remote.name)")
        }
    }

    /// Of the files, the disk and the clock of this machine.
    private init(ofMachine finding: Finding, in path: String, _ zone: ClockZone) {
        switch finding {
        case .damage(let damage, let file):
            self.init(
                "database", isDamage: true, damage, of: file,
                advice: "keep a copy of the folder, then: quipu doctor --repair")
        case .layout(let difference):
            self.init(
                "layout", "another program changed the database's layout, and mirrors refuse its copies",
                of: difference, advice: "undo the change with the tool that made it, with SQL's DROP")
        case .settings(let damage, let file):
            self.init(
                "settings", isDamage: true, "this machine's own settings are damaged: \(damage)", of: file,
                advice: "no edit is lost: remove the file, and add the remotes again")
        case .exposedKey(let file):
            self.init(
                "permissions", "other users can read this machine's key", of: file,
                advice: "chmod 600 '\(file)'")
        case .leftover(let file):
            self.init(
                "leftovers", "a file that is not part of the archive", of: file,
                advice: "if you did not put it there and no quipu is running: remove it")
        case .unwritable(let file):
            self.init(
                "permissions", "this can be read but not written", of: file,
                advice: "to edit or sync, get write permission, or copy the folder")
        case .lowSpace(let free, let needed, let folder):
            self.init(
                "disk", "only \(SizeText.of(bytes: free)) are free", of: folder,
                advice: "make room: a compaction or an update may need \(SizeText.of(bytes: needed))")
        case .lock(let holder):
            self.init(
                "lock", "the archive is being written now by \(holder)", of: path,
                advice: "other writers wait for it; if it hangs, end that process: nothing is lost")
        case .clock(let fault, let now):
            let problem =
                switch fault {
                case .beforeBuild: "this machine's clock reads a time before this program was made"
                case .corrected: "this machine's clock was found to be wrong, and its times are corrected"
                case .behindLog: "this machine's clock is behind what was written on it before"
                }
            self.init(
                "clock", problem, of: Timestamp.rfc3339(milliseconds: now),
                told: zone.short(milliseconds: now),
                advice: "nothing is lost by it; set the clock, so that times read right")
        default: preconditionFailure("of the machine are those that are given here")
        }
    }
}
