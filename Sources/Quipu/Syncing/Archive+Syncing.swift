internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

extension Archive {
    /// Exchanges changes with a mirror in both directions, until both hold the same or neither has more to send.
    ///
    ///     let report = try await archive.sync(with: .named("office")) { print($0.completedBytes) }
    ///     print(report.isInSync ? "in sync" : "sync again")
    ///
    /// What was exchanged before an error or a cancellation is kept on both sides, and the next exchange
    /// resumes there. With a folder on this machine, a cancelled exchange runs to its end.
    ///
    /// - Parameter progress: is called after each message, on another thread.
    /// - Throws: `unknownRemote`, `unreachable`, `connectionCut`, `unauthorized`, `massDeletion`, `cancelled`.
    public func sync(
        with remote: Remote.Choice = .usual, options: SyncOptions = SyncOptions(),
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws(QuipuError) -> SyncReport {
        let cancellation = Cancellation()
        let outcome: Result<SyncReport, QuipuError> = await withTaskCancellationHandler {
            await onOwnThread {
                self.outcome(of: remote, options, cancellation, progress)
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try outcome.get()
    }

    /// The same on this thread.
    ///
    ///     let report = try archive.sync(with: .at("/media/stick/press"))
    public func sync(
        with remote: Remote.Choice = .usual, options: SyncOptions = SyncOptions(),
        progress: (SyncProgress) -> Void = { _ in }
    ) throws(QuipuError) -> SyncReport {
        try outcome(of: remote, options, Cancellation(), progress).get()
    }

    private func outcome(
        of remote: Remote.Choice, _ options: SyncOptions, _ cancellation: Cancellation,
        _ progress: (SyncProgress) -> Void
    ) -> Result<SyncReport, QuipuError> {
        do {
            return .success(
                try stores.with { store in
                    try exchange(
                        store, with: try place(remote, of: store, options.link), options, cancellation,
                        author: { author },
                        progress)
                })
        } catch {
            return .failure(
                cancellation.isCancelled
                    ? QuipuError(.cancelled, "the exchange was cancelled") : QuipuError(error))
        }
    }

    /// Exchanges with what a person names.
    ///
    /// - Parameters:
    ///   - word: the name of a remote, a URL or a path; nil for the only remote, or the one named `origin`.
    ///   - author: the author of merges; called if there are any.
    /// - Throws: `RemoteIsGone`, `QuipuError`; what `author` throws.
    package func sync(
        with word: String?, options: SyncOptions, author: () throws -> String,
        progress: (SyncProgress) -> Void
    ) throws -> SyncReport {
        try QuipuError.relaying {
            try stores.with { store in
                let place = try RemotePlace(word, of: store, isInsecure: options.link.allowsPlainHTTP)
                return try exchange(store, with: place, options, Cancellation(), author: author, progress)
            }
        }
    }

    private func exchange(
        _ store: Store, with place: RemotePlace, _ options: SyncOptions, _ cancellation: Cancellation,
        author: () throws -> String, _ progress: (SyncProgress) -> Void
    ) throws -> SyncReport {
        let place = try place.prepared(by: options, of: store)
        let transport = try place.transport(for: store, by: options.link, own: store.folder)
        if let transport = transport as? HTTPTransport { cancellation.onCancel(transport.cancel) }
        if cancellation.isCancelled { throw QuipuError(.cancelled, "the exchange was cancelled") }
        return try place.run(options, of: store, over: transport, author: author, progress: progress).report
    }

    func place(_ remote: Remote.Choice, of store: Store, _ link: LinkOptions) throws -> RemotePlace {
        let isInsecure = link.allowsPlainHTTP
        return switch remote {
        case .usual: try RemotePlace(nil, of: store, isInsecure: isInsecure)
        case .named(let name):
            // Never a folder that happens to have that name.
            try RemotePlace(try store.remotes.named(name).name, of: store, isInsecure: isInsecure)
        case .at(let location): try RemotePlace(at: location, of: store, isInsecure: isInsecure)
        }
    }
}

extension RemotePlace {
    /// The same place, with what options say of it remembered.
    ///
    /// - Throws: `ReplicationError.sameArchive`.
    func prepared(by options: SyncOptions, of store: Store) throws -> RemotePlace {
        try requireElsewhere(than: store.folder)
        guard let name else { return self }
        if options.link.allowsPlainHTTP { try store.remotes.noteInsecure(remote: name) }
        guard options.remakes else { return self }
        try store.remotes.forgetAgreement(remote: name)
        return try remembered(by: store)
    }

    /// Exchanges, merges what the policy says, and brings the files of attachments.
    ///
    /// - Parameter isBrief: records alone.
    /// - Returns: with the report, the hash of what both sides held in the end; nil where they did not hold the same.
    func run(
        _ options: SyncOptions, of store: Store, over transport: any Transport, isBrief: Bool = false,
        author: () throws -> String, progress: (SyncProgress) -> Void
    ) throws -> (report: SyncReport, knowledgeHash: UInt128?) {
        guard options.maximumBytes.map({ $0 > 0 }) ?? true else {
            throw QuipuError(.badOption, "an exchange may cost one byte at least, or has no limit")
        }
        let (report, merged) = try syncAndMerge(
            store, over: transport, acceptingDeletions: options.acceptsDeletions,
            maximumBytes: options.maximumBytes, author: author, progress: { progress(SyncProgress($0)) })
        // Remembered only now: a collection may have come just before.
        try options.fetches?.remember(for: store)
        let files =
            try options.isRecordsOnly || isBrief || report.leftOver != nil
            ? nil
            : exchangeAttachments(
                of: store, over: transport, maySend: report.refusal == nil,
                maximumBytes: options.maximumBytes.map { $0 - report.bytesSent - report.bytesReceived }
            ) {
                progress(SyncProgress($0, after: report))
            }
        return (
            try SyncReport(
                report, with: title, files: files, mergedTexts: merged, of: store, isBrief: isBrief),
            report.knowledgeHash
        )
    }
}
