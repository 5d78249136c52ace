public import QuipuReplication
public import QuipuStorage

/// Keeps a message of an exchange, and sends it no more.
public final class MessageRecorder: Transport {
    private struct Refusal: Error {}

    public let location = "nowhere"
    /// Gets what comes before the message that is kept.
    private let peer: (any Transport)?
    private var message: [UInt8] = []

    private init(peer: (any Transport)?) { self.peer = peer }

    /// What a replica that has never met its peer says first: what it knows, and nothing that it holds.
    ///
    /// - Parameter agreement: what it remembers of a peer all the same; then it tells what has changed since.
    public static func firstMessage(of store: Store, agreement: Agreement? = nil) throws -> [UInt8] {
        try message(of: store, after: nil, agreement: agreement)
    }

    /// What it says next, when the peer held nothing: its transactions.
    ///
    /// - Parameter folder: a free place for such a peer.
    public static func firstPush(of store: Store, scratch folder: String) throws -> [UInt8] {
        _ = try Store.create(in: folder, id: store.id, name: "scratch", environment: store.environment)
        return try message(
            of: store, after: PathTransport(path: folder, environment: store.environment))
    }

    private static func message(of store: Store, after peer: (any Transport)?, agreement: Agreement? = nil)
        throws -> [UInt8]
    {
        let recorder = MessageRecorder(peer: peer)
        do {
            _ = try Synchronizer(store, over: recorder).run(agreement: agreement)
        } catch is Refusal {}
        return recorder.message
    }

    public func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        let isFirst = self.message.isEmpty
        self.message = message
        guard let peer, isFirst else { throw Refusal() }
        return try peer.exchange(message, receive: receive)
    }
}
