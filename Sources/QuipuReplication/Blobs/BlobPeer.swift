public import QuipuCausality
public import QuipuStorage

/// Attachment contents at another replica. They are transferred separately from records, so that records never wait
/// for them.
public protocol BlobPeer: AnyObject {
    /// The location, for display.
    var location: String { get }

    /// Returns the hashes whose contents the peer lacks. One round trip for up to a thousand hashes.
    func missing(_ hashes: [BlobHash]) throws -> Set<BlobHash>

    /// Sends one content, resuming an interrupted upload. When it returns, the peer has the content and has checked
    /// its hash.
    func send(_ content: any BlobContent, hash: BlobHash, progress: (_ bytes: UInt64) -> Void) throws
        -> BlobCost

    /// Fetches one content into `blobs`, resuming an interrupted download.
    ///
    /// - Parameter maximumBytes: a larger content is refused.
    func fetch(
        _ hash: BlobHash, maximumBytes: UInt64, into blobs: FolderBlobs, progress: (_ bytes: UInt64) -> Void
    ) throws -> BlobCost
}

/// Bytes that a content took on the link.
public struct BlobCost: Sendable, Equatable {
    public var bytesSent: UInt64
    public var bytesReceived: UInt64

    public init(bytesSent: UInt64 = 0, bytesReceived: UInt64 = 0) {
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
    }

    static func += (left: inout BlobCost, right: BlobCost) {
        left.bytesSent += right.bytesSent
        left.bytesReceived += right.bytesReceived
    }
}

/// The attachment contents of an archive in another folder.
public final class PathBlobPeer: BlobPeer {
    public let location: String
    private let blobs: FolderBlobs

    /// - Throws: `ReplicationError` when there is no archive at the path.
    public init(path: String, environment: Environment = .system) throws {
        guard let folder = ArchiveFolder.at(path) else {
            throw ReplicationError(
                .unreachable, "there is no archive at \(path)", hint: "is the drive mounted?")
        }
        location = path
        blobs = FolderBlobs(folder.blobsPath, environment: environment)
    }

    public func missing(_ hashes: [BlobHash]) throws -> Set<BlobHash> {
        Set(try hashes.filter { try blobs.sizeBytes(of: $0) == nil })
    }

    public func send(_ content: any BlobContent, hash: BlobHash, progress: (UInt64) -> Void) throws
        -> BlobCost
    {
        BlobCost(bytesSent: try copy(content, hash, into: blobs, progress))
    }

    public func fetch(
        _ hash: BlobHash, maximumBytes: UInt64, into own: FolderBlobs, progress: (UInt64) -> Void
    ) throws -> BlobCost {
        guard let content = try blobs.content(of: hash) else {
            throw ReplicationError(.noSuchBlob, "\(location) does not have the content \(hash.hexadecimal)")
        }
        guard content.sizeBytes <= maximumBytes else { throw ReplicationError.tooLarge(at: location) }
        return BlobCost(bytesReceived: try copy(content, hash, into: own, progress))
    }

    /// A partial copy may belong to another content; then the copy is restarted once from the beginning.
    private func copy(
        _ content: any BlobContent, _ hash: BlobHash, into blobs: FolderBlobs, _ progress: (UInt64) -> Void
    ) throws -> UInt64 {
        let wasPartial = try blobs.heldBytes(of: hash) > 0
        do {
            return try blobs.add(hash, from: content, progress: progress)
        } catch let refusal as BlobRefusal {
            guard refusal == .wrongContent else { throw refusal }
            guard wasPartial else { throw ReplicationError.wrongContent(at: location) }
        }
        do {
            return try blobs.add(hash, from: content, progress: progress)
        } catch let refusal as BlobRefusal {
            guard refusal == .wrongContent else { throw refusal }
            throw ReplicationError.wrongContent(at: location)
        }
    }
}

extension ReplicationError {
    package static func tooLarge(at location: String) -> ReplicationError {
        ReplicationError(
            .tooLarge,
            "the attachment at \(location) is larger than its record says, or than is allowed here",
            hint: "none of it was kept")
    }

    package static func wrongContent(at location: String) -> ReplicationError {
        ReplicationError(
            .wrongContent, "an attachment does not match its hash, with \(location)",
            hint: "none of it was kept", remedy: Remedy(.verifyBothSides))
    }
}
