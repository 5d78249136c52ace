internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Divides the bytes that an exchange may cost among its messages: what to request, and how much to send and receive in each.
///
/// Values of more than 128 bytes travel by their hash, then their texts, the most urgent first. Messages are short, so that
/// what is left in the end is little.
struct ByteBudget {
    /// Bytes before compression of one message.
    private static let messageBytes = 256 << 10
    /// The most that is kept for the headers of a message and of its reply.
    private static let headerBytes = 4 << 10
    /// Reserved in addition to what the first message and its reply took.
    private static let addedBytes = 1 << 10
    /// The least that a further message is worth.
    private static let leastBytes = 512
    let transport: BudgetedTransport
    /// What the first message and its reply took.
    private var firstBytes = 0
    /// Texts that the peer was asked for and has not got.
    private var skipped: Set<ValueHash> = []
    /// Whether a reply has come.
    private(set) var hasHeard = false
    /// Whether the replies had long values by their hash; nil before the first.
    private(set) var isUnderstood: Bool?
    /// What the peer lacked in its last reply: texts, and their bytes as far as it was told.
    private(set) var lackingThere = (texts: 0, bytes: 0)

    init(_ transport: BudgetedTransport) { self.transport = transport }

    /// The budget of the next message; nil if what is left is not worth one.
    func next(sends: Bool, receives: Bool) -> ExchangeSession.Budget? {
        // The first message only asks, so a peer that cannot hold texts back sends none before that is known.
        if !hasHeard { return ExchangeSession.Budget(sent: 0, received: 0) }
        let spare = transport.leftBytes - min(Self.headerBytes, firstBytes + Self.addedBytes)
        guard spare >= Self.leastBytes else { return nil }
        let whole = min(spare, Self.messageBytes)
        let half = min(spare / 2, Self.messageBytes)
        return ExchangeSession.Budget(
            sent: sends ? (receives ? half : whole) : 0, received: receives ? (sends ? half : whole) : 1)
    }

    func wants(of store: Store, roomBytes: Int) throws -> [MessageHeader.Want] {
        try store.texts.urgent(limit: MessageHeader.usualWants, roomBytes: roomBytes, without: skipped).map {
            try .init($0, in: store)
        }
    }

    mutating func note(
        _ reply: borrowing IncomingMessage, hasMore: Bool, answering own: MessageHeader
    ) {
        if !hasHeard { firstBytes = transport.bytesSent + transport.bytesReceived }
        hasHeard = true
        if let header = reply.header {
            isUnderstood = header.inlineBytes != nil
            lackingThere = (Int(clamping: header.missingTexts), Int(clamping: header.missingBytes))
        }
        if hasMore { return }
        let sent = Set(reply.texts.map(\.hash))
        for want in own.wants where !sent.contains(want.hash) && skipped.count < Self.maximumSkipped {
            skipped.insert(want.hash)
        }
    }

    private static let maximumSkipped = 4_096
}

/// The work that an exchange left for the next one when it reached its limit of bytes.
public struct LeftOver: Sendable, Equatable {
    /// Transactions; nil where the other side has not told what it holds.
    public var toSend: Int?
    public var toReceive: Int?
    /// Texts of which the other side, or this one, has the hash only.
    public var textsToSend = 0
    public var textsToReceive = 0
    /// Their bytes before compression, as far as they are known.
    public var textBytesToSend = 0
    public var textBytesToReceive = 0
    /// Records that lack texts here.
    public var recordsToComplete = 0

    public init() {}
}
