public import QuipuCausality

/// The store of attachment contents, each under its SHA-256. A content is there whole and right, or not at
/// all; it never changes. Used by many threads at a time.
public protocol BlobStore: AnyObject, Sendable {
    /// How large a content is; nil where it is not here.
    func sizeBytes(of hash: BlobHash) throws -> UInt64?

    /// Those of some contents that are not here, in the same order.
    func missing(among hashes: [BlobHash]) throws -> [BlobHash]

    /// A content to read from; nil where it is not here.
    func content(of hash: BlobHash) throws -> (any BlobContent)?

    /// How much is here of a content that was cut on its way; 0 where there is nothing, or all of it.
    func heldBytes(of hash: BlobHash) throws -> UInt64

    /// Resumes receiving a content. The previous receiver is told so at its next step: its connection is most likely
    /// dead, and what it brought stays.
    ///
    /// - Parameters:
    ///   - sizeBytes: of the whole content.
    ///   - offset: where the bytes begin that will be given; what is held already is passed over.
    /// - Throws: `BlobRefusal`, `StorageError`.
    func receive(_ hash: BlobHash, sizeBytes: UInt64, from offset: UInt64) throws -> any BlobReception

    /// The hashes of the contents here, in ascending order.
    func hashes(after last: BlobHash?, limit: Int) throws -> [BlobHash]

    /// What all contents take, those that were cut on their way included.
    func totalBytes() throws -> UInt64

    /// Nothing happens where it is not here.
    func remove(_ hash: BlobHash) throws

    /// What is kept in memory of each content while it is read or taken in; 0 where next to nothing is.
    var bufferBytes: Int { get }
}

extension BlobStore {
    public func missing(among hashes: [BlobHash]) throws -> [BlobHash] {
        try hashes.filter { try sizeBytes(of: $0) == nil }
    }

    public var bufferBytes: Int { 0 }
}

/// A content that is open for reading. Used by one thread at a time.
public protocol BlobContent: AnyObject, Sendable {
    var sizeBytes: UInt64 { get }

    /// Where it is a file of this machine; nil where it is not.
    var descriptor: Int32? { get }

    /// At most `count` bytes from `offset` on; fewer only at the end.
    func read(at offset: UInt64, count: Int) throws -> [UInt8]
}

/// A content that is being received. What was received stays when this is released, so that another can resume.
public protocol BlobReception: AnyObject {
    /// - Throws: `BlobRefusal`, `StorageError`.
    func append(_ bytes: UnsafeRawBufferPointer) throws

    /// What was given is on the disk from here on. When all is there it is checked, and then the content is here.
    ///
    /// - Returns: how much is still to come.
    /// - Throws: `BlobRefusal.wrongContent`: nothing of it is kept.
    func finish() throws -> UInt64
}

/// Why a content is not taken.
public enum BlobRefusal: Error, Sendable, Equatable {
    /// The bytes begin behind the end of what is here.
    case gap(heldBytes: UInt64)
    case tooLarge(limitBytes: UInt64)
    /// The whole has another hash than its name.
    case wrongContent
    /// The body is longer than announced.
    case tooLong
    /// Another receiver has resumed it.
    case superseded
}

/// How much of other people's contents is taken.
public struct BlobLimits: Sendable, Equatable {
    public var maximumBytes = Limits.blobBytes
    /// The number of interrupted contents that are kept to be resumed; beyond it the oldest is removed.
    public var maximumPartials = 64
    /// The same after so long without a further byte.
    public var partialAgeSeconds = 7 * 86_400

    public init() {}
}
