internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Writes a message with what the receiver lacks, in the order of the log, up to a budget.
///
/// A receiver that counts its bytes gets what is urgent first: transactions that people made, with what these depend on,
/// before the others, long values by their hash, and texts last.
struct OutgoingMessage: ~Copyable {
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

    private let store: Store
    private let checkpointBytes: Int
    private let maximumOrigins: Int
    private let inlineBytes: Int?
    private var writer: MessageWriter
    private var left: Int
    private var hasMore = false
    private var textCount = 0
    private var recordCount = 0
    private var transactionCount = 0
    private var ends: [Origin: TransactionName] = [:]
    /// Since the last checkpoint.
    private var newEnds: [Origin: TransactionName] = [:]
    private var checkedBytes = 0

    private init(
        _ header: MessageHeader, from store: Store, budgetBytes: Int, compressionLevel: CompressionLevel,
        maximumOrigins: Int, inlineBytes: Int?
    ) throws {
        self.store = store
        self.maximumOrigins = maximumOrigins
        self.inlineBytes = inlineBytes
        left = budgetBytes
        // A link on which messages must be short may interrupt even those.
        checkpointBytes =
            compressionLevel.checkpointBytes.map { max(min($0, budgetBytes / 4), Self.leastCheckpointBytes) }
            ?? .max
        var header = header
        header.dropPlacesWithoutRoom()
        writer = try MessageWriter(header: header, compressionLevel: compressionLevel)
    }

    /// - Parameters:
    ///   - lacking: the receiver's vector; nil if it is unknown, and then no transactions are sent.
    ///   - wants: texts that the receiver requested.
    ///   - maximumOrigins: the number of origins whose transactions the message may have.
    ///   - tellsReferences: whether the receiver accepts references.
    ///   - filter: the records that the receiver has and has not sent.
    ///   - compressionLevel: for the speed of the link.
    ///   - inlineBytes: longer values are sent as their hash, and texts after the transactions; nil to send all values
    ///     that fit into a transaction.
    static func write(
        _ header: MessageHeader, from store: Store, lacking held: Vector?, wants: [MessageHeader.Want],
        budgetBytes: Int, compressionLevel: CompressionLevel, maximumOrigins: Int = MessageReader.maximumEnds,
        tellsReferences: Bool = false, filter: KeyFilter? = nil, inlineBytes: Int? = nil
    ) throws -> Contents {
        var message = try OutgoingMessage(
            header, from: store, budgetBytes: budgetBytes, compressionLevel: compressionLevel,
            maximumOrigins: maximumOrigins, inlineBytes: inlineBytes)
        if inlineBytes == nil { try message.append(wants) }
        if let held, budgetBytes > 0, let start = try store.log.firstPosition(notIn: held) {
            var references =
                tellsReferences && inlineBytes == nil
                ? OutgoingReferences(store, heldThere: held, filter: filter) : nil
            try message.append(from: start, notIn: held, by: &references)
        }
        if inlineBytes != nil { try message.append(wants) }
        return try message.finish(header)
    }

    private consuming func finish(_ header: MessageHeader) throws -> Contents {
        let entries = try ends.values.sorted().compactMap { try store.log.entry(of: $0) }
        let (records, transactions, texts, more) = (recordCount, transactionCount, textCount, hasMore)
        return Contents(
            header: header, bytes: try writer.finish(MessageEnd(hasMore: more, ends: entries)),
            recordCount: records, transactionCount: transactions, textCount: texts, hasMore: more,
            ends: entries)
    }

    private mutating func append(_ wants: [MessageHeader.Want]) throws {
        for want in wants {
            guard left > 0, !writer.isFull else {
                hasMore = true
                break
            }
            guard let text = try want.text(in: store), want.offset < UInt64(text.count) else {
                continue
            }
            var first = Int(want.offset)
            while first < text.count, left > 0 {
                let part = text[
                    first..<min(text.count, first + min(Self.textPartBytes, checkpointBytes, left))]
                try writer.append(
                    textOf: want.hash, offset: UInt64(first), totalBytes: UInt64(text.count), bytes: part)
                textCount += 1
                left -= part.count
                first = part.endIndex
                if writer.bytesSinceCheckpoint >= checkpointBytes { try appendCheckpoint() }
            }
            if first < text.count { hasMore = true }
        }
    }

    private mutating func append(
        from start: Int64, notIn held: Vector, by references: inout OutgoingReferences?
    ) throws {
        var differences = OutgoingDifferences(
            store, heldThere: held, maximumBytes: inlineBytes == nil ? .max : HeldBackValues.differenceBytes)
        guard inlineBytes != nil else {
            return try append(from: start, notIn: held, by: &references, &differences) { _ in true }
        }
        let needed = try store.log.neededByHand(from: start, notIn: held)
        func isNeeded(_ name: TransactionName) -> Bool { name.sequence <= needed[name.origin] ?? 0 }
        if !needed.isEmpty {
            try append(from: start, notIn: held, by: &references, &differences, where: isNeeded)
        }
        if !hasMore {
            try append(from: start, notIn: held, by: &references, &differences) { !isNeeded($0) }
        }
    }

    private mutating func append(
        from start: Int64, notIn held: Vector, by references: inout OutgoingReferences?,
        _ differences: inout OutgoingDifferences, where isWanted: (TransactionName) -> Bool
    ) throws {
        try store.log.forEachTransaction(after: start - 1, notIn: held, where: isWanted) {
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
            var heldBack = HeldBackValues()
            if let inlineBytes {
                heldBack = try HeldBackValues(
                    in: &told.transaction, over: inlineBytes, besides: found, from: store)
            }
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
            for value in heldBack.sizes {
                try writer.append(
                    textOf: value.hash, offset: 0, totalBytes: UInt64(value.sizeBytes), bytes: [])
            }
            ends[transaction.name.origin] = transaction.name
            transactionCount += 1
            recordCount += transaction.records.count
            left -= textBytes - savedBytes - referredBytes - heldBack.savedBytes + 64
            newEnds[transaction.name.origin] = transaction.name
            let endBytes = newEnds.count * min(Self.leastBytesAnEnd, checkpointBytes / 8)
            let referred = references?.savedBytes ?? 0
            // References of few bytes may stand for much data that is applied in one commit.
            let isMuch = checkpointBytes < .max && referred - checkedBytes >= Self.referredBytesAtOnce
            if writer.bytesSinceCheckpoint >= max(checkpointBytes, endBytes) || isMuch {
                try appendCheckpoint()
                checkedBytes = referred
            }
            return true
        }
    }

    private mutating func appendCheckpoint() throws {
        try writer.appendCheckpoint(newEnds.values.sorted().compactMap { try store.log.entry(of: $0) })
        newEnds = [:]
    }
}
