public import Causality
public import Storage
internal import Wire

/// A question to a replica that changes nothing: which archive it holds, and how far it is.
public struct Inquiry: Sendable {
    public let archive: ArchiveID
    public let vector: Vector
    public let digest: Digest
    public let cost: TransportCost

    /// - Parameter archive: the one that is expected there; nil to be told.
    /// - Throws: `ReplicationError`.
    public init(over transport: any Transport, archive: ArchiveID? = nil, environment: Environment = .system)
        throws
    {
        var header = PieceHeader()
        header.archive = archive
        header.clockMilliseconds = environment.nowMilliseconds()
        // Of an empty vector nothing needs to be told, and the reply then tells all of its own.
        header.isWholeVector = true
        header.vectorHash = Vector().hash
        let message = try PieceWriter(header: header).finish(PieceEnd(hasMore: false, ends: []))
        var incoming = try IncomingMessage()
        cost = try transport.exchange(message) { try incoming.feed($0) }
        let (reply, _) = try incoming.finish()
        guard reply.protocolVersion == PieceHeader.protocolVersion else {
            throw ReplicationError(
                .newerProtocol, "the other side speaks protocol \(reply.protocolVersion)",
                hint: "install the newer Quipu on both sides")
        }
        guard let id = reply.archive else {
            throw ReplicationError(.malformed, "the other side does not say which archive it is")
        }
        self.archive = id
        vector = Vector(reply.entries)
        digest = reply.digest
    }
}
