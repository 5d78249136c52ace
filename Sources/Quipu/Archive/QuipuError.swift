internal import QuipuCausality
internal import QuipuFormats
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuInterchange
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuWire

/// Why an operation was refused or failed: a stable code, and what happened to what, in a
/// sentence. Nothing was written, unless the code or the function says otherwise.
///
///     do { _ = try await archive.sync(with: .named("office")) } catch {
///         if error.isPassing { print("no network; later") } else { throw error }
///     }
public struct QuipuError: Error, Sendable, CustomStringConvertible {
    /// A stable word that programs can rely on.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let noArchive = Code(rawValue: "no-archive")
        public static let archiveExists = Code(rawValue: "archive-exists")
        public static let newerArchive = Code(rawValue: "newer-archive")
        /// The path is not an archive.
        public static let notAnArchive = Code(rawValue: "not-an-archive")
        public static let damaged = Code(rawValue: "damaged")
        public static let diskFull = Code(rawValue: "disk-full")
        public static let readOnly = Code(rawValue: "read-only")
        /// Another writer has held the archive for some seconds.
        public static let busy = Code(rawValue: "busy")
        /// The file system lacks what an archive needs: locks, shared memory, room for a file of that size.
        public static let unsuitablePlace = Code(rawValue: "unsuitable-place")
        public static let inputOutput = Code(rawValue: "input-output")
        public static let unknownRecord = Code(rawValue: "unknown-record")
        public static let ambiguousHandle = Code(rawValue: "ambiguous-handle")
        public static let unknownKind = Code(rawValue: "unknown-kind")
        public static let unknownField = Code(rawValue: "unknown-field")
        public static let wrongType = Code(rawValue: "wrong-type")
        public static let missingField = Code(rawValue: "missing-field")
        /// A query cannot be read, where one that was searched as words would do something else than was asked for.
        public static let badQuery = Code(rawValue: "bad-query")
        /// No record fits, and an export of nothing would replace an earlier one.
        public static let nothingToExport = Code(rawValue: "nothing-to-export")
        public static let tooLarge = Code(rawValue: "too-large")
        public static let deleted = Code(rawValue: "deleted")
        public static let notDeleted = Code(rawValue: "not-deleted")
        /// Its deletion conflicts with another edit.
        public static let inConflict = Code(rawValue: "in-conflict")
        public static let purged = Code(rawValue: "purged")
        public static let unknownVersion = Code(rawValue: "unknown-version")
        /// A quotation does not occur in the text, or not that often.
        public static let quoteNotFound = Code(rawValue: "quote-not-found")
        public static let quoteAmbiguous = Code(rawValue: "quote-ambiguous")
        /// A record has changed since it was read.
        public static let changedMeanwhile = Code(rawValue: "changed-meanwhile")
        public static let notInConflict = Code(rawValue: "not-in-conflict")
        /// The record is merged into no other one.
        public static let notMerged = Code(rawValue: "not-merged")
        /// The values that the sources of a record gave cannot be told apart.
        public static let notSplittable = Code(rawValue: "not-splittable")
        public static let notMergeable = Code(rawValue: "not-mergeable")
        public static let textMissing = Code(rawValue: "text-missing")
        public static let fileExists = Code(rawValue: "file-exists")
        /// The mirror has no such archive.
        public static let noSuchArchive = Code(rawValue: "no-such-archive")
        /// The mirror is the archive itself, not a second copy.
        public static let sameArchive = Code(rawValue: "same-archive")
        public static let remoteExists = Code(rawValue: "remote-exists")
        public static let unknownRemote = Code(rawValue: "unknown-remote")
        /// A page or a feed could not be fetched.
        public static let fetchFailed = Code(rawValue: "fetch-failed")
        public static let unknownFeed = Code(rawValue: "unknown-feed")
        public static let feedExists = Code(rawValue: "feed-exists")
        public static let badOption = Code(rawValue: "bad-option")
        public static let badName = Code(rawValue: "bad-name")
        public static let unreachable = Code(rawValue: "remote-unreachable")
        public static let connectionCut = Code(rawValue: "connection-cut")
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// The exchange would remove most of a collection.
        public static let massDeletion = Code(rawValue: "mass-deletion")
        /// A write was begun within another one of the same archive, on the same thread.
        public static let nestedWrite = Code(rawValue: "nested-write")
        /// A record is edited, deleted or restored in one transaction, of which only one is possible.
        public static let editedTwice = Code(rawValue: "edited-twice")
        /// An address to listen on, or a URL, is invalid or cannot be used.
        public static let badLocation = Code(rawValue: "bad-location")
        public static let addressInUse = Code(rawValue: "address-in-use")
        /// The other side's reply cannot be read.
        public static let malformedMessage = Code(rawValue: "malformed-message")
        public static let noSuchFile = Code(rawValue: "no-such-file")
        /// The program that reads files of other programs cannot be run.
        public static let noReaderProgram = Code(rawValue: "no-reader-program")
        /// A file is not in the format that was asked for.
        public static let wrongFormat = Code(rawValue: "wrong-format")
        /// A source is read once, and was.
        public static let alreadyRead = Code(rawValue: "already-read")
        /// A file cannot be read.
        public static let unreadable = Code(rawValue: "unreadable")
        public static let cancelled = Code(rawValue: "cancelled")
        public static let internalFailure = Code(rawValue: "internal")
    }

    public let code: Code
    public let message: String
    /// Whether the operation may succeed later.
    public let isPassing: Bool
    /// What to do next, in words that suit any program; nil if `remedy` says it, or if it is unknown.
    public let hint: String?
    /// A remedy, which the command puts into words.
    package let remedy: Remedy?
    package let origin: Origin

    /// A remedy after an error: a stable word, and what it applies to.
    package struct Remedy: Sendable, Hashable {
        package let word: String
        /// A path, a name or a handle; empty if there is none.
        package let subject: String
    }

    /// Where an error comes from: a code such as `busy` can concern a mirror or the archive.
    package enum Origin: Sendable {
        case archive
        /// The connection to a mirror, or its answer.
        case mirror
        /// What arrived over the connection was malformed.
        case message
        /// A file that is imported, or an export.
        case file
        /// The database of a server.
        case database
        /// The address that a server should listen on, as requested or as the system refused it.
        case listenAddress, listening
        /// None of the errors that are known.
        case unknown
    }

    package init(
        _ code: Code, _ message: String, isPassing: Bool = false, hint: String? = nil,
        remedy: Remedy? = nil, origin: Origin = .archive
    ) {
        self.code = code
        self.message = message
        self.isPassing = isPassing
        self.hint = hint
        self.remedy = remedy
        self.origin = origin
    }

    public var description: String { message }
}

