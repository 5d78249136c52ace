internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// Fetches the values of damaged transactions from a mirror. A transaction is accepted only if it has the chain hash
/// that the local log has for it, whatever the mirror states.
public struct RepairFetch: Sendable {
    /// The number of transactions that were repaired.
    public private(set) var count = 0

    /// - Throws: `ReplicationError`, `StorageError`.
    public init(_ store: Store, over transport: any Transport) throws {
        while true {
            var mended = 0
            for name in try store.integrity.brokenTransactions() {
                guard let transaction = try Self.ask(for: name, of: store, over: transport) else { continue }
                if try store.integrity.mend(transaction) { mended += 1 }
            }
            count += mended
            // A bounded number is found at a time; what cannot be repaired is found again.
            if mended == 0 { return }
        }
    }

    /// Requests as a replica that holds everything except this transaction and what follows it in its chain.
    private static func ask(for name: TransactionName, of store: Store, over transport: any Transport) throws
        -> Transaction?
    {
        var knowledge = try store.log.knowledge()
        knowledge.vector[name.origin] =
            name.sequence <= 1
            ? nil : try store.log.entry(of: TransactionName(origin: name.origin, sequence: name.sequence - 1))
        var header = try MessageHeader(describing: store, knowing: knowledge)
        if knowledge.vector.count <= MessageHeader.wholeVectorEntries {
            header.isWholeVector = true
            header.entries = knowledge.vector.entries
        } else {
            var search = VectorSearch(header, over: transport)
            let nonce = MessageHeader.freshNonce(store.environment)
            guard var base = try search.run(knowing: knowledge, nonce: nonce) else { throw search.failure }
            header.agreed = .init(position: base.position, vectorHash: base.hash)
            if let before = knowledge.vector[name.origin] {
                header.entries = [before]
            } else {
                header.lacks = [name.origin]
            }
            base.knowledge.vector[name.origin] = knowledge.vector[name.origin]
            header.vectorHash = base.knowledge.hash
        }
        header.tellBranchStarts(of: knowledge)
        header.wants = []
        // Enough for one transaction.
        header.budgetBytes = 1
        let message = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        var incoming = try IncomingMessage()
        _ = try transport.exchange(message) { try incoming.feed($0) }
        let (reply, _) = try incoming.finish()
        try reply.requireReply(about: store)
        return try incoming.transactions(completedFrom: store).first { $0.name == name }
    }
}
