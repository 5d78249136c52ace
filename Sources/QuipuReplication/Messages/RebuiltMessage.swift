internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// What a message brings of which transactions are told by what is here: in parts, each with what proves it.
struct RebuiltMessage {
    struct Part {
        var transactions: [Transaction]
        /// Where the chains of these stand afterwards.
        var ends: [Vector.Entry]
    }

    private(set) var parts: [Part] = []
    /// Otherwise something could not be rebuilt, and all from there on is left out.
    private(set) var isWhole = true

    /// - Parameters:
    ///   - resolution: of this message.
    ///   - unsent: what keys stand for.
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

    /// Likewise, from a caller, who tells nothing by keys.
    init(_ message: borrowing IncomingMessage, before end: MessageEnd, in store: Store) throws {
        var resolution = ReferenceResolution(store)
        var none: UnsentRecords?
        try self.init(message, before: end, in: store, by: &resolution, unsent: &none)
    }

    var transactions: [Transaction] { parts.flatMap(\.transactions) }
}