extension QuipuError {
    /// An error of a layer below.
    package init(_ error: any Error) {
        switch StorageError.presentable(error) {
        case let error as QuipuError: self = error
        case let error as UnresolvedRecords: self = error.error
        case let error as RemoteIsGone:
            self.init(
                .noSuchArchive, "there is no archive at \(error.location) any more; nothing was sent",
                origin: .mirror)
        case let error as StorageError:
            self.init(
                Code(rawValue: error.code.rawValue), error.message, isPassing: error.code == .busy,
                hint: error.hint, remedy: Remedy(error.remedy))
        case let error as ReplicationError:
            self.init(
                Code(rawValue: error.code.rawValue), error.message,
                isPassing: error.isPassing || error.retryAfterSeconds != nil, hint: error.hint,
                remedy: Remedy(error.remedy), origin: .mirror)
        case let error as InterchangeError:
            self.init(
                Code(rawValue: error.code.name), "cannot \(error.operation) \(error.path): \(error.message)",
                hint: error.hint, remedy: Remedy(error.remedy), origin: .file)
        case let error as WireError:
            // A broken proxy, a captive portal, an interrupted connection.
            self.init(
                .init(rawValue: "malformed-message"),
                "the other side's reply cannot be read: \(error)",
                hint: "none of it was kept and nothing is lost; try again, and check the address",
                origin: .message)
        case let error as HTTPServerError:
            self.init(
                Self.code(of: error), "cannot listen on \(error.address): \(error.reason)", hint: error.hint,
                origin: .listening)
        case let error as ListenAddress.Refusal:
            self.init(
                .init(rawValue: "bad-location"), error.message, hint: error.hint,
                remedy: Remedy(error.remedy), origin: .listenAddress)
        case let error as Problem:
            self.init(
                Code(rawValue: error.word), error.title, isPassing: error.status == 503, hint: error.hint,
                origin: .database)
        case let error as TokenError:
            self.init(Code(rawValue: error.code.rawValue), error.message, hint: error.hint)
        case is CancellationError: self.init(.cancelled, "it was cancelled")
        case let error: self.init(.internalFailure, "\(error)", origin: .unknown)
        }
    }

    private static func code(of error: HTTPServerError) -> Code {
        switch error.code {
        case .addressInUse: Code(rawValue: "address-in-use")
        case .permissionDenied: Code(rawValue: "permission-denied")
        case .addressUnavailable, .certificate: Code(rawValue: "bad-location")
        case .invalidConfiguration: .badOption
        case .noResources: .internalFailure
        }
    }

    /// Calls lower layers, and converts their errors to `QuipuError`.
    static func presenting<Result>(_ body: () throws -> Result) throws(QuipuError) -> Result {
        do { return try body() } catch { throw QuipuError(error) }
    }

    /// The same if `body` calls a client's closure, whose errors pass unchanged.
    static func relaying<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            switch error {
            case is StorageError, is ReplicationError, is InterchangeError, is WireError:
                throw QuipuError(error)
            default: throw StorageError.presentable(error) is StorageError ? QuipuError(error) : error
            }
        }
    }
}

extension QuipuError.Remedy {
    init(_ word: String, _ subject: String = "") {
        self.word = word
        self.subject = subject
    }

    init?(_ remedy: InterchangeError.Remedy?) {
        guard let remedy else { return nil }
        self.init(remedy.kind.rawValue, remedy.subject)
    }

    init?(_ remedy: QuipuStorage.Remedy?) {
        guard let remedy else { return nil }
        self.init(remedy.kind.rawValue, remedy.subject)
    }
}

/// Texts that name no record, or several.
package struct UnresolvedRecords: Error {
    /// What was thrown for each, in the order of the texts, by the text.
    package let failures: [(text: String, error: QuipuError)]

    /// The maximum number that a message names.
    private static let mostNamed = 20

    /// What to tell a person: of one what `Snapshot.find` says, of several all their names.
    package var error: QuipuError {
        guard let first = failures.first, failures.count > 1 else {
            return failures.first?.error ?? QuipuError(.unknownRecord, "no record is named")
        }
        let unknown = failures.filter { $0.error.code == .unknownRecord }.map { "'\($0.text)'" }
        var parts = failures.filter { $0.error.code != .unknownRecord }.prefix(Self.mostNamed).map(
            \.error.message)
        if !unknown.isEmpty {
            var named = Array(unknown.prefix(Self.mostNamed))
            if unknown.count > named.count { named.append("\(unknown.count - named.count) more") }
            parts.insert(
                "there \(unknown.count == 1 ? "is no record" : "are no records") \(listed(named) ?? "")",
                at: 0)
        }
        return QuipuError(
            unknown.isEmpty ? first.error.code : .unknownRecord, parts.joined(separator: "; "),
            remedy: .init(Remedy(.findRecord)))
    }
}
