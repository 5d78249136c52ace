internal import Glibc
public import QuipuCausality
internal import QuipuFiles

extension FolderBlobs {
    /// How long a copy is under way in one breath.
    private static let blockBytes = 256 << 10

    /// Takes a copy of a file in. The file may change meanwhile: what was read is what is named and kept.
    ///
    /// The caller holds a lease until a record says that the content is needed.
    ///
    /// - Returns: the content's name and its size.
    /// - Throws: `StorageError`: `noSuchFile`, `unreadable`; `wrongType` for what is no plain file, `tooLarge`; `diskFull`,
    ///   `readOnly`. What `progress` throws. Nothing is kept then.
    public func add(
        fileAt source: String, progress: (_ bytes: UInt64) throws -> Void = { _ in }
    ) throws -> (hash: BlobHash, sizeBytes: UInt64) {
        let descriptor = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw StorageError.source(source, errno) }
        defer { close(descriptor) }
        guard FileFacts(descriptor)?.isRegular == true else {
            throw StorageError(
                .wrongType, "this is not a file that can be attached: \(source)", hint: "give a plain file")
        }
        return try add(named: source, progress: progress) { offset in
            try FileContent.read(descriptor: descriptor, at: offset, count: Self.blockBytes, path: source)
        }
    }

    /// The same with a content that comes in blocks.
    ///
    /// - Parameters:
    ///   - name: what messages call it.
    ///   - block: returns the bytes after the number of bytes that it is given; none at the end.
    public func add(
        named name: String, progress: (_ bytes: UInt64) throws -> Void = { _ in },
        block: (_ offset: UInt64) throws -> [UInt8]
    ) throws -> (hash: BlobHash, sizeBytes: UInt64) {
        try makeFolders()
        let partial = "new-" + Hexadecimal.text(environment.randomBytes(8))
        let file = try PartialFile(for: path + "/" + partial, in: partialPath, rights: rights)
        do {
            let hash = try fill(file, name, progress, block)
            try file.commit(as: path(of: hash))
            return (hash, file.sizeBytes)
        } catch {
            file.discard()
            throw error
        }
    }

    private func fill(
        _ file: PartialFile, _ source: String, _ progress: (UInt64) throws -> Void,
        _ next: (_ offset: UInt64) throws -> [UInt8]
    ) throws -> BlobHash {
        var hash = SHA256()
        while true {
            let block = try next(file.sizeBytes)
            if block.isEmpty { return hash.finish() }
            guard file.sizeBytes + UInt64(block.count) <= limits.maximumBytes else {
                throw StorageError(
                    .tooLarge, "the file is larger than \(limits.maximumBytes >> 20) MiB: \(source)",
                    remedy: Remedy(.keepElsewhere))
            }
            block.withUnsafeBytes { hash.update($0) }
            try append(block, to: file)
            try progress(file.sizeBytes)
        }
    }

    private func append(_ block: [UInt8], to file: PartialFile) throws(StorageError) {
        var failure: StorageError?
        block.withUnsafeBytes { bytes in
            do throws(StorageError) { try file.append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Takes a copy of a content in from elsewhere; goes on where an earlier one was stopped. The copy is checked
    /// before it is here.
    ///
    /// - Returns: how many bytes were copied.
    @discardableResult
    public func add(
        _ hash: BlobHash, from content: any BlobContent, progress: (_ bytes: UInt64) throws -> Void = { _ in }
    ) throws -> UInt64 {
        let start = try heldBytes(of: hash)
        let reception = try receive(hash, sizeBytes: content.sizeBytes, from: min(start, content.sizeBytes))
        var offset = min(start, content.sizeBytes)
        while offset < content.sizeBytes {
            let block = try content.read(at: offset, count: Self.blockBytes)
            guard !block.isEmpty else { throw BlobRefusal.wrongContent }
            try block.withUnsafeBytes { try reception.append($0) }
            offset += UInt64(block.count)
            try progress(offset)
        }
        if try reception.finish() > 0 { throw BlobRefusal.wrongContent }
        return content.sizeBytes - min(start, content.sizeBytes)
    }
}

/// Who puts a content in place and then says in a record that it is needed, holds a lease meanwhile; who removes what
/// no record needs, holds all of it. So the one never happens in the middle of the other, in whatever processes.
extension FolderBlobs {
    /// Runs `body` while nothing is collected.
    public func withLease<Result>(_ body: () throws -> Result) throws -> Result {
        let descriptor = try lockFile()
        defer { close(descriptor) }
        while flock(descriptor, LOCK_SH) != 0 && errno == EINTR {}
        return try body()
    }

    /// Runs `body` if there is no lease; nil if there is one.
    func collecting<Result>(_ body: () throws -> Result) throws -> Result? {
        let descriptor = try lockFile()
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        return try body()
    }

    private func lockFile() throws(StorageError) -> Int32 {
        try makeFolders()
        let descriptor = open(
            path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(rights.fileMode))
        guard descriptor >= 0 else { throw .file(path + "/lock", "cannot be written", errno) }
        rights.settle(descriptor)
        return descriptor
    }
}
