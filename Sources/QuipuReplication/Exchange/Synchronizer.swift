internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// The result of a sync.
public struct SyncReport: Sendable, Equatable {
    /// The number of records changed by the transactions that were sent and received.
    public var sent = 0
    public var received = 0
    public var bytesSent = 0
    public var bytesReceived = 0
    public var roundTrips = 0
    /// Vectors and digests are equal, the peer has proved that it holds them, and no wanted text is missing here.
    public var inSync = false
    /// The peer claims the same state without a proof.
    public var isUnproved = false
    /// Wanted texts that are missing on both sides.
    public var missingTexts = 0
    /// Descriptions of transactions that were refused; the first few.
    public var refused: [String] = []
    static let maximumRefusals = 100
    /// Transactions under this replica's own name that it did not write.
    public var inOwnName: [NameUse] = []
    /// Why the peer accepts nothing from this side; nil if it does. What it has was fetched all the same.
    public var refusal: ReplicationError.Code?
    /// The number of transactions that were not sent for that reason.
    public var unsent = 0
    /// The budget for texts in the next message, by how the link has performed; nil before the first.
    public var messageBytes: Int?
    /// How fast the link was in the last message that was long enough to tell.
    public var bytesPerSecond: Int?
    /// The hash of the state of both sides at the end; nil if they were not equal.
    public var knowledgeHash: UInt128?
    /// The work left for the next exchange if this one reached its limit of bytes; nil if it did not.
    public var leftOver: LeftOver?
    /// The peer does not hold long texts back, so what is urgent did not come first.
    public var isPeerUnableToHoldBack = false
    /// The difference between the two clocks, if it is large and neither side knows which clock is right.
    public var clockDifference: ClockDifference?

    public init() {}

    mutating func note(_ comparison: ClockComparison, of reply: MessageHeader) {
        clockDifference = ClockDifference(comparison, peer: reply.clock)
    }
}

/// The caller's side of an exchange: drives an `ExchangeStateMachine` over a store and a transport.
public struct Synchronizer {
    public struct Options: Sendable {
        /// The budget for texts in the first message. It grows as messages succeed, and shrinks when one is
        /// interrupted.
        public var firstBudgetBytes = 1 << 20
        public var maximumBudgetBytes = 8 << 20
        public var minimumBudgetBytes = 16 << 10
        /// Attempts at a message that is interrupted repeatedly.
        public var maximumAttempts = 4
        /// A message that takes longer than this is too long for its link: the next sync begins with shorter ones,
        /// unless this one still succeeds. It is noted early because a process that is stopped in the middle of a
        /// message cannot note it then.
        public var lateMilliseconds: Int64 = 3_000
        /// Messages took long the last time, or were interrupted. The peer is asked for its state before anything is
        /// sent, since it may have applied part of an interrupted message; and messages have checkpoints more often.
        public var isLinkSlow = false
        /// If the program created more unsent text than this, the peer is asked first for its own records, which may
        /// be the same. Less text is sent at once, which saves a round trip.
        public var leastUnsentBytes = 64 << 10
        /// Apply deletions of most of a collection without confirmation.
        public var acceptsDeletions = false
        /// The most bytes on the link, both ways together; nil for no limit. What is most urgent is then exchanged first.
        public var maximumBytes: Int?

        public init() {}
    }

    /// Searches for the peer's state in one exchange; each continues from the one before.
    private static let maximumSearches = 64

    /// A budget that takes seconds on a usable link.
    private static let sureBudgetBytes = 128 << 10

    /// A message that takes less time is followed by a longer one. Much longer messages would lose much where a proxy
    /// buffers whole messages, and shorter ones spend more time on round trips.
    private static let quickMilliseconds: Int64 = 8_000

    private let store: Store
    private let transport: any Transport
    private let options: Options

    public init(_ store: Store, over transport: any Transport, options: Options = Options()) {
        self.store = store
        self.transport = transport
        self.options = options
    }

