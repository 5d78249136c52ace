internal import Glibc
internal import QuipuCausality
internal import QuipuFiles
internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuStorage
internal import Synchronization

/// Snapshots of archives, for first clones, each in a folder beside its archive. A snapshot is immutable, so an
/// interrupted download can resume. It is served as long as little has been added since, and kept until it was not
/// requested for a week.
final class SnapshotCache: Sendable {
    /// Older ones are removed first.
    static let maximumCopies = 3
    static let keptMilliseconds: Int64 = 7 * 24 * 3_600_000

    private let environment: Environment
    /// One at a time: each uses all of the machine.
    private let making = Mutex(())

    init(environment: Environment = .system) { self.environment = environment }

    /// The content for a GET or HEAD of an archive's snapshot.
    ///
    func content(for head: HTTPRequestHead, from archive: any HostedArchive) throws -> ImmutableContent {
        let position = try archive.withStore { try $0.position }
        return try content(for: head, of: archive.folder, at: position)
    }

    /// - Parameters:
    ///   - folder: the archive's folder.
    ///   - position: the position of its log. The snapshot holds almost all of it.
    func content(
        for head: HTTPRequestHead, of folder: ArchiveFolder, at position: Int64
    ) throws -> ImmutableContent {
        let now = environment.nowMilliseconds()
        removeStale(in: folder, atMilliseconds: now)
        // A client with a partial download gets the same snapshot, even if there is a newer one.
        if let asked = head.headers["If-Range"],
            let copy = copies(in: folder).first(where: { $0.isNamed(asked) }),
            let content = content(of: copy, atMilliseconds: now)
        {
            return content
        }
        if let copy = fresh(in: folder, at: position), let content = content(of: copy, atMilliseconds: now) {
            return content
        }
        return try making.withLock { _ in
            let copy = try fresh(in: folder, at: position) ?? make(from: folder)
            guard let content = content(of: copy, atMilliseconds: now) else {
                throw StorageError(
                    .inputOutput, "a snapshot is not readable: \(copy.path)", hint: "check the disk")
            }
            return content
        }
    }

    private func fresh(in folder: ArchiveFolder, at position: Int64) -> Copy? {
        copies(in: folder).first { $0.isFresh(at: position) }
    }

    /// Over its own connection: other users of the archive are not blocked.
    private func make(from folder: ArchiveFolder) throws -> Copy {
        folder.rights.makeFolder(folder.snapshotsPath)
        let store = try Store(opening: folder, mode: .readOnly, environment: environment)
        // Transactions written between the two are in the snapshot, and are fetched once more at most.
        let copy = Copy(
            folder: folder, position: try store.position, tag: Hexadecimal.text(environment.randomBytes(16)))
        try SnapshotFile.write(store, to: copy.path)
        folder.rights.settle(path: copy.path)
        return copy
    }

    private func content(of copy: Copy, atMilliseconds now: Int64) -> ImmutableContent? {
        guard let file = OpenFile(path: copy.path) else { return nil }
        copy.touch(atMilliseconds: now)
        return ImmutableContent(
            file, tag: copy.tag,
            headers: [("Content-Type", SnapshotFile.mediaType), ("Cache-Control", "private, no-transform")])
    }

    private func removeStale(in folder: ArchiveFolder, atMilliseconds now: Int64) {
        let byUse = copies(in: folder).sorted { $0.usedMilliseconds > $1.usedMilliseconds }
        for (index, copy) in byUse.enumerated()
        where index >= Self.maximumCopies || copy.usedMilliseconds < now - Self.keptMilliseconds {
            unlink(copy.path)
        }
    }

    /// The newest first.
    private func copies(in folder: ArchiveFolder) -> [Copy] {
        folder.snapshotNames().compactMap { Copy(named: $0, in: folder) }
            .sorted { $0.position > $1.position }
    }
}

/// A file `POSITION-TAG.zst`; its modification time is its last use.
private struct Copy {
    let path: String
    let position: Int64
    let tag: String

    init(folder: ArchiveFolder, position: Int64, tag: String) {
        path = "\(folder.snapshotsPath)/\(position)-\(tag).zst"
        self.position = position
        self.tag = tag
    }

    init?(named name: String, in folder: ArchiveFolder) {
        guard name.hasSuffix(".zst") else { return nil }
        let parts = name.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int64(parts[0]), parts[1].count == 32 else { return nil }
        self.init(folder: folder, position: position, tag: String(parts[1]))
    }

    func isNamed(_ entityTag: String) -> Bool { entityTag == "\"\(tag)\"" }

    /// The rest is sent as transactions: a sixteenth of the log costs less than a new snapshot.
    func isFresh(at position: Int64) -> Bool {
        self.position <= position && position - self.position <= max(64, self.position / 16)
    }

    var usedMilliseconds: Int64 {
        FileFacts(path).map { $0.modifiedSeconds * 1_000 + $0.modifiedNanoseconds / 1_000_000 } ?? 0
    }

    func touch(atMilliseconds now: Int64) {
        let time = timespec(tv_sec: Int(now / 1_000), tv_nsec: Int(now % 1_000) * 1_000_000)
        _ = utimensat(AT_FDCWD, path, [time, time], 0)
    }
}
