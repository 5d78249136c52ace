public import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// A question to a replica that changes nothing: which archive it holds, and how far it is.
public struct Handshake: Sendable {
    public let archive: ArchiveID
    public let vector: Vector
    /// Where its log ends.
    public let position: UInt64
    public let digest: Digest
    public let cost: TransportCost
    private let reply: MessageHeader
    private let asked: (nonce: UInt128, sampleCount: Int)

    /// - Parameters:
    ///   - archive: the one that is expected there; nil to be told.
    ///   - own: what is known here, most of which the replica knows as well: of very many origins it need tell those alone
    ///     that differ.
    /// - Throws: `ReplicationError`.
    public init(
        over transport: any Transport, archive: ArchiveID? = nil, knowing own: Knowledge = Knowledge(),
        environment: Environment = .system
    ) throws {
        var header = MessageHeader()
        header.archive = archive
        header.clockMilliseconds = environment.nowMilliseconds()
        // Of an empty vector nothing needs to be told, and the reply then tells all of its own.
        header.isWholeVector = true
        header.vectorHash = Vector().hash
        asked = (MessageHeader.freshNonce(environment), AgreementKey.sampleCount)
        header.nonce = asked.nonce
        header.sampleCount = UInt64(asked.sampleCount)
        let message = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        var incoming = try IncomingMessage()
        var cost = try transport.exchange(message) { try incoming.feed($0) }
        let (reply, _) = try incoming.finish()
        guard reply.protocolVersion == MessageHeader.protocolVersion else {
            throw ReplicationError(
                .newerProtocol, "the other side speaks protocol \(reply.protocolVersion)",
                hint: "install the newer Quipu on both sides")
        }
        guard let id = reply.archive else {
            throw ReplicationError(.malformed, "the other side does not say which archive it is")
        }
        self.archive = id
        position = reply.position
        if reply.isWholeVector || reply.vectorHash == header.vectorHash {
            vector = Vector(reply.entries)
        } else {
            // More than one message tells.
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

    /// What the replica has shown of holding exactly what an archive here holds.
    public enum Equality: Sendable {
        case different
        /// It says so, and gives no proof.
        case claimed
        /// It says so, and its proof is wrong: it shows something else, or it is no mirror.
        case disproved
        case proved
        /// It says so, and texts are missing here that a proof takes.
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
