internal import QuipuCausality
internal import QuipuReplication
internal import QuipuStorage
internal import QuipuWire

/// Somebody who says back what he is told, as a server that keeps nothing would.
final class Parrot: Transport {
    enum Manner: CaseIterable {
        /// Gives no proof.
        case silent
        /// Gives the caller's own proof back.
        case repeating
        /// Knows all that is told of the archive, and has none of its texts.
        case informed
        /// Likewise, and says that it was asked for none.
        case evasive
    }

    let location = "parrot"
    let manner: Manner
    private let store: Store

    init(_ manner: Manner, of store: Store) { (self.manner, self.store) = (manner, store) }

    func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let heard = try request.finish().header
        var header = MessageHeader()
        header.archive = heard.archive
        header.clockMilliseconds = heard.clockMilliseconds
        header.vectorHash = heard.vectorHash
        header.digest = heard.digest
        header.position = heard.position
        try prove(&header, to: heard)
        let reply = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }

    private func prove(_ header: inout MessageHeader, to caller: MessageHeader) throws {
        guard let nonce = caller.nonce else { return }
        switch manner {
        case .silent: break
        case .repeating:
            (header.nonce, header.proof, header.sampleCount) = (nonce, caller.proof, caller.sampleCount)
        case .informed, .evasive:
            let key = AgreementKey(
                archive: store.id, knowledge: try store.log.knowledge(), digest: header.digest)
            header.nonce = 7
            header.sampleCount = manner == .evasive ? 0 : caller.sampleCount
            let sample: [UInt8] = manner == .evasive ? [] : [0x81]
            header.proof = key.proof(by: .responder, nonce: nonce, counterNonce: 7, sample: sample)
        }
    }
}
