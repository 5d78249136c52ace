internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage

/// The result of an exchange with a mirror.
public struct SyncReport: Sendable {
    /// How often records were changed by what went out, and by what came in.
    public let sentChanges: Int
    public let receivedChanges: Int
    public let sentBytes: Int
    public let receivedBytes: Int
    public let roundTrips: Int
    /// Both sides hold the same, and the other side has proved it.
    public let isInSync: Bool
    /// Current texts that neither side has.
    public let missingTexts: Int
    /// In words: what the other side sent and was refused.
    public let refusals: [String]
    /// Edits that the other side does not accept: the token may only read there, or it is full.
    public let unsentChanges: Int
    /// Texts that were merged, in collections that request it.
    public let mergedTexts: Int
    /// Open after it, of all records.
    public let openConflicts: Int
    /// The result for attachment files.
    public let files: FileReport
    /// The name of the remote, or its location if it has no name.
    public let remote: String
    /// The other side claims to hold the same content but gives no proof: it runs an older Quipu, or is not a mirror.
    public let isUnproved: Bool
    /// Why nothing was sent; nil if the other side accepts edits.
    public let sendRefusal: SendRefusal?
    /// Transactions that arrived under this replica's own name.
    public let nameUses: [NameUse]
    /// How far the two clocks differ; nil if they agree.
    public let clock: ClockDifference?
    /// This machine's clock is known to be right.
    public let isClockRight: Bool
    /// The digest of the archive, grouped for reading; nil if the two sides are not in sync.
    public let digest: String?
    /// The first few texts that neither side has.
    public let firstMissingTexts: [MissingText]
    /// The work left for the next exchange if this one reached its limit of bytes (`SyncOptions.maximumBytes`).
    public let leftOver: LeftOver?
    /// All missing texts belong to deleted records.
    public let lacksOnlyDeleted: Bool

    public var sentFiles: Int { files.sent }
    public var receivedFiles: Int { files.received }

    /// Why a mirror does not accept edits.
    public enum SendRefusal: Sendable {
        /// The token is read-only.
        case readOnly
        /// The archive has reached its quota on the server.
        case quotaExceeded
        /// The token has reached its daily limit.
        case dailyLimit
        case other
    }

    /// - Parameter isBrief: skips what only a detailed report shows.
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
        leftOver = report.leftOver.map { LeftOver($0, isOrdered: !report.isPeerUnableToHoldBack) }
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

/// The result of a sync for attachment files.
public struct FileReport: Sendable {
    public let sent: Int
    public let received: Int
    public let sentBytes: UInt64
    public let receivedBytes: UInt64
    /// Files that this side has and the other side still lacks.
    public let lackingThere: Int
    /// Files that were wanted and did not arrive: the other side lacks them, or the transfer was interrupted.
    public let lackingHere: Int
    /// Files that this side lacks and did not request.
    public let notAskedFor: Int
    /// Why single files were refused, in words; at most eight.
    public let refusals: [String]
    /// The error that stopped the transfer, usually of the connection. The next sync resumes it.
    public let stop: QuipuError?
    /// A later attempt may succeed.
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
    /// An attachment file in transfer.
    public struct File: Sendable {
        public let isSending: Bool
        public let bytes: UInt64
        /// Nil if unknown.
        public let totalBytes: UInt64?
    }

    public let sentChanges: Int
    public let receivedChanges: Int
    /// Both ways, of the records.
    public let completedBytes: Int
    /// Nil during the exchange of records.
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
    /// Apply others' changes even if they remove most of a collection; else the exchange stops with `massDeletion`.
    public var acceptsDeletions = false
    /// Skips attachment files.
    public var isRecordsOnly = false
    /// The most bytes that the exchange may cost, both ways together, as the report counts them; nil for no limit. What is
    /// most urgent goes first: what people made, then what was imported, then texts of more than 128 bytes, notes and
    /// annotations before the others, and attachment files last.
    public var maximumBytes: Int?
    /// Creates the archive again on a server from which it has disappeared.
    public var remakes = false
    /// Which attachment files to fetch from now on; nil keeps the current setting.
    public var fetches: FetchChoice?
    /// How to reach the mirror.
    public var link = LinkOptions()

    /// A token to send instead of the stored one, as `quipu token add` prints it.
    public var token: String? {
        get { link.token }
        set { link.token = newValue }
    }

    /// Seconds without progress after which the connection is given up: 1 to 86,400.
    public var timeoutSeconds: Int {
        get { link.timeoutSeconds ?? 60 }
        set { link.timeoutSeconds = newValue }
    }

    /// The default options.
    public init() {}
}
