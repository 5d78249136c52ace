internal import QuipuCausality
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage

/// A file of an attachment that is on this machine.
package struct HeldFile: Sendable {
    /// SHA-256, 64 hexadecimal digits.
    package let hash: String
    package let sizeBytes: UInt64
}

extension Archive {
    /// The attachments of the record with a handle or an id; the record itself if it is an attachment.
    package func attachments(ofFound text: String) throws(QuipuError) -> (record: Record, all: [Record]) {
        try QuipuError.presenting {
            try stores.with { store in
                let record = try store.find(text)
                let all =
                    try record.kind == Attachment.kind
                    ? [record]
                    : store.records.attachments(to: record.id).filter { $0.kind == Attachment.kind }
                return (Record(record), all.map { Record($0) })
            }
        }
    }

    /// Fetches the file of an attachment from a mirror that has it.
    ///
    ///     try archive.fetchAttachment(id)
    ///
    /// - Parameters:
    ///   - word: the name of a remote, a URL or a path; nil tries all remotes in turn.
    ///   - link: how to reach the mirrors.
    ///   - progress: called with the bytes received so far and the total, nil if unknown.
    /// - Returns: false if no mirror that was asked has the file.
    /// - Throws: `unknownRecord`; `textMissing` if the record does not name its file; if no mirror has it, the error of the
    ///   first mirror that failed.
    @discardableResult
    public func fetchAttachment(
        _ id: RecordID, from word: String? = nil, link: LinkOptions = LinkOptions(),
        progress: (_ bytes: UInt64, _ totalBytes: UInt64?) -> Void = { _, _ in }
    ) throws(QuipuError) -> Bool {
        try QuipuError.presenting {
            try fetchFile(of: id, from: word, link: link, progress: progress) != nil
        }
    }

    /// The same on a thread of its own, until the task is cancelled. What had arrived from a server then is kept, and the next call
    /// continues there; a copy from a folder on this machine runs to its end.
    ///
    /// - Throws: also `cancelled`.
    @discardableResult
    public func fetchAttachment(
        _ id: RecordID, from word: String? = nil, link: LinkOptions = LinkOptions(),
        progress: @escaping @Sendable (_ bytes: UInt64, _ totalBytes: UInt64?) -> Void = { _, _ in }
    ) async throws(QuipuError) -> Bool {
        try await cancellableCall("the fetch of an attachment") { cancellation in
            try self.fetch(id, word, link, cancellation, progress) != nil
        }
    }

    /// - Returns: nil if no mirror that was asked has it.
    package func fetchFile(
        of id: RecordID, from word: String?, link: LinkOptions,
        progress: (_ bytes: UInt64, _ totalBytes: UInt64?) -> Void
    ) throws -> HeldFile? {
        try fetch(id, word, link, Cancellation(), progress)
    }

    private func fetch(
        _ id: RecordID, _ word: String?, _ link: LinkOptions, _ cancellation: Cancellation,
        _ progress: (_ bytes: UInt64, _ totalBytes: UInt64?) -> Void
    ) throws -> HeldFile? {
        try QuipuError.relaying {
            try stores.with { store in
                let (hash, attachment) = try Self.file(of: id, in: store)
                if try store.blobs.files.sizeBytes(of: hash) == nil {
                    guard
                        try Self.fetch(
                            hash, attachment, from: word, into: store, by: link, cancellation,
                            progress: progress)
                    else { return nil }
                }
                return try store.blobs.files.sizeBytes(of: hash).map {
                    HeldFile(hash: hash.hexadecimal, sizeBytes: $0)
                }
            }
        }
    }

    /// - Throws: `textMissing` if the record does not say which file it is.
    package func requireFileName(of id: RecordID) throws(QuipuError) {
        try QuipuError.presenting { _ = try stores.with { try Self.file(of: id, in: $0) } }
    }

    private static func file(of id: RecordID, in store: Store) throws -> (BlobHash, Attachment) {
        guard let record = try store.view(id.stored, kind: id.kind.rawValue) else {
            throw QuipuError(.unknownRecord, "there is no attachment \(id)")
        }
        guard let attachment = Attachment(record), let hash = attachment.hash else {
            throw QuipuError(
                .textMissing, "\(id.kind.rawValue) \(id.handle) does not say which file it is",
                remedy: .init(Remedy(.show, id.handle)))
        }
        return (hash, attachment)
    }

    private static func fetch(
        _ hash: BlobHash, _ attachment: Attachment, from word: String?, into store: Store,
        by link: LinkOptions, _ cancellation: Cancellation,
        progress: (_ bytes: UInt64, _ totalBytes: UInt64?) -> Void
    ) throws -> Bool {
        let places =
            try word.map { [try RemotePlace($0, of: store)] }
            ?? store.remotes.all().map { try RemotePlace($0.name, of: store) }
        var failure: (any Error)?
        for place in places {
            try cancellation.check()
            do {
                let transport = try place.transport(for: store, by: link, takesUnchecked: true)
                if let transport = transport as? HTTPTransport { cancellation.onCancel(transport.cancel) }
                let peer = try place.blobPeer(over: transport, environment: store.environment)
                // One that has it not says so before it is asked for it.
                guard try peer.missing([hash]).isEmpty else { continue }
                let bound = min(attachment.sizeBytes ?? Limits.blobBytes, Limits.blobBytes)
                _ = try peer.fetch(hash, maximumBytes: bound, into: store.blobs.files) {
                    progress($0, attachment.sizeBytes)
                }
                return true
            } catch let error as ReplicationError {
                failure = failure ?? error
            }
        }
        // What failed may be the connection that was cut by the cancellation.
        try cancellation.check()
        if let failure { throw failure }
        return false
    }
}
