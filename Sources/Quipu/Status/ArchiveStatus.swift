internal import QuipuCausality
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// The contents of an archive and its distance from its mirrors, read from one snapshot without using the network.
///
///     let status = try archive.read { try $0.status() }
///     print(status.digest, status.conflictCount, status.mirrors.map(\.ahead))
public struct ArchiveStatus: Sendable {
    /// A mirror that is remembered.
    public struct Mirror: Sendable {
        public let name: String
        /// A URL, or the path of a folder.
        public let location: String
        /// Transactions that came into the log since the two last held the same, and that it may lack.
        public let ahead: Int
        /// Some of these came from elsewhere, so that it may have them: from itself, if an exchange with it was limited or cut.
        public let isAheadAtMost: Bool
        /// Transactions that it had and this one lacked after the last exchange; nil if there was no exchange.
        public let behind: Int?
        /// When the two last held the same, in Unix milliseconds; nil if they never did.
        public let syncedAtMilliseconds: Int64?
        /// Others on the network can read and change what is exchanged.
        public let isReadableByOthers: Bool
        /// Plain HTTP was allowed for it.
        public let isInsecure: Bool
        /// How its clock differed from this machine's at the last exchange; nil if the difference was acceptable.
        public let clock: ClockDifference?
    }

    /// Files of attachments that current values or conflicts refer to.
    public struct Files: Sendable {
        public let count: Int
        public let missing: Int
        /// According to the records.
        public let missingBytes: UInt64
        /// Which of them a sync fetches by default.
        public let policy: FetchPolicy
        /// The names of the collections in the policy.
        public let policyCollections: [String]
    }

    /// Which archive it is, 32 hexadecimal digits, and what it is called here.
    public let identifier: String
    public let name: String
    /// The name that this mirror writes under: 32 hexadecimal digits.
    public let replica: String
    public let path: String
    /// The number of records of each kind, without deleted ones; by the kind's name.
    public let records: [(kind: RecordKind, count: Int)]
    public let conflictCount: Int
    /// The digest of all content: two mirrors with the same digest hold the same. 32 hexadecimal digits.
    public let digest: String
    /// The digest in groups of digits, to be read aloud.
    public let spokenDigest: String
    /// Texts that should be here and are not; the first of them.
    public let missingTextCount: Int
    public let missingTexts: [MissingText]
    /// The bytes of missing texts whose sizes mirrors told, and the remotes that have such texts.
    public let waitingTextBytes: Int
    public let waitingTextRemotes: [String]
    /// The number of deleted records that were purged.
    public let purgedCount: Int
    public let files: Files
    public let refusals: [Refusal]
    public let nameUses: [NameUse]
    public let mirrors: [Mirror]
    /// How the clock of the last caller differed from this machine's; nil if the difference was acceptable.
    public let callersClock: ClockDifference?
    /// This machine's clock is known to be right.
    public let isClockRight: Bool

    init(_ store: Store) throws {
        identifier = store.id.hexadecimal
        name = try store.name
        replica = try store.origin.hexadecimal
        path = store.folder.workPath
        records = try store.recordCounts().map { (RecordKind(rawValue: $0.kind), $0.count) }
        conflictCount = try store.openConflicts
        let digest = try store.digest
        self.digest = Hexadecimal.text(digest.bytes)
        spokenDigest = digest.description
        missingTextCount = try store.texts.missingCount
        missingTexts = try MissingText.first(in: store)
        let waiting = try store.texts.waiting()
        (waitingTextBytes, waitingTextRemotes) = (waiting.sizeBytes, waiting.remotes)
        purgedCount = try store.records.purgedCount()
        let files = try store.blobs.counts()
        let policy = FetchPolicy(try store.blobs.policy())
        var collections: [String] = []
        if case .collections(let ids) = policy {
            collections = try ids.map { try store.collectionName($0.uuid) }
        }
        self.files = Files(
            count: files.needed, missing: files.missing, missingBytes: files.missingBytes, policy: policy,
            policyCollections: collections)
        refusals = try store.log.refusals().map { Refusal($0) }
        nameUses = try store.log.nameUses().map { NameUse($0) }
        let clocks = try store.clock.differences()
        mirrors = try store.remotes.all().map {
            let ahead = try store.remotes.transactionsSince($0.agreement)
            let isAtMost = try ahead > 0 && store.remotes.hasForeignTransactions(since: $0.agreement)
            return Mirror($0, ahead: ahead, isAheadAtMost: isAtMost, clock: clocks[$0.name])
        }
        callersClock = try store.clock.callersDifference().map { ClockDifference($0) }
        isClockRight = try store.clock.reading().isSynchronized
    }
}

extension ArchiveStatus.Mirror {
    fileprivate init(
        _ remote: QuipuStorage.Remote, ahead: Int, isAheadAtMost: Bool, clock: QuipuStorage.ClockDifference?
    ) {
        name = remote.name
        location = remote.location
        self.ahead = ahead
        self.isAheadAtMost = isAheadAtMost
        behind = remote.agreement == nil ? nil : 0
        syncedAtMilliseconds = remote.syncedAtMilliseconds
        isReadableByOthers =
            ArchiveURL.isURL(remote.location)
            && (try? ArchiveURL(remote.location))?.isReadableByOthers == true
        isInsecure = remote.isInsecure
        self.clock = clock.map { ClockDifference($0) }
    }
}

extension Snapshot {
    /// Counts what the archive holds, and tells how far it is from its mirrors.
    ///
    ///     let status = try archive.read { try $0.status() }
    ///     print("\(status.conflictCount) conflicts, digest \(status.digest)")
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func status() throws(QuipuError) -> ArchiveStatus {
        try QuipuError.presenting { try ArchiveStatus(store) }
    }

    /// Lists how much each replica has written, most bytes first.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func shares() throws(QuipuError) -> [ReplicaShare] {
        try QuipuError.presenting { try store.log.sharesByOrigin().map { ReplicaShare($0) } }
    }

    /// Texts that should be here and are not: how many there are, and the first of them.
    ///
    /// - Throws: `damaged` or `inputOutput` if the archive cannot be read.
    public func missingTexts() throws(QuipuError) -> (count: Int, first: [MissingText]) {
        try QuipuError.presenting {
            let first = try MissingText.first(in: store)
            return (first.isEmpty ? 0 : try store.texts.missingCount, first)
        }
    }
}
