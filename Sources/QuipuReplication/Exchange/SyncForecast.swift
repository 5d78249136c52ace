public import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// The changes that an exchange would send.
public struct SyncForecast: Sendable, Equatable {
    public var transactionCount = 0
    /// Records changed by these.
    public var recordCount = 0
    /// Compressed, with their long texts, as messages carry them.
    public var sizeBytes = 0
    /// The same with long values by their hash: the least that an exchange with a limit on its bytes needs before it sends
    /// texts.
    public var floorBytes = 0

    /// Bytes before compression of one message.
    private static let messageBytes = 8 << 20
    /// Transactions that an estimate looks at.
    private static let sampledTransactions: Int64 = 100

    /// Prepares the messages for a replica, and sends none of them.
    ///
    /// - Parameters:
    ///   - held: what that replica holds.
    ///   - bytesPerSecond: how fast the link is, which decides how well messages are compressed; nil if it is not known.
    public init(sendingFrom store: Store, lacking held: Vector, bytesPerSecond: Int?) throws {
        self = try store.reading {
            var forecast = try SyncForecast(
                from: store, lacking: held, after: 0, by: Self.level(bytesPerSecond))
            forecast.floorBytes = try Self.floorBytes(from: store, lacking: held)
            return forecast
        }
    }

    /// The bytes of transactions that are not here, if they are like the last ones that are, and `floorBytes` of them; nil if
    /// none are here.
    public static func estimatedBytes(
        of count: Int, in store: Store, bytesPerSecond: Int?
    ) throws -> (sizeBytes: Int, floorBytes: Int)? {
        if count == 0 { return (0, 0) }
        return try store.reading {
            let first = max(0, try store.position - sampledTransactions)
            let held = try store.log.vector(at: first)
            let sample = try SyncForecast(
                from: store, lacking: held, after: first, by: level(bytesPerSecond))
            if sample.transactionCount == 0 { return nil }
            let floorBytes = try floorBytes(from: store, lacking: held)
            func scaled(_ bytes: Int) -> Int? {
                let (bytes, overflows) = bytes.multipliedReportingOverflow(by: count)
                return overflows ? nil : bytes / sample.transactionCount
            }
            guard let size = scaled(sample.sizeBytes), let floor = scaled(floorBytes) else { return nil }
            return (size, floor)
        }
    }

    /// The bytes of messages with long values by their hash.
    private static func floorBytes(from store: Store, lacking held: Vector) throws -> Int {
        var header = MessageHeader()
        header.archive = store.id
        var (held, bytes, hasMore) = (held, 0, true)
        while hasMore {
            let message = try OutgoingMessage.write(
                header, from: store, lacking: held, wants: [], budgetBytes: messageBytes,
                compressionLevel: .high, inlineBytes: HeldBackValues.usualInlineBytes)
            if message.transactionCount == 0 { break }
            for end in message.ends { held[end.origin] = end }
            bytes += message.bytes.count
            hasMore = message.hasMore
        }
        return bytes
    }

    private static func level(_ bytesPerSecond: Int?) -> CompressionLevel {
        bytesPerSecond.map { CompressionLevel(bytesPerSecond: $0) } ?? .standard
    }

    private init(from store: Store, lacking held: Vector, after position: Int64, by level: CompressionLevel)
        throws
    {
        var header = MessageHeader()
        header.archive = store.id
        var texts = LongTexts()
        if let start = try store.log.firstPosition(notIn: held) {
            try store.log.forEachTransaction(after: max(position, start - 1), notIn: held) {
                transaction, _, _ in
                texts.note(transaction)
                return true
            }
        }
        var held = held
        var hasMore = true
        while hasMore {
            let message = try OutgoingMessage.write(
                header, from: store, lacking: held, wants: [], budgetBytes: Self.messageBytes,
                compressionLevel: level)
            for end in message.ends { held[end.origin] = end }
            hasMore = message.hasMore && message.transactionCount > 0
            if message.transactionCount == 0 { break }
            transactionCount += message.transactionCount
            recordCount += message.recordCount
            sizeBytes += message.bytes.count
        }
        for hash in texts.hashes {
            let message = try OutgoingMessage.write(
                header, from: store, lacking: nil, wants: [.init(hash: hash, offset: 0)],
                budgetBytes: Limits.valueBytes, compressionLevel: level)
            if message.textCount > 0 { sizeBytes += message.bytes.count }
        }
    }
}
