internal import QuipuCausality
internal import QuipuStorage

/// Everything that `doctor` looks at, in the order in which people should act on it.
struct Examination {
    /// Less room than this is soon none.
    private static let lowSpaceBytes = 100 << 20

    private let store: Store
    private let context: Context
    private(set) var findings: [Finding] = []

    init(of store: Store, in context: Context) throws {
        self.store = store
        self.context = context
        try checkDatabase()
        try checkLayout()
        try checkLocalState()
        try checkTexts()
        try checkAttachments()
        try checkConflicts()
        try checkCollections()
        try checkRefusals()
        try checkNames()
        checkFolder()
        checkDisk()
        try checkClock()
        checkLock()
        try checkRemotes()
    }

    private var path: String { store.folder.workPath }

    private mutating func checkDatabase() throws {
        for damage in try store.verify().damaged {
            findings.append(
                Finding(
                    "database", isDamage: true, damage, of: store.folder.storePath,
                    advice: "keep a copy of the folder, then: quipu doctor --repair"))
        }
    }

    private mutating func checkLayout() throws {
        guard let difference = try store.integrity.layoutDifference() else { return }
        findings.append(
            Finding(
                "layout", "the archive is not laid out as Quipu does it, and others refuse its copies",
                of: difference, advice: "undo it with the tool that made it, with SQL's DROP"))
    }

    private mutating func checkLocalState() throws {
        for damage in try store.integrity.localDamage() {
            findings.append(
                Finding(
                    "settings", isDamage: true, "this machine's own settings are damaged: \(damage)",
                    of: store.folder.localPath,
                    advice: "no edit is lost: remove the file, and add the remotes again"))
        }
    }

    private mutating func checkTexts() throws {
        if let names = try MissingTextNames.text(in: store) {
            let ofDeleted = try store.texts.missingShownCount == 0
            findings.append(
                Finding(
                    "texts", "\(countedAre(try store.texts.missingCount, "text")) not here: \(names)",
                    of: path,
                    advice: ofDeleted
                        ? "sync with every mirror that may have them: quipu sync; if nobody has, that is all "
                            + "there is left of them, and 'quipu purge' stops asking for them"
                        : "sync with a mirror that has them: quipu sync"))
        }
        let underWay = try store.texts.underWayCount()
        if underWay > 0 {
            findings.append(
                Finding(
                    "texts", "\(countedAre(underWay, "long text")) here only in part", of: path,
                    advice: "the next sync goes on where it stopped: quipu sync"))
        }
    }

    private mutating func checkAttachments() throws {
        for damage in try AttachmentFindings.of(try store.blobs.verify(), in: store) {
            findings.append(
                Finding(
                    "attachments", isDamage: true, damage, of: store.folder.blobsPath,
                    advice: "get it anew from a mirror that has it: quipu doctor --repair --from REMOTE"))
        }
        let expected = try store.blobs.counts().expected
        if expected > 0 {
            findings.append(
                Finding(
                    "attachments",
                    "attachments lack their files: \(countedAre(expected, "file")) not here yet", of: path,
                    advice: "sync with a mirror that has them: quipu sync"))
        }
    }

    private mutating func checkConflicts() throws {
        let open = try store.openConflicts
        if open > 0 {
            findings.append(
                Finding(
                    "conflicts", "\(countedAre(open, "conflict")) open", of: path, advice: "quipu conflicts")
            )
        }
    }

    private mutating func checkCollections() throws {
        for (name, ids) in try store.collections.sharingNames() {
            let handles = ids.map(\.shortHandle).joined(separator: ", ")
            findings.append(
                Finding(
                    "collections", "several collections have one name", of: "\(name) (\(handles))",
                    advice:
                        "nothing is lost: list shows both; rename one: quipu set \(ids[ids.count - 1].shortHandle) name=…"
                ))
        }
    }

    private mutating func checkFolder() {
        let folder = store.folder
        for name in folder.leftovers() {
            findings.append(
                Finding(
                    "leftovers", "a file that is no part of the archive", of: "\(folder.path)/\(name)",
                    advice: "if you did not put it there and no quipu is running: remove it"))
        }
        for path in folder.unwritablePaths() {
            findings.append(
                Finding(
                    "permissions", "this may be read and not written", of: path,
                    advice: "to edit or sync, get the right to write it, or copy the folder"))
        }
        if folder.isKeyExposed {
            findings.append(
                Finding(
                    "permissions", "others may read this machine's key", of: folder.localPath,
                    advice: "chmod 600 '\(folder.localPath)'"))
        }
    }

    private mutating func checkDisk() {
        guard let free = store.folder.freeBytes else { return }
        // Compaction writes what remains a second time.
        let needed = max(Self.lowSpaceBytes, store.folder.sizeBytes)
        if free < needed {
            findings.append(
                Finding(
                    "disk", "only \(SizeText.of(bytes: free)) are free", of: store.folder.path,
                    advice: "make room: a compaction or an update may need \(SizeText.of(bytes: needed))"))
        }
    }

    private mutating func checkRefusals() throws {
        for refusal in try store.log.refusals() {
            findings.append(
                Finding(
                    "refusals",
                    "a malformed transaction was refused, and what its author wrote after it: "
                        + refusal.reason, of: refusal.name.description,
                    advice: "nothing else is held up; its author should run doctor and sync again"))
        }
    }

    private mutating func checkNames() throws {
        for use in try store.log.nameUses() {
            findings.append(
                Finding("name", use.problem, of: use.first.description, advice: use.advice))
        }
    }

    private mutating func checkClock() throws {
        let now = context.environment.nowMilliseconds()
        let problem: String
        if now < ClockComparison.buildMilliseconds {
            problem = "this machine's clock reads a time before this program was made"
        } else if try store.clock.correctedNow() != now {
            problem = "this machine's clock was found to be wrong, and its times are corrected"
        } else if now + Limits.clockToleranceMilliseconds < (try store.clock.latestStampMilliseconds()) {
            problem = "this machine's clock is behind what was written on it before"
        } else {
            return
        }
        findings.append(
            Finding(
                "clock", problem, of: Timestamp.rfc3339(milliseconds: now),
                advice: "nothing is lost by it; set the clock, so that times read right"))
    }

    private mutating func checkLock() {
        if let holder = store.writeLockHolder {
            findings.append(
                Finding(
                    "lock", "the archive is being written just now by \(holder)", of: path,
                    advice: "other writers wait for it; if it hangs, end that process: nothing is lost"))
        }
    }

    private mutating func checkRemotes() throws {
        let all = try store.remotes.all()
        let own = all.filter { ArchiveFolder.at($0.location)?.isSame(as: store.folder) == true }
        for remote in own {
            findings.append(
                Finding(
                    "remotes", "the remote '\(remote.name)' is this archive itself, and no second copy",
                    of: remote.location, advice: "quipu remote remove \(remote.name)"))
        }
        let remotes = all.filter { remote in !own.contains { $0.name == remote.name } }
        if remotes.isEmpty {
            findings.append(
                Finding(
                    "remotes", "this is the only copy that is known", of: path,
                    advice: "clone it to another disk, or: quipu backup FILE"))
        }
        for remote in remotes where remote.agreement == nil {
            findings.append(
                Finding(
                    "remotes", "never in step with the remote '\(remote.name)'", of: remote.location,
                    advice: "quipu sync \(remote.name)"))
        }
    }
}
