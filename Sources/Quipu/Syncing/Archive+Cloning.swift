internal import QuipuCausality
internal import QuipuFiles
internal import QuipuReplication
internal import QuipuStorage

extension Archive {
    /// Makes a mirror of an archive on a server or in another folder, with the remote `origin`. If it was cut, the same
    /// call resumes it.
    ///
    ///     let archive = try await Archive.clone("https://quipu.example/press", to: "press", as: "Ana Ruiz")
    ///
    /// - Parameters:
    ///   - location: a URL, or the path of a folder.
    ///   - path: the folder that the mirror is made in; it may not hold another archive.
    ///   - options: `token` is sent to a server, and not remembered. A clone has no `maximumBytes`.
    ///   - snapshotProgress: receives how much of the server's snapshot has arrived, and its size if that is known, on another
    ///     thread. What is newer than the snapshot, or everything where a server has none, comes with the exchange after it.
    ///   - progress: is called after each message of the exchange, on another thread.
    /// - Throws: `badOption` for a limit of bytes; `notAnArchive` for a file, as a backup, which `restore` takes;
    ///   `noArchive`, `archiveExists`, `unreachable`, `connectionCut`, `unauthorized`, `diskFull`, `cancelled`. What arrived is kept.
    public static func clone(
        _ location: String, to path: String, as author: String, options: SyncOptions = SyncOptions(),
        snapshotProgress: @escaping @Sendable (_ bytes: UInt64, _ totalBytes: UInt64?) -> Void = { _, _ in },
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> Archive {
        let archive = try await cancellableCall("the clone") { cancellation in
            let author = try checked(author)
            try GivenText.check(path: location, of: "what is cloned")
            try GivenText.check(path: path, of: "a clone")
            try Clone.requireNoLimit(options)
            var request = CloneRequest()
            request.onBytes = snapshotProgress
            let clone = try Clone(of: location, link: options.link, in: .system, cancellation: cancellation)
            do {
                let folder = try clone.begin(in: path, request).store.folder
                return try Archive(Store(opening: folder), author: author)
            } catch {
                // The connection that the cancellation cut is what failed.
                try cancellation.check()
                throw error
            }
        }
        _ = try await archive.sync(with: .named("origin"), options: options, progress: progress)
        return archive
    }

    /// Makes a mirror from a request: stores the server's settings, and reports progress.
    ///
    /// - Parameters:
    ///   - location: a URL, or the path of a folder.
    ///   - path: the folder that the mirror is made in; nil for one in the current folder, named as the archive.
    /// - Throws: `QuipuError`, and what `request` throws. What has arrived is kept.
    package static func clone(
        _ location: String, to path: String?, _ request: CloneRequest, in environment: ArchiveEnvironment
    ) throws -> CloneReport {
        try QuipuError.relaying {
            try Clone(of: location, link: request.options.link, in: environment.stored)
                .run(in: path, request)
        }
    }

    /// Makes an archive from a file that `backUp` wrote, with the files of attachments beside it. It has no remote, since a backup
    /// is not a mirror, and writes under a name of its own: it may be used beside the archive that was backed up.
    ///
    ///     let archive = try Archive.restore(backup: "/media/stick/press.quipu", to: "press", as: "Ana Ruiz")
    ///
    /// - Parameter path: the folder that the archive is made in; it may not hold one.
    /// - Throws: `noSuchFile`; `notAnArchive` and `damaged` for a file that is no sound backup; `archiveExists`, `badName`,
    ///   `diskFull`, `readOnly`.
    public static func restore(
        backup file: String, to path: String, as author: String
    ) throws(QuipuError) -> Archive {
        try QuipuError.presenting { try restore(file, path, author, check: {}) }
    }

    /// The same on a thread of its own, until the task is cancelled. The records are copied to the end; a restore that is
    /// cancelled while the files of attachments are copied leaves an archive without the others: remove its folder, and restore again.
    ///
    ///     let archive = try await Archive.restore(backup: "press.quipu", to: "press", as: "Ana Ruiz")
    ///
    /// - Throws: also `cancelled`.
    public static func restore(
        backup file: String, to path: String, as author: String
    ) async throws(QuipuError) -> Archive {
        try await cancellableCall("the restore") { cancellation in
            try restore(file, path, author, check: cancellation.check)
        }
    }

    private static func restore(
        _ file: String, _ path: String, _ author: String, check: () throws -> Void
    ) throws -> Archive {
        let author = try checked(author)
        try GivenText.check(path: file, of: "a backup")
        try GivenText.check(path: path, of: "an archive")
        guard FileFacts(file) != nil else {
            throw QuipuError(.noSuchFile, "there is no file \(file)", hint: "check the path of the backup")
        }
        let store = try Store.create(in: path, copyOf: file, environment: .system)
        let folder = store.folder
        _ = try AttachmentBackup(of: store).restore(from: file, check: check)
        return try Archive(Store(opening: folder), author: author)
    }

    /// Makes an archive from a backup. It has no remote: a backup is not a mirror.
    ///
    /// - Parameter path: the folder that it is made in; nil for one in the current folder, named as the file.
    package static func clone(
        backup file: String, to path: String?, isShared: Bool, in environment: ArchiveEnvironment
    ) throws -> (CloneReport, AttachmentBackup.Outcome) {
        try QuipuError.relaying {
            let last = file.split(separator: "/").last.map(String.init) ?? ""
            let name = last.split(separator: ".").first.map(String.init) ?? last
            let path = path ?? ArchiveName.from(name)
            if isShared { try ArchiveFolder.prepare(in: path, isShared: true) }
            let store = try Store.create(in: path, copyOf: file, environment: environment.stored)
            let files = try AttachmentBackup(of: store).restore(from: file)
            return (
                try CloneReport(
                    of: store, from: file, received: nil, isInSync: false, files: FileReport(.init())),
                files
            )
        }
    }
}

/// How a mirror is made.
package struct CloneRequest {
    package var options = SyncOptions()
    /// For the group that the folder belongs to.
    package var isShared = false
    /// A file of certificates, PEM, by which the server's is vouched for; remembered.
    package var certificateFile: String?
    /// Returns a token to remember for a server, whose address it receives; nil for none.
    package var askForToken: ((_ address: String) throws -> String)?
    /// How much of the server's snapshot has arrived.
    package var onBytes: (_ received: UInt64, _ total: UInt64?) -> Void = { _, _ in }
    /// The snapshot is damaged, so everything is fetched by the exchange.
    package var onUnsoundCopy: (any Error) -> Void = { _ in }
    /// The connection failed before there was an archive; what has arrived is kept for the next attempt.
    package var onBrokenLink: () -> Void = {}
    /// The exchange failed; the archive is in this folder, and can be synced.
    package var onBrokenExchange: (_ path: String) -> Void = { _ in }
    /// The archive is in this folder; the exchange begins.
    package var onArchive: (_ path: String) -> Void = { _ in }
    package var progress: (SyncProgress) -> Void = { _ in }

    package init() {}
}

/// A mirror that was made.
package struct CloneReport: Sendable {
    package let identifier: String
    /// The name that it writes under.
    package let replica: String
    package let path: String
    /// Where it came from.
    package let location: String
    /// The number of its records, without deleted ones.
    package let recordCount: Int
    /// How many came.
    package let receivedCount: Int
    package let isInSync: Bool
    package let files: FileReport

    /// - Parameter received: nil where everything came as a whole.
    init(
        of store: Store, from location: String, received: Int?, isInSync: Bool, files: FileReport
    ) throws {
        identifier = store.id.hexadecimal
        replica = try store.origin.hexadecimal
        path = store.folder.workPath
        self.location = location
        recordCount = try store.recordCounts().reduce(0) { $0 + $1.count }
        receivedCount = received ?? recordCount
        self.isInSync = isInSync
        self.files = files
    }
}
