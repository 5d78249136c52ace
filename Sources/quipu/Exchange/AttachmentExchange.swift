internal import Replication
internal import ReplicationHTTP
internal import Storage

extension RemotePlace {
    /// The contents of attachments at this place, over the connection that the records take.
    func blobPeer(over transport: any Transport, in context: Context) throws -> any BlobPeer {
        if let transport = transport as? HTTPTransport { return transport.blobPeer() }
        return try PathBlobPeer(path: location, environment: context.environment)
    }

    /// Brings files to the other side and here, after the records. Nil where there was nothing to ask for.
    ///
    /// - Parameter maySend: whether the other side takes anything.
    func exchangeAttachments(
        of store: Store, over transport: any Transport, maySend: Bool = true, in context: Context
    ) throws -> BlobReport? {
        let peer = try blobPeer(over: transport, in: context)
        let synchronizer = BlobSynchronizer(store, with: peer, remote: name, maySend: maySend)
        if try synchronizer.isSettled { return nil }
        let progress = context.output.progressLine()
        defer { progress.clear() }
        return try synchronizer.run { what in
            let done = BlobProgressText.of(what.bytes, of: what.of)
            progress.show("\(what.isSending ? "sent" : "fetched") \(done) of an attachment…")
        }
    }
}

extension BlobReport {
    var json: JSONText {
        [
            "sent": JSONText(sent), "received": JSONText(received),
            "bytesSent": JSONText(cost.bytesSent), "bytesReceived": JSONText(cost.bytesReceived),
            "lackingThere": JSONText(lackingThere), "lackingHere": JSONText(lackingHere),
            "notAskedFor": JSONText(notAskedFor), "refusals": JSONText(refusals),
            "stopped": JSONText(stop?.code.rawValue),
        ]
    }

    /// What became of the files, and what did not yet.
    func say(to output: Output, title: String) {
        if sent + received > 0 {
            let bytes = (
                SizeText.of(bytes: Int(clamping: cost.bytesSent)),
                SizeText.of(bytes: Int(clamping: cost.bytesReceived))
            )
            output.remark(
                "sent \(counted(sent, "attachment")), received \(received) (\(bytes.0) out, \(bytes.1) in)")
        }
        for refusal in refusals { output.warn(refusal) }
        if let stop { output.warn(stop.hint.map { "\(stop.message) (\($0))" } ?? stop.message) }
        if lackingThere > 0 {
            output.warn("\(isAre(lackingThere)) not on \(title) yet; the next sync goes on with it")
        }
        if lackingHere > 0 {
            output.warn(
                stop == nil && refusals.isEmpty
                    ? "\(isAre(lackingHere)) not on \(title) either, and not here yet"
                    : "\(isAre(lackingHere)) not here yet; the next sync goes on with it")
        }
        if notAskedFor > 0 {
            output.advise(
                "\(isAre(notAskedFor)) not here; get one with: quipu save ID FILE; all with: quipu sync "
                    + "--attachments all")
        }
    }

    private func isAre(_ count: Int) -> String { countedAre(count, "attachment") }
}
