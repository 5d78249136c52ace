import QuipuCausality
import QuipuReplication
import QuipuStorage
import QuipuWire

extension FuzzTarget {
    /// The calling side of a sync with a liar.
    static let calling = FuzzTarget(
        name: "calling", subject: "the exchange, calling: a sync with a peer that lies",
        maximumInputBytes: 1_024
    ) { bytes in
        let scene = try ExchangeScene.shared.get()
        var forger = Forger(bytes, in: scene)
        let copy = try OpenCopy(of: scene.image, clockOffsetMilliseconds: forger.clockOffset())
        let liar = LyingPeer(forger)
        let agreement =
            bytes.last.map { $0 & 1 == 1 } == true
            ? Agreement(
                ownPosition: scene.position, theirPosition: scene.position, vectorHash: scene.knowledge.hash)
            : nil
        do {
            let (report, _) = try Synchronizer(copy.store, over: liar).run(agreement: agreement)
            // Only a peer that tells the same vector and digest is believed.
            try expect(
                !report.inSync || liar.hasToldTheTruth(of: copy.store), "in sync with a peer that is not")
        } catch { guard ExchangeScene.isRefusal(error) else { throw error } }
        try scene.examine(copy)
    }
}

/// Answers whatever it is told with the next forged message, and is gone after a few.
private final class LyingPeer: Transport {
    private var forger: Forger
    private var told: MessageHeader?
    private var messages = 0
    let location = "liar"

    init(_ forger: Forger) { self.forger = forger }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        guard messages < 6, !forger.isAtEnd else { throw ReplicationError(.unreachable, "the liar is gone") }
        messages += 1
        var request = try IncomingMessage()
        do {
            try message.withUnsafeBytes { try request.feed($0) }
            _ = try request.finish()
        } catch { throw FuzzFailure("the caller's own message cannot be read: \(error)") }
        let reply = forger.message(answering: request.header)
        var incoming = try IncomingMessage()
        try? reply.withUnsafeBytes { try incoming.feed($0) }
        told = incoming.header
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }

    func hasToldTheTruth(of store: Store) throws -> Bool {
        try told?.vectorHash == store.log.knowledge().hash && told?.digest == store.digest
    }
}
