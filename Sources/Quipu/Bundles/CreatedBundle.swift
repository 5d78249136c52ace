internal import QuipuReplication

/// How a bundle is made.
public struct BundleOptions: Sendable {
    /// Whom it is for: the name of a remote, or of somebody whose bundle was applied here, or the first digits of that one's
    /// key. The bundle then holds only what that one has not told that it has. Nil for anybody: it holds everything.
    public var receiver: String?
    /// The most bytes of a file; the bundle becomes `PATH.1`, `PATH.2` and so on. Nil for one file.
    public var splitBytes: Int?
    /// Replaces files that are there.
    public var replacesExisting = false

    /// Parts have at least this size.
    public static let leastSplitBytes = BundleCreation.leastSplitBytes

    /// One file for anybody, which replaces no other file.
    public init() {}
}

/// A bundle that was made.
public struct CreatedBundle: Sendable {
    public struct File: Sendable {
        public let path: String
        public let bytes: Int
    }

    /// What says of the receiver what it has.
    public enum Basis: Sendable {
        /// Nothing: the bundle holds everything.
        case none
        /// Its bundle, made at a time in Unix milliseconds.
        case bundle(madeAtMilliseconds: Int64)
        /// The last sync with it, at a time in Unix milliseconds if that is known.
        case sync(atMilliseconds: Int64?)
    }

    public let files: [File]
    public let transactions: Int
    /// How often these change records.
    public let changes: Int
    /// Long texts beside them.
    public let texts: Int
    /// The name of the receiver; nil for anybody.
    public let receiver: String?
    public let basis: Basis
    /// The archive has attached files, which are not in bundles.
    public let leavesFilesBehind: Bool
    /// The key that it is signed with, in groups for reading.
    public let key: String

    public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
}
