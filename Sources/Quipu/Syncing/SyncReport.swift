internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// What an exchange with a mirror did.
public struct SyncReport: Sendable {
    /// How often records were changed by what went out, and by what came in.
    public let sentChanges: Int
    public let receivedChanges: Int
    public let sentBytes: Int
    public let receivedBytes: Int
    public let roundTrips: Int
    /// Both sides hold the same, and the other side has proved it.
    public let isInSync: Bool
    /// Texts that are to be shown, and that neither side has.
    public let missingTexts: Int
    /// In words: what the other side sent and is not taken.
    public let refusals: [String]
    /// Edits that the other side does not take: who asks may only read there, or it is full.
    public let unsentChanges: Int
    /// Texts that were merged, where a collection says that this be done.
    public let mergedTexts: Int
    /// Open after it, of all records.
    public let openConflicts: Int
    /// What became of the files of attachments.
    public let files: FileReport
    /// What people call the mirror: its name, else where it is.
    public let remote: String
    /// The other side says that it holds the same, and gives no proof of it: it runs an older Quipu, or is no mirror.
    public let isUnproved: Bool
    /// Why nothing was sent; nil where the other side takes edits.
    public let sendRefusal: SendRefusal?
    /// Transactions that came in under this machine's own name.
    public let nameUses: [NameUse]
    /// How the other side's clock stands against this machine's; nil where that is well.
    public let clock: ClockDifference?
    /// This machine's clock is known to be right.
    public let isClockRight: Bool
    /// Of all that is held, in groups, to be read aloud; nil where the two are not in sync.
    public let digest: String?
    /// The first of the texts that neither side has.
    public let firstMissingTexts: [MissingText]
    /// All of them are of deleted records, which nobody sees.
    public let lacksOnlyDeleted: Bool

    public var sentFiles: Int { files.sent }
    public var receivedFiles: Int { files.received }

    /// Why a mirror takes no edits from here.
    public enum SendRefusal: Sendable {
        /// The token may only read there.
        case readOnly
        /// The archive is as large there as it may become.
        case quotaExceeded
        /// As much that is new was sent today as the mirror takes in a day.
        case dailyLimit
        case other
    }

    /// - Parameter isBrief: nothing is read that only a detailed report has.
    init(
        _ report: QuipuReplication.SyncReport, with remote: String, files: BlobReport?, mergedTexts: Int,
        of store: Store, isBrief: Bool
    ) throws {
        self.files = FileReport(files ?? BlobReport())
        self.remote = remote
        openConflicts = try store.openConflicts
        isUnproved = report.isUnproved
        sendRefusal = report.refusal.map { SendRefusal($0) }
        nameUses = report.inOwnName.map { NameUse($0) }
        clock = report.clockDifference.map { ClockDifference($0) }
        isClockRight = try !isBrief && report.clockDifference != nil && store.clock.reading().isSynchronized
        digest = try report.inSync && !isBrief ? store.digest.description : nil
        let lacks = !isBrief && report.missingTexts > 0
        firstMissingTexts = try lacks && !report.inSync ? MissingText.first(in: store) : []
        lacksOnlyDeleted = try lacks && store.texts.missingShownCount == 0
        sentChanges = report.sent
        receivedChanges = report.received
        sentBytes = report.bytesSent
        receivedBytes = report.bytesReceived
        roundTrips = report.roundTrips
        isInSync = report.inSync
        missingTexts = report.missingTexts
        refusals = report.refused
        unsentChanges = report.unsent
        self.mergedTexts = mergedTexts
    }
}

extension SyncReport.SendRefusal {
    fileprivate init(_ code: ReplicationError.Code) {
        self =
            switch code {
            case .readOnly: .readOnly
            case .quotaExceeded: .quotaExceeded
            case .dailyLimit: .dailyLimit
            default: .other
            }
    }
}

/// What an exchange did with the files of attachments.
public struct FileReport: Sendable {
    public let sent: Int
    public let received: Int
    public let sentBytes: UInt64
    public let receivedBytes: UInt64
    /// Files that are here and not there yet.
    public let lackingThere: Int
    /// Files that should have come and have not: there are none there, or they were cut.
    public let lackingHere: Int
    /// Files that are not here and were not asked for.
    public let notAskedFor: Int
    /// What stopped a file, and not the others, in words; at most a few.
    public let refusals: [String]
    /// What stopped the rest, most often the link. The next exchange goes on where it was.
    public let stop: QuipuError?
    /// The other side may well be reached later.
    package let isStopPassing: Bool

    init(_ report: BlobReport) {
        sent = report.sent
        received = report.received
        sentBytes = UInt64(clamping: report.cost.bytesSent)
        receivedBytes = UInt64(clamping: report.cost.bytesReceived)
        lackingThere = report.lackingThere
        lackingHere = report.lackingHere
        notAskedFor = report.notAskedFor
        refusals = report.refusals
        stop = report.stop.map { QuipuError($0) }
        isStopPassing = report.stop?.isPassing == true
    }
}

/// How far an exchange is.
public struct SyncProgress: Sendable {
    /// A file of an attachment that is under way.
    public struct File: Sendable {
        public let isSending: Bool
        public let bytes: UInt64
        /// Nil where nobody says.
        public let totalBytes: UInt64?
    }

    public let sentChanges: Int
    public let receivedChanges: Int
    /// Both ways, of the records.
    public let completedBytes: Int
    /// Nil while the records are exchanged.
    public let file: File?

    init(_ progress: BlobProgress, after report: QuipuReplication.SyncReport) {
        sentChanges = report.sent
        receivedChanges = report.received
        completedBytes = report.bytesSent + report.bytesReceived
        file = File(isSending: progress.isSending, bytes: progress.bytes, totalBytes: progress.of)
    }

    init(_ report: QuipuReplication.SyncReport) {
        sentChanges = report.sent
        receivedChanges = report.received
        completedBytes = report.bytesSent + report.bytesReceived
        file = nil
    }
}

/// How an exchange is done.
public struct SyncOptions: Sendable {
    /// Take from others what takes most of a collection away; without it the exchange stops with `massDeletion`.
    public var acceptsDeletions = false
    /// Leave the files of attachments for another time.
    public var isRecordsOnly = false
    /// Make the archive on a server again, where it was and is no more.
    public var remakes = false
    /// Whose files an exchange brings here by itself, from now on; nil for what was said before.
    public var fetches: FetchChoice?
    /// How the mirror is reached.
    public var link = LinkOptions()

    /// Shown to a server, instead of the token that is remembered: as `quipu token add` prints it.
    public var token: String? {
        get { link.token }
        set { link.token = newValue }
    }

    /// A link on which nothing moves for so long is given up; 1 to 86,400.
    public var timeoutSeconds: Int {
        get { link.timeoutSeconds ?? 60 }
        set { link.timeoutSeconds = newValue }
    }

    public init() {}
}
