internal import Glibc
public import QuipuCausality
internal import QuipuFiles
internal import Synchronization

/// Contents in a folder: each a file named by the hexadecimal digits of its hash. What is under way lies in `partial`
/// below it, what was found damaged in `damaged`. `lock` keeps a collection of what nobody needs away from those who
/// are about to say that they need it.
public final class FolderBlobs: BlobStore {
    public let path: String
    public let limits: BlobLimits
    let environment: Environment
    /// Who takes which content in, as far as this process does.
    private let receptions = Mutex<[BlobHash: WeakReception]>([:])

    public init(_ path: String, limits: BlobLimits = BlobLimits(), environment: Environment = .system) {
        self.path = path
        self.limits = limits
        self.environment = environment
    }

    /// Those of the folder that this one is in, or of this one where it stands alone.
    var rights: FolderRights {
        FolderRights(of: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path)
    }

    var partialPath: String { path + "/partial" }
    var damagedPath: String { path + "/damaged" }

    func path(of hash: BlobHash) -> String { path + "/" + hash.hexadecimal }

    public func sizeBytes(of hash: BlobHash) throws -> UInt64? {
        FileFacts(path(of: hash), followsLinks: false).flatMap { $0.isRegular ? $0.sizeBytes : nil }
    }

    public func content(of hash: BlobHash) throws -> (any BlobContent)? { try FileBlob(path(of: hash)) }

    public func heldBytes(of hash: BlobHash) throws -> UInt64 {
        try sizeBytes(of: hash) == nil ? PartialFile.size(of: path(of: hash), in: partialPath) : 0
    }

    /// What is under way of a content, for one writer.
    public func partial(of hash: BlobHash) throws -> PartialFile {
        try makeFolders()
        return try PartialFile(for: path(of: hash), in: partialPath, rights: rights)
    }

    public func receive(_ hash: BlobHash, sizeBytes: UInt64, from offset: UInt64) throws -> any BlobReception
    {
        guard sizeBytes <= limits.maximumBytes else {
            throw BlobRefusal.tooLarge(limitBytes: limits.maximumBytes)
        }
        let held = try heldBytes(of: hash)
        guard offset <= held else { throw BlobRefusal.gap(heldBytes: held) }
        if held == 0 {
            try makeFolders()
            try sweepPartials(leaving: limits.maximumPartials - 1)
        }
        // Taken out first: the one before holds the file's lock.
        receptions.withLock { $0.removeValue(forKey: hash)?.reception }?.supersede()
        let file = try partial(of: hash)
        guard offset <= file.sizeBytes else { throw BlobRefusal.gap(heldBytes: file.sizeBytes) }
        let reception = FolderReception(of: hash, sizeBytes: sizeBytes, from: offset, into: file, of: self)
        receptions.withLock { receptions in
            if receptions.count > 256 { receptions = receptions.filter { $0.value.reception != nil } }
            receptions[hash] = WeakReception(reception: reception)
        }
        return reception
    }

    public func hashes(after last: BlobHash?, limit: Int) throws -> [BlobHash] {
        let found = FolderListing.names(in: path).compactMap { BlobHash(text: $0) }.sorted()
        return Array(found.drop { hash in last.map { hash <= $0 } ?? false }.prefix(limit))
    }

    public func remove(_ hash: BlobHash) throws {
        if unlink(path(of: hash)) != 0, errno != ENOENT {
            throw StorageError.file(path(of: hash), "cannot be removed", errno)
        }
    }

    func makeFolders() throws(StorageError) {
        for folder in [path, partialPath] where !rights.makeFolder(folder) {
            throw .file(folder, "cannot be written", errno)
        }
    }

    public func totalBytes() throws -> UInt64 {
        var total: UInt64 = 0
        for folder in [path, partialPath] {
            for name in FolderListing.names(in: folder) {
                guard let facts = FileFacts(folder + "/" + name, followsLinks: false), facts.isRegular else {
                    continue
                }
                total += facts.sizeBytes
            }
        }
        return total
    }
}

private struct WeakReception {
    weak var reception: FolderReception?
}

/// A content in a file.
final class FileBlob: BlobContent {
    let sizeBytes: UInt64
    private let file: Int32
    private let path: String

    /// Nil where there is no such file. A link is none: it could lead to any file of this machine.
    init?(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0, let facts = FileFacts(descriptor), facts.isRegular else {
            let reason = errno
            if descriptor >= 0 { close(descriptor) }
            if descriptor < 0, reason != ENOENT, reason != ELOOP, reason != ENOTDIR {
                throw .file(path, "cannot be read", reason)
            }
            return nil
        }
        self.path = path
        file = descriptor
        sizeBytes = facts.sizeBytes
    }

    deinit { close(file) }

    var descriptor: Int32? { file }

    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        let (left, isBehind) = sizeBytes.subtractingReportingOverflow(offset)
        if isBehind { return [] }
        return try FileContent.read(
            descriptor: file, at: offset, count: Int(min(UInt64(count), left)), path: path)
    }

    func hash() throws(StorageError) -> BlobHash {
        try FileContent.hash(descriptor: file, sizeBytes: sizeBytes, path: path)
    }
}

/// What is in a folder.
enum FolderListing {
    /// In no order; none where there is no such folder.
    static func names(in path: String) -> [String] {
        guard let listing = opendir(path) else { return [] }
        defer { closedir(listing) }
        var found: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { found.append(name) }
        }
        return found
    }
}