    /// Exchanges until both sides are equal, or neither has anything to send.
    ///
    /// - Parameters:
    ///   - agreement: the last agreement with this peer.
    ///   - progress: called after each round trip, and for each message that is interrupted or late.
    /// - Returns: the report, and the new agreement if there is one.
    /// - Throws: `ReplicationError` (`massDeletion` before most of a collection would be lost), `StorageError`; what
    ///   was applied before is kept.
    public func run(
        agreement: Agreement?, progress: (SyncReport) -> Void = { _ in }
    ) throws -> (SyncReport, Agreement?) {
        let agreed = try agreement.map { agreement in
            try store.reading { try store.log.knowledge(at: agreement.ownPosition) }
        }
        let deletions = try DeletionGuard(store, accepting: options.acceptsDeletions)
        let meter = options.maximumBytes.map { BudgetedTransport(transport, maximumBytes: $0) }
        var session = ExchangeSession(
            store, over: meter ?? transport, agreement: agreement, guarding: deletions,
            compressionLevel: options.isLinkSlow ? .high : .standard,
            askingFirstFrom: options.leastUnsentBytes)
        // Bytes that cost money, or minutes, are worth the work.
        if meter != nil { session.compressionLevel = .high }
        session.byteBudget = meter.map { ByteBudget($0) }
        var stateMachine = ExchangeStateMachine(agreement: agreement, agreed: agreed)
        var request = stateMachine.begin()
        var budget = ExchangeSession.Budget(
            sent: options.firstBudgetBytes, received: options.firstBudgetBytes)
        if options.isLinkSlow { budget.received = max(budget.received, Options().firstBudgetBytes) }
        // An earlier message that was interrupted may have arrived in part.
        var mustAsk = options.isLinkSlow
        var attempts = 0
        // An interrupted message is sent again, so a message that takes long is long enough.
        var isQuick = true
        var mustSearch = false
        var searches = 0
        while true {
            let round: ExchangeStateMachine.Round
            if let bounded = session.byteBudget {
                guard let next = try bounded.next(for: request, of: store) else {
                    return try leavingRest(of: session, stateMachine)
                }
                (budget, isQuick, mustAsk) = (next, false, !bounded.hasHeard)
            }
            var nextBudget = budget
            let isAsking = try mustAsk || session.pullsFirst(before: request)
            if isQuick {
                if !isAsking { nextBudget.sent = min(budget.sent * 2, options.maximumBudgetBytes) }
                nextBudget.received = min(budget.received * 2, options.maximumBudgetBytes)
            }
            do {
                if mustSearch {
                    guard searches < Self.maximumSearches, let found = try session.findBase(),
                        case .send(let next) = stateMachine.begin(on: found.base, found.facts)
                    else { return (session.report, nil) }
                    try store.log.join(branchStarts: next.joins)
                    (request, mustSearch) = (next, false)
                    searches += 1
                }
                try store.noteShown()
                var reportOfLate = session.report
                if meter == nil {
                    reportOfLate.messageBytes = max(
                        min(budget.sent, Self.sureBudgetBytes), options.minimumBudgetBytes)
                }
                round = try session.round(
                    isAsking ? request.asking : request, budget: budget, forecast: (stateMachine, nextBudget),
                    lateAfterMilliseconds: options.lateMilliseconds
                ) { progress(reportOfLate) }
            } catch is ExchangeSession.NeedsSearch {
                mustSearch = true
                continue
            } catch let error as BudgetedTransport.BudgetSpent {
                guard session.byteBudget?.hasHeard == true || session.hasKept else {
                    throw ReplicationError(budgetBytes: options.maximumBytes ?? 0, needed: error.neededBytes)
                }
                return try leavingRest(of: session, stateMachine)
            } catch let error as ReplicationError
                where session.report.refusal == nil && error.refusesEdits
            {
                session.sendNothing(because: error.code)
                stateMachine.sendNothing()
                continue
            } catch let error
                where Self.isWorthAnotherTry(error) && !(mustSearch && Self.isMalformed(error))
            {
                budget.sent = max(budget.sent / 8, options.minimumBudgetBytes)
                if session.hasKept {
                    attempts = 0
                } else {
                    budget.received = max(budget.received / 8, options.minimumBudgetBytes)
                    attempts += 1
                }
                if meter == nil { session.note(messageBytes: budget.sent) }
                session.noteCost(by: meter)
                progress(session.report)
                if attempts >= options.maximumAttempts { throw error }
                mustAsk = mustAsk || session.wasSending
                continue
            }
            mustAsk = false
            budget = nextBudget
            isQuick = session.lastRoundMilliseconds < Self.quickMilliseconds
            if meter == nil { session.note(messageBytes: budget.sent) }
            session.noteCost(by: meter)
            progress(session.report)
            let holdings = try holdings { try session.proof(in: round.reply, knowing: $0) }
            let next = stateMachine.next(after: round, holding: holdings)
            if !round.wasAsking || stateMachine.hasMoved { attempts = 0 }
            switch next {
            case .send(let next):
                try store.log.join(branchStarts: next.joins)
                request = next
            case .finish(.damaged):
                throw ReplicationError(
                    .damaged, "both mirrors hold the same transactions, but their digests differ",
                    remedy: Remedy(.verifyOnBothSides))
            case .finish(.disproved):
                throw ReplicationError(
                    .damaged,
                    "\(transport.location) says that it holds the same, and its proof of that is wrong",
                    hint:
                        "what has arrived is kept; it shows other values, or is not a mirror of this archive",
                    remedy: Remedy(.verifyMirror, transport.location))
            case .finish(.unsettled): return (session.report, nil)
            case .finish(.pulled(let unsent, let missingTexts)):
                session.end(inSync: false, missingTexts: missingTexts, unsent: unsent)
                return (session.report, nil)
            case .finish(.agreed(let missingTexts, let peerPosition, let proof)):
                // The other side may lack texts that were held back.
                if meter != nil, round.reply.missingTexts > 0 {
                    return try leavingRest(of: session, stateMachine)
                }
                // In the end the refused items were not needed.
                session.end(
                    inSync: missingTexts == 0 && proof == .right, missingTexts: missingTexts,
                    isRefused: false, isUnproved: proof == .none)
                return (
                    session.report,
                    proof == .none
                        ? nil
                        : Agreement(
                            ownPosition: holdings.position, theirPosition: peerPosition,
                            vectorHash: holdings.knowledge.hash)
                )
            }
        }
    }

