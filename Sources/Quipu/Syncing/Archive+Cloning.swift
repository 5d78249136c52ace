internal import QuipuCausality
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
    ///   - options: `token` is sent to a server, and not remembered.
    /// - Throws: `noArchive`, `archiveExists`, `unreachable`, `connectionCut`, `unauthorized`, `diskFull`. What arrived
    ///   is kept.
    public static func clone(
        _ location: String, to path: String, as author: String, options: SyncOptions = SyncOptions(),
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> Archive {
        let outcome: Result<Archive, QuipuError> = await onOwnThread {
            do {
                let author = try checked(author)
                try GivenText.check(path: location, of: "what is cloned")
                try GivenText.check(path: path, of: "a clone")
                let folder = try Clone(of: location, link: options.link, in: .system)
                    .begin(in: path, CloneRequest()).store.folder
                return .success(try Archive(Store(opening: folder), author: author))
            } catch {
                return .failure(QuipuError(error))
            }
        }
        let archive = try outcome.get()
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
