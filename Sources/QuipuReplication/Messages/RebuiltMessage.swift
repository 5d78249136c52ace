internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// A message's transactions, rebuilt from references, in parts that each have a proof.
struct RebuiltMessage {
    struct Part {
        var transactions: [Transaction]
        /// The chain ends after these transactions.
        var ends: [Vector.Entry]
    }

    private(set) var parts: [Part] = []
    /// Whether everything was rebuilt; otherwise the rest from the first failure on is left out.
    private(set) var isWhole = true

    /// - Parameters:
    ///   - resolution: of this message.
    ///   - unsent: the records that keys refer to.
    init(
        _ message: borrowing IncomingMessage, before end: MessageEnd, in store: Store,
        by resolution: inout ReferenceResolution, unsent: inout UnsentRecords?
    ) throws {
        var completion = DifferenceResolution()
        for segment in message.segments(before: end) {
            let rebuilt = try resolution.rebuild(segment.told, unsent: &unsent)
            guard rebuilt.isWhole else {
                isWhole = false
                return
            }
            let transactions = try completion.complete(
                rebuilt.transactions, by: segment.differences, from: store)
            parts.append(Part(transactions: transactions, ends: segment.ends))
        }
    }

    /// Rebuilds a message from a caller, which sends no keys.
    init(_ message: borrowing IncomingMessage, before end: MessageEnd, in store: Store) throws {
        var resolution = ReferenceResolution(store)
        var none: UnsentRecords?
        try self.init(message, before: end, in: store, by: &resolution, unsent: &none)
    }

    var transactions: [Transaction] { parts.flatMap(\.transactions) }
}
