package import QuipuReplication
package import QuipuStorage

/// An open archive of a server. Used by many threads at a time.
package protocol HostedArchive: AnyObject, Sendable {
    /// Answers a message of the exchange. When it returns, all that the reply acknowledges is durable.
    ///
    /// - Parameters:
    ///   - isReadOnly: the caller may only read: no item of the message is applied.
    ///   - allowed: the quota for new data; nil for none.
    func answer(_ message: consuming IncomingMessage, isReadOnly: Bool, allowing allowed: QuotaAmount?) throws
        -> Responder.Reply

    /// Applies the proved part of an interrupted message. When it returns, that is durable.
    ///
    /// - Parameter allowed: the quota for new data; nil for none.
    /// - Returns: the new data that was accepted.
    func keep(_ part: PartialMessage, allowing allowed: QuotaAmount?) throws -> (
        taken: QuotaAmount, segmentCount: Int
    )

    /// The number at the last exchange; available without waiting.
    var openConflicts: Int { get }

    /// The folder of its database, or of an equivalent copy.
    var folder: ArchiveFolder { get }

    /// Whether what is written in its folder is the archive, so that other processes may write it too.
    var isWrittenInPlace: Bool { get }

    /// Runs `body` with exclusive use of the store.
    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result

    /// The archive's mark, the same in every process that serves it.
    func mark() throws -> ArchiveMark

    /// The contents of its attachments; nil if they are not kept.
    var blobs: (any BlobStore)? { get }
}

extension HostedArchive {
    package func answer(_ message: consuming IncomingMessage, isReadOnly: Bool) throws -> Responder.Reply {
        try answer(message, isReadOnly: isReadOnly, allowing: nil)
    }

    package func mark() throws -> ArchiveMark { try withStore { try ArchiveMark(of: $0) } }

    package var blobs: (any BlobStore)? { nil }

    package var isWrittenInPlace: Bool { false }

    /// Its size on the disk, without space that compaction has freed.
    package func sizeBytes() throws -> Int { try withStore { try $0.sizeBytes } }
}
