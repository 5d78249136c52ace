internal import QuipuHosting
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
    /// Files of attachments.
    public let sentFiles: Int
    public let receivedFiles: Int

    init(_ report: QuipuReplication.SyncReport, files: BlobReport?, mergedTexts: Int, openConflicts: Int) {
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
        self.openConflicts = openConflicts
        sentFiles = files?.sent ?? 0
        receivedFiles = files?.received ?? 0
    }
}

/// How far an exchange is.
public struct SyncProgress: Sendable {
    public let sentChanges: Int
    public let receivedChanges: Int
    /// Both ways, of the records.
    public let completedBytes: Int

    init(_ report: QuipuReplication.SyncReport) {
        sentChanges = report.sent
        receivedChanges = report.received
        completedBytes = report.bytesSent + report.bytesReceived
    }
}

/// How an exchange is done.
public struct SyncOptions: Sendable {
    /// Take from others what takes most of a collection away; without it the exchange stops with `massDeletion`.
    public var acceptsDeletions = false
    /// Leave the files of attachments for another time.
    public var isRecordsOnly = false
    /// Shown to a server, instead of the token that is remembered: as `quipu token add` prints it.
    public var token: String?
    /// A link on which nothing moves for so long is given up; 1 to 86,400.
    public var timeoutSeconds = 60

    public init() {}
}

extension LinkSettings {
    /// - Throws: `bad-option` for what the options cannot mean. The token is not repeated: it may be another secret.
    init(_ options: SyncOptions) throws(QuipuError) {
        guard (1...86_400).contains(options.timeoutSeconds) else {
            throw QuipuError(.badOption, "a link is given up after 1 to 86,400 seconds")
        }
        guard options.token.map({ TokenSecret($0) != nil }) ?? true else {
            throw QuipuError(.badOption, "what is given as a token is none")
        }
        self.init()
        token = options.token
        timeoutSeconds = options.timeoutSeconds
    }
}
