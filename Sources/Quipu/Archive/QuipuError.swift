internal import QuipuCausality
internal import QuipuHTTPServer
internal import QuipuHosting
internal import QuipuInterchange
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuWire

/// What an archive refuses, or why something did not come to its end: a stable code, and what happened to what, in a
/// sentence. Nothing was written, unless the code or the function says otherwise.
///
///     do { try archive.sync(with: .named("office")) } catch {
///         if error.isPassing { print("no network; later") } else { throw error }
///     }
public struct QuipuError: Error, Sendable, CustomStringConvertible {
    /// A stable word, which programs may rely on.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let noArchive = Code(rawValue: "no-archive")
        public static let archiveExists = Code(rawValue: "archive-exists")
        public static let newerArchive = Code(rawValue: "newer-archive")
        public static let damaged = Code(rawValue: "damaged")
        public static let diskFull = Code(rawValue: "disk-full")
        public static let readOnly = Code(rawValue: "read-only")
        /// Somebody else writes to the archive, and has done so for some seconds.
        public static let busy = Code(rawValue: "busy")
        public static let unknownRecord = Code(rawValue: "unknown-record")
        public static let ambiguousHandle = Code(rawValue: "ambiguous-handle")
        public static let unknownField = Code(rawValue: "unknown-field")
        public static let wrongType = Code(rawValue: "wrong-type")
        public static let missingField = Code(rawValue: "missing-field")
        public static let tooLarge = Code(rawValue: "too-large")
        public static let deleted = Code(rawValue: "deleted")
        public static let notDeleted = Code(rawValue: "not-deleted")
        /// A record is not any more what it was when it was read.
        public static let changedMeanwhile = Code(rawValue: "changed-meanwhile")
        public static let notInConflict = Code(rawValue: "not-in-conflict")
        public static let notMergeable = Code(rawValue: "not-mergeable")
        public static let textMissing = Code(rawValue: "text-missing")
        public static let unknownRemote = Code(rawValue: "unknown-remote")
        public static let badOption = Code(rawValue: "bad-option")
        public static let badName = Code(rawValue: "bad-name")
        public static let unreachable = Code(rawValue: "remote-unreachable")
        public static let connectionCut = Code(rawValue: "connection-cut")
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// The exchange would take most of a collection away.
        public static let massDeletion = Code(rawValue: "mass-deletion")
        public static let cancelled = Code(rawValue: "cancelled")
        public static let internalFailure = Code(rawValue: "internal")
    }

    public let code: Code
    public let message: String
    /// The same may well succeed later.
    public let isPassing: Bool

    init(_ code: Code, _ message: String, isPassing: Bool = false) {
        self.code = code
        self.message = message
        self.isPassing = isPassing
    }

    public var description: String { message }
}

extension QuipuError {
    /// An error of a layer below.
    init(_ error: any Error) {
        switch StorageError.presentable(error) {
        case let error as QuipuError: self = error
        case let error as StorageError:
            self.init(Code(rawValue: error.code.rawValue), error.message, isPassing: error.code == .busy)
        case let error as ReplicationError:
            self.init(
                Code(rawValue: error.code.rawValue), error.message,
                isPassing: error.isPassing || error.retryAfterSeconds != nil)
        case let error as InterchangeError:
            self.init(Code(rawValue: error.code.name), "\(error.path): \(error.message)")
        case let error as WireError:
            self.init(
                .init(rawValue: "malformed-message"), "what the other side sent is no message: \(error)")
        case let error as HTTPServerError:
            self.init(Self.code(of: error), "\(error.address): \(error.reason)")
        case let error as ListenAddress.Refusal: self.init(.init(rawValue: "bad-location"), error.message)
        case is CancellationError: self.init(.cancelled, "it was cancelled")
        case let error: self.init(.internalFailure, "\(error)")
        }
    }

    private static func code(of error: HTTPServerError) -> Code {
        switch error.code {
        case .addressInUse: Code(rawValue: "address-in-use")
        case .permissionDenied: Code(rawValue: "permission-denied")
        case .addressUnavailable, .invalidConfiguration, .certificate: Code(rawValue: "bad-location")
        case .noResources: .internalFailure
        }
    }

    /// Runs what belongs to layers below, and says its errors in the words of this one.
    static func presenting<Result>(_ body: () throws -> Result) throws(QuipuError) -> Result {
        do { return try body() } catch { throw QuipuError(error) }
    }

    /// The same where `body` calls what a client gave, whose errors stay as they are.
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
