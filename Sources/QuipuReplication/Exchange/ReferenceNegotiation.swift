internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// How a caller and its peer tell transactions by what the other has, in the course of one exchange.
///
/// Where much that the program made is unsent, the peer is asked first for what it has: that may say the same, and is then
/// told by the keys of a filter; and what is sent afterwards is told by what came. What cannot be rebuilt, or is not what
/// its chain says, is asked for in full: a filter that took one record for another is drawn anew a few times, anything
/// else ends all references to this side.
struct ReferenceNegotiation {
    private static let maximumFilters = 4
    /// Texts in a first reply from a peer of whom nothing is known, where much of what it brings may be here.
    private static let firstBudgetBytes: UInt64 = 16 << 10

    private let store: Store
    private let leastUnsentBytes: Int
    /// The peer may tell this side by reference.
    private(set) var areTaken = true
    /// This side tells the peer by reference.
    private(set) var areTold = false
    private var areRefused = false
    /// What the peer is asked for before it is sent.
    private var unsent: UnsentRecords?
    private var isPullOver = false
    /// Nothing is known yet of the peer, to whom much is unsent that the program made.
    private var isStrange: Bool?
    private var filterCount = 0
    /// Of the message under way.
    private var resolution: ReferenceResolution
    /// With what came last and is not in the store yet.
    private var next: ReferenceResolution
    private var hasFailed = false

    /// - Parameter leastUnsentBytes: of texts that the program made: less is sent at once.
    init(_ store: Store, askingFirstFrom leastUnsentBytes: Int) {
        self.store = store
        self.leastUnsentBytes = leastUnsentBytes
        resolution = ReferenceResolution(store)
        next = resolution
    }

    /// - Parameter held: what the peer holds; nil where that is not known.
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

    /// Of what is unsent; nil where nothing is told of it.
    func filter(roomBytes: Int) -> KeyFilter? { unsent?.filter(roomBytes: roomBytes) }

    /// What to ask for in one message.
    func budget(_ bytes: UInt64) -> UInt64 {
        isStrange == true ? min(bytes, Self.firstBudgetBytes) : bytes
    }

    mutating func beginMessage() {
        resolution = ReferenceResolution(store)
        hasFailed = false
        unsent?.release()
    }

    /// What stands before a checkpoint of a message that is not all there; nil where it cannot be rebuilt.
    mutating func rebuild(_ segment: IncomingMessage.Segment) throws -> [Transaction]? {
        // What is not taken now is looked at again with the rest.
        next = resolution
        unsent?.release()
        let (transactions, isWhole) = try next.rebuild(segment.told, unsent: &unsent)
        return isWhole ? transactions : nil
    }

    /// What was rebuilt last is in the store now.
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

    /// Takes what was rebuilt, as far as it is proved.
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

    /// What a reply says of references, once what it brought is taken.
    ///
    /// - Parameters:
    ///   - hasMore: it brought something, and there is more.
    ///   - isHeard: the peer knew what is held here, and brought what is not.
    mutating func note(_ reply: MessageHeader, hasMore: Bool, isHeard: Bool) throws {
        if reply.needsFullRecords { areRefused = true }
        if isHeard { isStrange = false }
        areTold = reply.takesReferences && !areRefused
        if hasFailed, resolution.lacksKey, filterCount < Self.maximumFilters {
            // Under another salt it is another record that is taken for one of these, if any.
            unsent = nil
            return
        }
        if hasFailed { areTaken = false }
        // What a peer has that is older than references comes in full, whether it is asked before or not.
        if hasFailed || isHeard && !(hasMore && reply.takesReferences) { isPullOver = true }
        if isPullOver { unsent = nil } else { try unsent?.fill(from: store) }
    }
}
