internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Writes a message with what the receiver lacks, in the order of the log, up to a budget.
enum OutgoingMessage {
    /// The longest part of a text in one item.
    static let textPartBytes = 256 << 10

    /// The fewest bytes before a checkpoint, however small the budget is.
    private static let leastCheckpointBytes = 1 << 10

    /// Bytes before a checkpoint for each origin in it. An entry takes sixty bytes, so checkpoints do not double the
    /// size of a message with few transactions from many origins.
    private static let leastBytesAnEnd = 2 << 10

    /// Bytes of texts sent by reference between two checkpoints.
    private static let referredBytesAtOnce = 1 << 20

    struct Contents {
        var header: MessageHeader
        var bytes: [UInt8]
        /// Records changed by the transactions in the message.
        var recordCount: Int
        var transactionCount: Int
        var textCount: Int
        var hasMore: Bool
        /// For each origin with transactions in the message, its chain end after them.
        var ends: [Vector.Entry]
    }

    /// - Parameters:
    ///   - lacking: the receiver's vector; nil if it is unknown, and then no transactions are sent.
    ///   - wants: texts that the receiver requested.
    ///   - maximumOrigins: the number of origins whose transactions the message may have.
    ///   - tellsReferences: whether the receiver accepts references.
    ///   - filter: the records that the receiver has and has not sent.
    ///   - compressionLevel: for the speed of the link.
    static func write(
        _ header: MessageHeader, from store: Store, lacking held: Vector?, wants: [MessageHeader.Want],
        budgetBytes: Int, compressionLevel: CompressionLevel, maximumOrigins: Int = MessageReader.maximumEnds,
        tellsReferences: Bool = false, filter: KeyFilter? = nil
    ) throws -> Contents {
        var writer = try MessageWriter(header: header, compressionLevel: compressionLevel)
        // A link on which messages must be short may interrupt even those.
        let checkpointBytes =
            compressionLevel.checkpointBytes.map { max(min($0, budgetBytes / 4), leastCheckpointBytes) }
            ?? .max
        var left = budgetBytes
        var hasMore = false
        var textCount = 0
        for want in wants {
            guard left > 0 else {
                hasMore = true
                break
            }
            guard let text = try store.texts.text(of: want.hash), want.offset < UInt64(text.count) else {
                continue
            }
            var first = Int(want.offset)
            while first < text.count, left > 0 {
                let part = text[first..<min(text.count, first + min(textPartBytes, checkpointBytes, left))]
                try writer.append(
                    textOf: want.hash, offset: UInt64(first), totalBytes: UInt64(text.count), bytes: part)
                textCount += 1
                left -= part.count
                first = part.endIndex
                if writer.bytesSinceCheckpoint >= checkpointBytes { try writer.appendCheckpoint([]) }
            }
            if first < text.count { hasMore = true }
        }
        var ends: [Origin: TransactionName] = [:]
        /// Since the last checkpoint.
        var newEnds: [Origin: TransactionName] = [:]
        var recordCount = 0
        var transactionCount = 0
        if let held, budgetBytes > 0, let start = try store.log.firstPosition(notIn: held) {
            var differences = OutgoingDifferences(store, heldThere: held)
            var references =
                tellsReferences ? OutgoingReferences(store, heldThere: held, filter: filter) : nil
            var checkedBytes = 0
            try store.log.forEachTransaction(after: start - 1, notIn: held) {
                transaction, _, textBytes in
                guard left > 0, !writer.isFull, !differences.isFull, references?.isFull != true,
                    ends.count < maximumOrigins
                else {
                    hasMore = true
                    return false
                }
                var (told, referredBytes) =
                    try references?.take(from: transaction) ?? (ReferringTransaction(transaction), 0)
                let (found, savedBytes) = try differences.take(from: &told.transaction)
                if told.isIncomplete {
                    try writer.append(told, expandedCount: transaction.itemCount)
                    left -= told.referenceBytes
                } else {
                    try writer.append(told.transaction)
                }
                for difference in found {
                    try writer.append(difference)
                    left -= difference.bytes.count
                }
                ends[transaction.name.origin] = transaction.name
                transactionCount += 1
                recordCount += transaction.records.count
                left -= textBytes - savedBytes - referredBytes + 64
                newEnds[transaction.name.origin] = transaction.name
                let endBytes = newEnds.count * min(leastBytesAnEnd, checkpointBytes / 8)
                let referred = references?.savedBytes ?? 0
                // References of few bytes may stand for much data that is applied in one commit.
                let isMuch = checkpointBytes < .max && referred - checkedBytes >= referredBytesAtOnce
                if writer.bytesSinceCheckpoint >= max(checkpointBytes, endBytes) || isMuch {
                    try writer.appendCheckpoint(
                        newEnds.values.sorted().compactMap { try store.log.entry(of: $0) })
                    newEnds = [:]
                    checkedBytes = referred
                }
                return true
            }
        }
        let entries = try ends.values.sorted().compactMap { try store.log.entry(of: $0) }
        return Contents(
            header: header, bytes: try writer.finish(MessageEnd(hasMore: hasMore, ends: entries)),
            recordCount: recordCount, transactionCount: transactionCount, textCount: textCount,
            hasMore: hasMore, ends: entries)
    }
}
