internal import QuipuStorage

/// Why an exchange did not come to its end. What was applied until then is kept, here and there.
public struct ReplicationError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, RawRepresentable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Nobody answers there.
        public static let unreachable = Code(rawValue: "remote-unreachable")
        /// The connection broke in mid-message.
        public static let cut = Code(rawValue: "connection-cut")
        /// Something answers that is no Quipu.
        public static let notQuipu = Code(rawValue: "not-a-quipu-server")
        /// Something answers that it is somewhere else now.
        public static let moved = Code(rawValue: "moved")
        /// The other side is this side.
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
        /// A server's database does not do what it is asked, as it is set up.
        public static let databaseRefused = Code(rawValue: "database-refused")
        public static let busy = Code(rawValue: "busy")
        /// Who asks may not write there.
        public static let readOnly = Code(rawValue: "read-only")
        /// The archive is as large there as it may become.
        public static let quotaExceeded = Code(rawValue: "quota-exceeded")
        /// There is no token, or it is not one of that server's, or no longer.
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// What is exchanged would go over a link that others can read.
        public static let insecure = Code(rawValue: "insecure-link")
        public static let tooManyRequests = Code(rawValue: "too-many-requests")
        /// Who asks has brought as much that is new today as one may.
        public static let dailyLimit = Code(rawValue: "daily-limit")
        public static let overloaded = Code(rawValue: "overloaded")
        /// The other side has more than is taken here, or takes less than there is here.
        public static let tooLarge = Code(rawValue: "too-large")
        /// Of the content of an attachment: it is not there, is not what its hash names, is more than is taken there.
        public static let noSuchBlob = Code(rawValue: "no-such-blob")
        public static let wrongContent = Code(rawValue: "wrong-content")
        public static let blobTooLarge = Code(rawValue: "blob-too-large")
    }

    public let code: Code
    public let message: String
    public let hint: String?
    /// Before that the other side does not want to be asked again.
    public var retryAfterSeconds: Int?

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    init(_ deletion: MassDeletion) {
        let place = deletion.collection.map { "in '\($0)'" } ?? "that are in no collection"
        self.init(
            .massDeletion,
            "with this exchange \(deletion.lostCount) of the \(deletion.totalCount) records \(place) "
                + "are deleted, taken out or emptied by others within a day",
            hint: "the rest of it was not applied; if that is meant: quipu sync --accept-deletions")
    }

    /// - Parameter place: as people call it.
    public static func sameArchive(at place: String) -> ReplicationError {
        ReplicationError(
            .sameArchive, "\(place) is this archive itself, and no second copy of it",
            hint: "put a mirror on another disk or machine: quipu clone . PATH")
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    /// The other side takes no edits from here; what it has can be had.
    var refusesEdits: Bool { code == .readOnly || code == .quotaExceeded || code == .dailyLimit }

    /// A later attempt, perhaps with less at a time, may well succeed.
    public var isPassing: Bool { code == .cut || code == .unreachable }
}
