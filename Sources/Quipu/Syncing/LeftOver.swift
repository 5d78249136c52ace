internal import QuipuReplication

/// The work that an exchange left for the next one when it reached its limit of bytes.
///
///     var options = SyncOptions()
///     options.maximumBytes = 2_000_000
///     if let left = try archive.sync(options: options).leftOver { print(left.textsToReceive) }
public struct LeftOver: Sendable, Equatable {
    /// Entries of the log that the other side, or this one, lacks; nil if the other side has not told what it holds.
    public let transactionsToSend: Int?
    public let transactionsToReceive: Int?
    /// Current texts of which the other side, or this one, has the record and the size, and not the text.
    public let textsToSend: Int
    public let textsToReceive: Int
    /// Their bytes before compression, as far as they are known.
    public let textBytesToSend: Int
    public let textBytesToReceive: Int
    /// Records here that lack texts.
    public let recordsToComplete: Int
    /// Whether what is most urgent came first; an older Quipu on the other side sends everything in the order of its log.
    public let isOrdered: Bool

    init(_ left: QuipuReplication.LeftOver, isOrdered: Bool) {
        (transactionsToSend, transactionsToReceive) = (left.toSend, left.toReceive)
        (textsToSend, textsToReceive) = (left.textsToSend, left.textsToReceive)
        (textBytesToSend, textBytesToReceive) = (left.textBytesToSend, left.textBytesToReceive)
        recordsToComplete = left.recordsToComplete
        self.isOrdered = isOrdered
    }
}
