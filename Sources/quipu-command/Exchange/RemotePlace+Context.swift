internal import Glibc
internal import Quipu
internal import QuipuHosting
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// What the command adds: the token and the timeout of the environment, and sentences where it waits.
extension RemotePlace {
    /// What is shown there: what is kept, and before that the token of the environment.
    func access(in context: Context) throws(UsageError) -> RemoteAccess {
        self.access(showing: try TokenInput.variable(in: context)?.text)
    }

    /// - Throws: `UsageError` for what is no URL and no path here: most likely the name of a server.
    static func requirePlace(_ word: String) throws(UsageError) {
        let isPath =
            word.hasPrefix("/") || word.hasPrefix("./") || word.hasPrefix("../")
            || Glibc.access(word, F_OK) == 0
        guard !isPath, !ArchiveURL.isURL(word) else { return }
        throw UsageError(
            "'\(word)' is no URL, and there is no such folder here",
            hint:
                "a server: https://\(word.isEmpty ? "HOST" : word)/NAME; a folder that is not there yet: ./\(word)"
        )
    }

    /// - Parameters:
    ///   - archiveName: what to ask a server for whose URL does not say.
    ///   - takesUnchecked: nothing will be taken over that does not prove itself, so that a path that was never met
    ///     need not be sound.
    ///   - own: the archive that is exchanged, so that a server of the same one says so at the first meeting.
    ///   - waits: where a server asks to come later.
    func transport(
        archiveName: String, in context: Context, own: ArchiveFolder? = nil, takesUnchecked: Bool = false,
        waits: Bool = true
    ) throws -> any Transport {
        var link = LinkSettings()
        link.environment = context.environment
        if ArchiveURL.isURL(location) {
            link.token = try TokenInput.variable(in: context)?.text
            link.timeoutSeconds = try context.linkTimeoutSeconds()
        }
        if !waits { link.retryPolicy.maximumSeconds = 0 }
        link.retryPolicy.onWait = { seconds, reason in
            context.output.warn("\(reason); trying again in \(counted(seconds, "second"))")
        }
        return try transport(archiveName: archiveName, by: link, own: own, takesUnchecked: takesUnchecked)
    }

    /// Exchanges to the end, and shows how far it is.
    func sync(_ store: Store, over transport: any Transport, in context: Context) throws -> (
        QuipuReplication.SyncReport, Agreement?
    ) {
        try showingProgress(in: context) { try sync(store, over: transport, progress: $0) }
    }

    /// The same, with what the policy of collections merges.
    func syncAndMerge(
        _ store: Store, over transport: any Transport, acceptingDeletions: Bool, in context: Context
    ) throws -> (QuipuReplication.SyncReport, merged: Int) {
        try showingProgress(in: context) {
            try syncAndMerge(
                store, over: transport, acceptingDeletions: acceptingDeletions,
                author: { try context.author() }, progress: $0)
        }
    }

    private func showingProgress<Result>(
        in context: Context, _ body: ((QuipuReplication.SyncReport) -> Void) throws -> Result
    ) throws -> Result {
        let progress = context.output.progressLine()
        defer { progress.clear() }
        do {
            return try body { report in
                progress.show("sent \(report.sent), received \(counted(report.received, "change"))…")
            }
        } catch let gone as RemoteIsGone {
            let time =
                gone.syncedAtMilliseconds.map {
                    ", and this one was in step with it at \(Timestamp.rfc3339(milliseconds: $0))"
                } ?? ""
            throw ReplicationError(
                .noSuchArchive, "there is no archive at \(gone.location) any more\(time)",
                hint:
                    "nothing was sent; was it renamed, or is another disk in use there? To make it there anew: "
                    + "quipu sync \(title) --make")
        }
    }

    func blobPeer(over transport: any Transport, in context: Context) throws -> any BlobPeer {
        try blobPeer(over: transport, environment: context.environment)
    }

    /// Brings files to the other side and here, after the records. Nil where there was nothing to ask for.
    func exchangeAttachments(
        of store: Store, over transport: any Transport, maySend: Bool = true, in context: Context
    ) throws -> BlobReport? {
        let progress = context.output.progressLine()
        defer { progress.clear() }
        return try exchangeAttachments(of: store, over: transport, maySend: maySend) { what in
            let done = BlobProgressText.of(what.bytes, of: what.of)
            progress.show("\(what.isSending ? "sent" : "fetched") \(done) of an attachment…")
        }
    }
}
