internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

extension Archive {
    /// Exchanges what changed with a mirror, both ways, until both hold the same or neither has anything for the other.
    ///
    ///     let report = try await archive.sync(with: .named("office")) { print($0.completedBytes) }
    ///     print(report.isInSync ? "in sync" : "sync again")
    ///
    /// What was exchanged until an error, or until the task is cancelled, is kept on both sides, and the next exchange goes
    /// on from there. With a folder, which is this machine's own, a cancelled exchange ends by itself.
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
                try stores.with { try exchange($0, with: remote, options, cancellation, progress) })
        } catch let error as RemoteIsGone {
            return .failure(
                QuipuError(
                    .init(rawValue: "no-such-archive"),
                    "there is no archive at \(error.location) any more; nothing was sent"))
        } catch {
            return .failure(
                cancellation.isCancelled
                    ? QuipuError(.cancelled, "the exchange was cancelled") : QuipuError(error))
        }
    }

    private func exchange(
        _ store: Store, with remote: Remote.Choice, _ options: SyncOptions, _ cancellation: Cancellation,
        _ progress: (SyncProgress) -> Void
    ) throws -> SyncReport {
        let place = try place(remote, of: store)
        try place.requireElsewhere(than: store.folder)
        let transport = try place.transport(
            archiveName: name, by: try LinkSettings(options), own: store.folder)
        if let transport = transport as? HTTPTransport { cancellation.onCancel(transport.cancel) }
        if cancellation.isCancelled { throw QuipuError(.cancelled, "the exchange was cancelled") }
        let (report, merged) = try place.syncAndMerge(
            store, over: transport, acceptingDeletions: options.acceptsDeletions, author: { author },
            progress: { progress(SyncProgress($0)) })
        let files =
            try options.isRecordsOnly
            ? nil
            : place.exchangeAttachments(of: store, over: transport, maySend: report.refusal == nil) { _ in }
        return SyncReport(
            report, files: files, mergedTexts: merged, openConflicts: try store.openConflicts)
    }

    private func place(_ remote: Remote.Choice, of store: Store) throws -> RemotePlace {
        switch remote {
        case .usual: try RemotePlace(nil, of: store)
        case .named(let name):
            // Never a folder that happens to have that name.
            try RemotePlace(try store.remotes.named(name).name, of: store)
        case .at(let location): try RemotePlace(at: location, of: store)
        }
    }
}
