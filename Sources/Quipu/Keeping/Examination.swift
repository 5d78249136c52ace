internal import QuipuCausality
internal import QuipuStorage

/// A problem of an archive or its environment, or something that needs attention.
public enum Finding: Sendable {
    /// Damage of the database or its log, in words, with the path of the file.
    case damage(String, path: String)
    /// Another program changed the database schema, so that mirrors refuse copies of it.
    case layout(String)
    /// Damage of the local settings, in words, with the path of the file.
    case settings(String, path: String)
    /// Texts that are missing from this mirror, and the first few of them.
    case missingTexts(count: Int, first: [MissingText], areAllOfDeleted: Bool)
    /// Long texts that have arrived only in part.
    case textsUnderWay(count: Int)
    case damagedFile(DamagedFile)
    /// Attachment files that should be on this mirror and have not arrived yet.
    case expectedFiles(count: Int)
    case openConflicts(count: Int)
    case collectionsOfOneName(String, [RecordID])
    case refusal(Refusal)
    case nameUse(NameUse)
    /// A file in the folder that is not part of the archive.
    case leftover(path: String)
    case unwritable(path: String)
    /// The replica's key is readable by other users.
    case exposedKey(path: String)
    case lowSpace(freeBytes: Int, neededBytes: Int, path: String)
    case clock(ClockFault, nowMilliseconds: Int64)
    /// Another process holds the write lock.
    case lock(holder: String)
    /// A remote that is the archive itself, not a second copy.
    case ownRemote(Remote)
    /// There is no remote, so no second copy is known.
    case onlyCopy
    /// A remote that was never in sync with the archive.
    case neverSynced(Remote)

    public enum ClockFault: Sendable {
        /// It reads a time before this program was built.
        case beforeBuild
        /// It was found to be wrong, and timestamps are corrected.
        case corrected
        /// It is behind timestamps that this replica wrote earlier.
        case behindLog
    }

    /// Whether stored data is damaged.
    public var isDamage: Bool {
        switch self {
        case .damage, .settings, .damagedFile: true
        default: false
        }
    }
}

extension Archive {
    /// Checks the archive, its folder, the disk, the clock and the remotes, without using the network. Returns the findings in
    /// the order in which to act on them.
    ///
    ///     for finding in try archive.examine() where finding.isDamage { print(finding) }
    ///
    /// - Throws: `QuipuError` if the examination itself fails; damage that it finds is among the findings.
    public func examine() throws(QuipuError) -> [Finding] {
        try QuipuError.presenting { try stores.with { try Examination(of: $0).findings } }
    }
}

private struct Examination {
    /// Less room than this is soon none.
    private static let lowSpaceBytes = 100 << 20

    private let store: Store
    private(set) var findings: [Finding] = []

    init(of store: Store) throws {
        self.store = store
        findings += try store.verify().damaged.map { .damage($0, path: store.folder.storePath) }
        if let difference = try store.integrity.layoutDifference() { findings.append(.layout(difference)) }
        findings += try store.integrity.localDamage().map { .settings($0, path: store.folder.localPath) }
        try checkTexts()
        findings += try DamagedFile.of(try store.blobs.verify(), in: store).map { .damagedFile($0) }
        let expected = try store.blobs.counts().expected
        if expected > 0 { findings.append(.expectedFiles(count: expected)) }
        let open = try store.openConflicts
        if open > 0 { findings.append(.openConflicts(count: open)) }
        findings += try store.collections.sharingNames().map { name, ids in
            .collectionsOfOneName(name, ids.map { RecordID($0, kind: RecordKind.collection.rawValue) })
        }
        findings += try store.log.refusals().map { .refusal(Refusal($0)) }
        findings += try store.log.nameUses().map { .nameUse(NameUse($0)) }
        checkFolder()
        try checkClock()
        if let holder = store.writeLockHolder { findings.append(.lock(holder: holder)) }
        try checkRemotes()
    }

    private mutating func checkTexts() throws {
        let first = try MissingText.first(in: store)
        if !first.isEmpty {
            let areAllOfDeleted = try store.texts.missingShownCount == 0
            findings.append(
                .missingTexts(
                    count: try store.texts.missingCount, first: first, areAllOfDeleted: areAllOfDeleted))
        }
        let underWay = try store.texts.underWayCount()
        if underWay > 0 { findings.append(.textsUnderWay(count: underWay)) }
    }

    private mutating func checkFolder() {
        let folder = store.folder
        findings += folder.leftovers().map { .leftover(path: "\(folder.path)/\($0)") }
        findings += folder.unwritablePaths().map { .unwritable(path: $0) }
        if folder.isKeyExposed { findings.append(.exposedKey(path: folder.localPath)) }
        guard let free = folder.freeBytes else { return }
        // Compaction writes what remains a second time.
        let needed = max(Self.lowSpaceBytes, folder.sizeBytes)
        if free < needed {
            findings.append(.lowSpace(freeBytes: free, neededBytes: needed, path: folder.path))
        }
    }

    private mutating func checkClock() throws {
        let now = store.environment.nowMilliseconds()
        let fault: Finding.ClockFault
        if now < ClockComparison.buildMilliseconds {
            fault = .beforeBuild
        } else if try store.clock.correctedNow() != now {
            fault = .corrected
        } else if now + Limits.clockToleranceMilliseconds < (try store.clock.latestStampMilliseconds()) {
            fault = .behindLog
        } else {
            return
        }
        findings.append(.clock(fault, nowMilliseconds: now))
    }

    private mutating func checkRemotes() throws {
        let all = try store.remotes.all()
        let own = all.filter { ArchiveFolder.at($0.location)?.isSame(as: store.folder) == true }
        findings += own.map { .ownRemote(Remote($0)) }
        let remotes = all.filter { remote in !own.contains { $0.name == remote.name } }
        if remotes.isEmpty { findings.append(.onlyCopy) }
        findings += remotes.filter { $0.agreement == nil }.map { .neverSynced(Remote($0)) }
    }
}
