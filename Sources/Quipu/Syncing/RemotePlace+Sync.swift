internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

extension RemotePlace {
    /// Exchanges to the end, and remembers what the link bears when the place is a remote with a name.
    ///
    /// - Parameter progress: is told after each message.
    /// - Returns: what was agreed as well, which is for `note` to remember.
    /// - Throws: `RemoteIsGone`, and as `Synchronizer.run`; what was applied until then is kept.
    func sync(
        _ store: Store, over transport: any Transport, acceptingDeletions: Bool = false,
        maximumBytes: Int? = nil, progress: (QuipuReplication.SyncReport) -> Void
    ) throws -> (QuipuReplication.SyncReport, Agreement?) {
        var options = Synchronizer.Options()
        options.acceptsDeletions = acceptingDeletions
        options.maximumBytes = maximumBytes
        if let messageBytes {
            options.isLinkSlow = messageBytes < options.firstBudgetBytes
            options.firstBudgetBytes = messageBytes
        }
        var borne: Int?
        var noted = messageBytes
        defer {
            // A link that cuts is met with small pieces next time; what fails here fails the sync itself as well.
            if let name, let borne, borne != noted { try? store.remotes.notePieceBytes(borne, remote: name) }
        }
        let synchronizer = Synchronizer(store, over: transport, options: options)
        var report: QuipuReplication.SyncReport
        let agreed: Agreement?
        do {
            (report, agreed) = try synchronizer.run(agreement: agreement) { report in
                // At once if it is less: the exchange may end here.
                if let name, let bytes = report.messageBytes, bytes < noted ?? .max {
                    if (try? store.remotes.notePieceBytes(bytes, remote: name)) != nil { noted = bytes }
                }
                borne = report.messageBytes
                progress(report)
            }
        } catch let error as ReplicationError where error.code == .noSuchArchive && agreement != nil {
            throw RemoteIsGone(
                location: location, remote: title,
                syncedAtMilliseconds: try store.remotes.all().first { $0.name == name }?.syncedAtMilliseconds)
        }
        report.knowledgeHash = agreed?.vectorHash
        if let name { try store.clock.noteDifference(report.clockDifference, remote: name) }
        if let name, report.leftOver != nil { try store.texts.noteSource(remote: name) }
        // Only for forecasts.
        if let name, let pace = report.bytesPerSecond { try? store.remotes.noteLinkSpeed(pace, remote: name) }
        return (report, agreed)
    }

    /// Remembers what was agreed, where the place is a remote with a name.
    func note(_ agreed: Agreement?, of store: Store) throws {
        if let name, let agreed { try store.remotes.noteAgreement(agreed, remote: name) }
    }

    /// Exchanges, merges what the policy says, sends that too, and remembers what was agreed.
    ///
    /// - Parameter author: of merges.
    /// - Returns: with the report, how many texts were merged.
    /// - Throws: as `sync`.
    func syncAndMerge(
        _ store: Store, over transport: any Transport, acceptingDeletions: Bool = false,
        maximumBytes: Int? = nil, author: () throws -> String, progress: (QuipuReplication.SyncReport) -> Void
    ) throws -> (QuipuReplication.SyncReport, merged: Int) {
        // A text that was awaited may make a merge possible, and comes without an entry in the log.
        let lackedTexts = try store.texts.missingCount > 0
        func exchange(_ place: RemotePlace, looksAgain: Bool, maximumBytes: Int?) throws -> (
            QuipuReplication.SyncReport, merged: Int
        ) {
            let (report, agreed) = try place.sync(
                store, over: transport, acceptingDeletions: acceptingDeletions, maximumBytes: maximumBytes,
                progress: progress)
            var merged = 0
            // Where nothing can be sent, a merge would only be one more edit that stays here.
            if report.refusal == nil, report.leftOver == nil,
                try looksAgain || agreed == nil || store.merging.mayHaveMore(since: place.agreement)
            {
                merged = try store.merging.mergeByPolicy(author: try author()).count
            }
            // Only now: up to there all conflicts were looked at, and a sync that brings nothing new need not look at them
            // again, however many there are.
            try place.note(agreed, of: store)
            return (report, merged)
        }
        var (report, merged) = try exchange(self, looksAgain: lackedTexts, maximumBytes: maximumBytes)
        // What was merged is sent, and what has come meanwhile is looked at too.
        var unsent = merged
        while unsent > 0 {
            let next: QuipuReplication.SyncReport
            do {
                (next, unsent) = try exchange(
                    try remembered(by: store), looksAgain: false,
                    maximumBytes: maximumBytes.map { max(1, $0 - report.bytesSent - report.bytesReceived) })
            } catch let error as ReplicationError where error.code == .budgetTooSmall {
                report.inSync = false
                var left = QuipuReplication.LeftOver()
                (left.toSend, left.toReceive) = (unsent, 0)
                report.leftOver = left
                break
            }
            report.add(next)
            merged += unsent
        }
        return (report, merged)
    }

    /// The contents of attachments at this place, over the connection that the records take.
    func blobPeer(over transport: any Transport, environment: Environment) throws -> any BlobPeer {
        if let transport = transport as? HTTPTransport { return transport.blobPeer() }
        return try PathBlobPeer(path: location, environment: environment)
    }

    /// Exchanges files with the other side, after the records. Nil if there was nothing to ask for.
    ///
    /// - Parameters:
    ///   - maySend: whether the other side takes anything.
    ///   - maximumBytes: files that would cost more together are left out.
    func exchangeAttachments(
        of store: Store, over transport: any Transport, maySend: Bool = true, maximumBytes: Int? = nil,
        progress: (BlobProgress) -> Void
    ) throws -> BlobReport? {
        let peer = try blobPeer(over: transport, environment: store.environment)
        let synchronizer = BlobSynchronizer(
            store, with: peer, remote: name, maySend: maySend, maximumBytes: maximumBytes)
        return try synchronizer.isSettled ? nil : synchronizer.run(progress: progress)
    }
}

extension QuipuReplication.SyncReport {
    /// Adds up with that of an exchange with the same place right after it.
    mutating func add(_ next: QuipuReplication.SyncReport) {
        sent += next.sent
        received += next.received
        bytesSent += next.bytesSent
        bytesReceived += next.bytesReceived
        roundTrips += next.roundTrips
        (inSync, missingTexts) = (next.inSync, next.missingTexts)
        isUnproved = next.isUnproved
        knowledgeHash = next.knowledgeHash
        (refusal, unsent) = (next.refusal, next.unsent)
        (leftOver, isPeerUnableToHoldBack) = (next.leftOver, next.isPeerUnableToHoldBack)
        inOwnName += next.inOwnName
        clockDifference = next.clockDifference
        refused += next.refused.filter { !refused.contains($0) }
    }
}
