internal import QuipuReplication
internal import QuipuStorage

extension Archive {
    /// Exchanges changes once with a machine that shares this archive (`Share`). Nothing is remembered of it.
    ///
    ///     let report = try archive.sync(
    ///         withShareAt: ShareAddress("192.168.43.17"), code: ShareCode("9ww7-yk3p-ya51-w"))
    ///
    /// - Throws: `wrongFingerprint` if what answers there does not have the code; `shareExpired`, `shareTaken`,
    ///   `shareEnded`; `unreachable`; `other-archive`; as other exchanges.
    public func sync(
        withShareAt address: ShareAddress, code: ShareCode, options: SyncOptions = SyncOptions(),
        progress: (SyncProgress) -> Void = { _ in }
    ) throws(QuipuError) -> SyncReport {
        try QuipuError.presenting {
            try sync(
                withShareAt: address, code: code, options: options, author: { author }, progress: progress)
        }
    }

    /// - Parameter author: the author of merges; called if there are any.
    /// - Throws: `QuipuError`; what `author` throws.
    package func sync(
        withShareAt address: ShareAddress, code: ShareCode, options: SyncOptions, author: () throws -> String,
        progress: (SyncProgress) -> Void
    ) throws -> SyncReport {
        try QuipuError.relaying {
            try SharePlace.explaining(address) {
                let share = try SharePlace(at: address, code: code, link: options.link)
                return try stores.with { store in
                    try share.require(store.id)
                    let place = share.place(forReplicaIn: store.folder.workPath)
                    let transport = try place.transport(for: store, by: share.link, own: store.folder)
                    return try place.run(
                        options, of: store, over: transport, author: author, progress: progress
                    )
                    .report
                }
            }
        }
    }

    /// Makes a mirror of an archive that another machine shares. It has no remote.
    ///
    /// - Parameter path: the folder that the mirror is made in; it may not hold another archive.
    /// - Throws: as `sync(withShareAt:)`; `archiveExists`.
    public static func clone(
        shareAt address: ShareAddress, code: ShareCode, to path: String, as author: String,
        options: SyncOptions = SyncOptions(), progress: @escaping (SyncProgress) -> Void = { _ in }
    ) throws(QuipuError) -> Archive {
        try QuipuError.presenting {
            let author = try checked(author)
            var request = CloneRequest()
            request.options = options
            request.progress = progress
            let report = try clone(shareAt: address, code: code, to: path, request, in: .system)
            return try open(at: report.path, as: author)
        }
    }

    /// - Parameter path: nil for a folder in the current one, named as the archive.
    package static func clone(
        shareAt address: ShareAddress, code: ShareCode, to path: String?, _ request: CloneRequest,
        in environment: ArchiveEnvironment
    ) throws -> CloneReport {
        try QuipuError.relaying {
            try SharePlace.explaining(address) {
                let share = try SharePlace(at: address, code: code, link: request.options.link)
                return try Clone(of: share, in: environment.stored).run(in: path, request)
            }
        }
    }
}