    /// Whether a message was interrupted, corrupted, or too large for the peer.
    private static func isWorthAnotherTry(_ error: any Error) -> Bool {
        if let error = error as? ReplicationError {
            return error.code == .cut || error.code == .malformed || error.code == .tooLarge
        }
        return error is WireError
    }

    /// A search restarts by itself; after a malformed answer another attempt is useless.
    private static func isMalformed(_ error: any Error) -> Bool {
        (error as? ReplicationError)?.code == .malformed
    }

    /// Ends an exchange whose bytes are spent, or that has nothing more to exchange within its bounds.
    ///
    /// - Returns: with the report, what was agreed, if both sides hold the same transactions: texts are asked for
    ///   independently of that.
    private func leavingRest(of session: ExchangeSession, _ stateMachine: ExchangeStateMachine) throws -> (
        SyncReport, Agreement?
    ) {
        var session = session
        session.noteCost(by: session.byteBudget?.transport)
        let rest = try store.reading { try session.leftOver(knowing: stateMachine.toldVector) }
        session.end(inSync: false, missingTexts: rest.textsToReceive)
        session.report.leftOver = rest
        session.report.isPeerUnableToHoldBack = session.byteBudget?.isUnderstood == false
        return (session.report, nil)
    }

    private func holdings(proved: (Knowledge) throws -> PeerProof) throws -> ExchangeStateMachine.Holdings {
        try store.reading {
            let own = try store.log.knowledge()
            return ExchangeStateMachine.Holdings(
                knowledge: own, digest: try store.digest, position: try store.position,
                missingTexts: try store.texts.missingCount, proof: try proved(own))
        }
    }
}
