package import QuipuReplication
package import QuipuStorage

/// An open archive of a server. Used by many threads at a time.
package protocol HostedArchive: AnyObject, Sendable {
    /// Answers a message of the exchange. When it returns, all that the reply acknowledges is durable.
    ///
    /// - Parameters:
    ///   - isReadOnly: the caller may only read: nothing that the message brings is applied or noted.
    ///   - allowed: how much that is new may be taken; nil for all.
    func answer(_ message: consuming IncomingMessage, isReadOnly: Bool, allowing allowed: QuotaAmount?) throws
        -> Responder.Reply

    /// Takes what is proved of a message that was cut. When it returns, that is durable.
    ///
    /// - Parameter allowed: how much that is new may be taken; nil for all.
    /// - Returns: how much was.
    func keep(_ part: PartialMessage, allowing allowed: QuotaAmount?) throws -> (
        taken: QuotaAmount, segmentCount: Int
    )

    /// As of the last exchange; known without waiting.
    var openConflicts: Int { get }

    /// Where its database is, or a copy of it that is as good.
    var folder: ArchiveFolder { get }

    /// Runs `body` with the store, which nobody else uses meanwhile.
    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result

    /// What it holds, the same at every process that serves it.
    func mark() throws -> ArchiveMark

    /// The contents of its attachments; nil where they are not kept.
    var blobs: (any BlobStore)? { get }
}

extension HostedArchive {
    package func answer(_ message: consuming IncomingMessage, isReadOnly: Bool) throws -> Responder.Reply {
        try answer(message, isReadOnly: isReadOnly, allowing: nil)
    }

    package func mark() throws -> ArchiveMark { try withStore { try ArchiveMark(of: $0) } }

    package var blobs: (any BlobStore)? { nil }
}
