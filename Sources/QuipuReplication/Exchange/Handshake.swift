public import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// Asks a replica which archive it holds and how far it is, without changing anything.
public struct Handshake: Sendable {
    public let archive: ArchiveID
    public let vector: Vector
    /// The position of the last transaction in its log.
    public let position: UInt64
    public let digest: Digest
    public let cost: TransportCost
    private let reply: MessageHeader
    private let asked: (nonce: UInt128, sampleCount: Int)

    /// - Parameters:
    ///   - archive: the archive that is expected; nil to accept any.
    ///   - own: the local vector and branch starts. If there are very many origins, the replica then sends only those
    ///     that differ.
    /// - Throws: `ReplicationError`.
    public init(
        over transport: any Transport, archive: ArchiveID? = nil, knowing own: Knowledge = Knowledge(),
        environment: Environment = .system
    ) throws {
        var header = MessageHeader()
        header.archive = archive
        header.clockMilliseconds = environment.nowMilliseconds()
        // An empty vector needs no entries, and the reply then has all of the replica's own.
        header.isWholeVector = true
        header.vectorHash = Vector().hash
        asked = (MessageHeader.freshNonce(environment), AgreementKey.sampleCount)
        header.nonce = asked.nonce
        header.sampleCount = UInt64(asked.sampleCount)
        let message = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        var incoming = try IncomingMessage()
        var cost = try transport.exchange(message) { try incoming.feed($0) }
        let (reply, _) = try incoming.finish()
        try reply.requireKnownProtocol()
        guard let id = reply.archive else {
            throw ReplicationError(.malformed, "the other side does not say which archive it is")
        }
        self.archive = id
        position = reply.position
        if reply.isWholeVector || reply.vectorHash == header.vectorHash {
            vector = Vector(reply.entries)
        } else {
            // The vector is too large for one message.
            var search = VectorSearch(header, over: transport)
            let nonce = MessageHeader.freshNonce(environment)
            guard let found = try search.run(knowing: own, nonce: nonce) else { throw search.failure }
            vector = found.knowledge.vector
            cost.bytesSent += search.bytesSent
            cost.bytesReceived += search.bytesReceived
        }
        self.cost = cost
        digest = reply.digest
        self.reply = reply
    }

    /// Whether a replica holds exactly what a local archive holds.
    public enum Equality: Sendable {
        case different
        /// It claims so, without a proof.
        case claimed
        /// It claims so, and its proof is wrong: it shows other values, or it is not a mirror.
        case disproved
        case proved
        /// It claims so, and texts that the proof covers are missing here.
        case unverifiable
    }

    public func equality(with store: Store) throws -> Equality {
        try store.reading {
            let own = try store.log.knowledge()
            guard own.vector == vector, own.hash == reply.vectorHash, try store.digest == digest else {
                return .different
            }
            return switch try reply.proof(under: asked, knowing: own, in: store) {
            case .right: .proved
            case .wrong: .disproved
            case .none: .claimed
            case .unverifiable: .unverifiable
            }
        }
    }
}
