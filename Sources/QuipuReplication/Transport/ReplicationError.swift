public import QuipuStorage

/// Why an exchange was not completed. What was applied before the error is kept, on both sides.
public struct ReplicationError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, RawRepresentable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Nothing answers at the location.
        public static let unreachable = Code(rawValue: "remote-unreachable")
        /// The connection broke in the middle of a message.
        public static let cut = Code(rawValue: "connection-cut")
        /// What answers is not Quipu.
        public static let notQuipu = Code(rawValue: "not-a-quipu-server")
        /// The server redirects to another location.
        public static let moved = Code(rawValue: "moved")
        /// The remote is this archive itself.
        public static let sameArchive = Code(rawValue: "same-archive")
        public static let noSuchArchive = Code(rawValue: "no-such-archive")
        public static let otherArchive = Code(rawValue: "other-archive")
        public static let newerProtocol = Code(rawValue: "newer-protocol")
        /// Equal vectors, unequal digests.
        public static let damaged = Code(rawValue: "damaged")
        public static let malformed = Code(rawValue: "malformed-message")
        public static let refused = Code(rawValue: "refused")
        /// Most of a collection would be deleted.
        public static let massDeletion = Code(rawValue: "mass-deletion")
        public static let badLocation = Code(rawValue: "bad-location")
        /// The server's database refuses, as it is configured.
        public static let databaseRefused = Code(rawValue: "database-refused")
        public static let busy = Code(rawValue: "busy")
        /// The caller may not write there.
        public static let readOnly = Code(rawValue: "read-only")
        /// The archive has reached the size that it may have there.
        public static let quotaExceeded = Code(rawValue: "quota-exceeded")
        /// There is no token, or it is not valid (any longer) on that server.
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// The exchange would use an unencrypted link.
        public static let insecure = Code(rawValue: "insecure-link")
        public static let tooManyRequests = Code(rawValue: "too-many-requests")
        /// The caller has sent as much new data today as it may.
        public static let dailyLimit = Code(rawValue: "daily-limit")
        public static let overloaded = Code(rawValue: "overloaded")
        /// The peer has more than is accepted here, or accepts less than there is here.
        public static let tooLarge = Code(rawValue: "too-large")
        /// Of an attachment's content: it is missing there, does not match its hash, or is larger than is accepted
        /// there.
        public static let noSuchBlob = Code(rawValue: "no-such-blob")
        public static let wrongContent = Code(rawValue: "wrong-content")
        /// Of a bundle: the file is none; its sender is not accepted yet; it was changed after it was signed.
        public static let notABundle = Code(rawValue: "not-a-bundle")
        public static let unknownSender = Code(rawValue: "unknown-sender")
        public static let wrongSignature = Code(rawValue: "wrong-signature")
        public static let blobTooLarge = Code(rawValue: "blob-too-large")
        /// The bytes that an exchange may cost are not enough for its first message.
        public static let budgetTooSmall = Code(rawValue: "budget-too-small")
    }

    public let code: Code
    public let message: String
    /// In words that are true of any program.
    public let hint: String?
    /// What would help, for a program to say in its own words.
    public let remedy: Remedy?
    /// The time before which the peer does not want another request.
    public var retryAfterSeconds: Int?

    public init(_ code: Code, _ message: String, hint: String? = nil, remedy: Remedy? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.remedy = remedy
    }

    init(budgetBytes: Int, needed: Int) {
        self.init(
            .budgetTooSmall,
            "\(budgetBytes) bytes are not enough to begin an exchange, which takes \(needed)",
            hint: "nothing was exchanged, and nothing is lost")
    }

    init(_ deletion: MassDeletion) {
        let place = deletion.collection.map { "in '\($0)'" } ?? "that are in no collection"
        self.init(
            .massDeletion,
            "with this exchange \(deletion.lostCount) of the \(deletion.totalCount) records \(place) "
                + "are deleted, taken out, emptied or merged by others within a day",
            hint: "the rest was not applied", remedy: Remedy(.acceptDeletions))
    }

    /// - Parameter place: the location, for display.
    public static func sameArchive(at place: String) -> ReplicationError {
        ReplicationError(
            .sameArchive, "\(place) is this archive itself, not a second copy of it",
            remedy: Remedy(.cloneElsewhere))
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    /// Whether the peer refuses edits from here; its own can still be fetched.
    var refusesEdits: Bool { code == .readOnly || code == .quotaExceeded || code == .dailyLimit }

    /// Whether a later attempt, perhaps with shorter messages, may succeed.
    public var isPassing: Bool { code == .cut || code == .unreachable }
}
