internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// How a caller and its peer refer to records that the other side has, in one exchange.
///
/// If many records that the program created are unsent, the caller fetches from the peer first: the peer may have the
/// same ones, and refers to them by the keys in the caller's filter. Afterwards the caller refers to what it has
/// received. What cannot be rebuilt, or does not match its chain hash, is requested in full. After a false positive
/// the filter is drawn again with another salt, a few times; any other failure ends references to this side.
struct ReferenceNegotiation {
    private static let maximumFilters = 4
    /// The budget for the first reply of an unknown peer, which may send much that is here already.
    private static let firstBudgetBytes: UInt64 = 16 << 10

    private let store: Store
    private let leastUnsentBytes: Int
    /// The peer may send references to this side.
    private(set) var areTaken = true
    /// This side sends references to the peer.
    private(set) var areTold = false
    private var areRefused = false
    /// The records that the peer is asked for before they are sent.
    private var unsent: UnsentRecords?
    private var isPullOver = false
    /// Nothing is known of the peer yet, and there are many unsent records that the program created.
    private var isStrange: Bool?
    private var filterCount = 0
    /// For the current message.
    private var resolution: ReferenceResolution
    /// Including the last transactions, which are not stored yet.
    private var next: ReferenceResolution
    private var hasFailed = false

    /// - Parameter leastUnsentBytes: of texts that the program created; fewer are sent at once.
    init(_ store: Store, askingFirstFrom leastUnsentBytes: Int) {
        self.store = store
        self.leastUnsentBytes = leastUnsentBytes
        resolution = ReferenceResolution(store)
        next = resolution
    }

    /// - Parameter held: the peer's vector; nil if it is unknown.
    mutating func pullsFirst(knowing held: Vector?) throws -> Bool {
        guard !isPullOver else { return false }
        guard let held else {
            if isStrange == nil {
                var own = try store.log.vector()
                own[try store.origin] = nil
                isStrange = try UnsentRecords.areMany(in: store, notIn: own, from: leastUnsentBytes)
            }
            return false
        }
        if unsent == nil {
            unsent = try UnsentRecords(in: store, notIn: held, from: leastUnsentBytes)
            filterCount += 1
            isPullOver = unsent == nil
        }
        return unsent != nil
    }

    /// The filter of unsent records; nil to send none.
    func filter(roomBytes: Int) -> KeyFilter? { unsent?.filter(roomBytes: roomBytes) }

    /// The budget to request for one message.
    func budget(_ bytes: UInt64) -> UInt64 {
        isStrange == true ? min(bytes, Self.firstBudgetBytes) : bytes
    }

    mutating func beginMessage() {
        resolution = ReferenceResolution(store)
        hasFailed = false
        unsent?.release()
    }

    /// The transactions of one segment of an incomplete message; nil if they cannot be rebuilt.
    mutating func rebuild(_ segment: IncomingMessage.Segment) throws -> [Transaction]? {
        // What is not applied now is processed again with the rest.
        next = resolution
        unsent?.release()
        let (transactions, isWhole) = try next.rebuild(segment.told, unsent: &unsent)
        return isWhole ? transactions : nil
    }

    /// Notes that the last rebuilt transactions are stored.
    mutating func noteStored() {
        resolution = next
        resolution.noteStored()
        unsent?.confirm()
    }

    mutating func rebuild(_ message: borrowing IncomingMessage, before end: MessageEnd) throws
        -> RebuiltMessage
    {
        unsent?.release()
        return try RebuiltMessage(message, before: end, in: store, by: &resolution, unsent: &unsent)
    }

    /// Applies rebuilt transactions as far as they are proved.
    mutating func apply(_ message: RebuiltMessage) throws -> ApplyOutcome {
        var sum = ApplyOutcome()
        for part in message.parts {
            guard let outcome = try store.apply(part.transactions, provedBy: part.ends) else {
                hasFailed = true
                break
            }
            sum.appliedCount += outcome.appliedCount
            sum.appliedRecordCount += outcome.appliedRecordCount
            sum.inOwnName += outcome.inOwnName
        }
        if !message.isWhole { hasFailed = true }
        if hasFailed { unsent?.release() } else { unsent?.confirm() }
        return sum
    }

    /// Processes what a reply states about references, after its items were applied.
    ///
    /// - Parameters:
    ///   - hasMore: the reply had items, and there are more.
    ///   - isHeard: the peer knew this side's vector, and sent what is missing here.
    mutating func note(_ reply: MessageHeader, hasMore: Bool, isHeard: Bool) throws {
        if reply.needsFullRecords { areRefused = true }
        if isHeard { isStrange = false }
        areTold = reply.takesReferences && !areRefused
        if hasFailed, resolution.lacksKey, filterCount < Self.maximumFilters {
            // With another salt another record, if any, is the false positive.
            unsent = nil
            return
        }
        if hasFailed { areTaken = false }
        // A peer that does not know references sends everything in full, whether it is asked first or not.
        if hasFailed || isHeard && !(hasMore && reply.takesReferences) { isPullOver = true }
        if isPullOver { unsent = nil } else { try unsent?.fill(from: store) }
    }
}
