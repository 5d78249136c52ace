internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// What a sync did.
public struct SyncReport: Sendable, Equatable {
    /// Records changed by the transactions that went out and came in.
    public var sent = 0
    public var received = 0
    public var bytesSent = 0
    public var bytesReceived = 0
    public var roundTrips = 0
    /// Vectors and digests are equal on both sides, the other side has proved that it holds what these stand for, and no
    /// wanted text is missing here.
    public var inSync = false
    /// The other side says that it holds the same, and gives no proof of it.
    public var isUnproved = false
    /// Wanted texts that neither side holds.
    public var missingTexts = 0
    /// Transactions that were refused, in words; the first of them.
    public var refused: [String] = []
    static let maximumRefusals = 100
    /// What came under a name of this machine's own that it did not write.
    public var inOwnName: [NameUse] = []
    /// Why the other side takes nothing from here; nil where it takes all. What it has was fetched all the same.
    public var refusal: ReplicationError.Code?
    /// Transactions that stay here for that reason.
    public var unsent = 0
    /// Texts in the next message, as the link has borne them so far; nil before the first.
    public var messageBytes: Int?
    /// Of what both sides held in the end; nil where they did not hold the same.
    public var knowledgeHash: UInt128?
    /// By how much the two clocks differ, where that is much and neither side knows which is right.
    public var clockDifference: ClockDifference?

    public init() {}

    mutating func note(_ comparison: ClockComparison, of reply: MessageHeader) {
        clockDifference = ClockDifference(comparison, peer: reply.clock)
    }
}

/// The caller's side of an exchange: drives a `ExchangeStateMachine` over a store and a transport.
public struct Synchronizer {
    public struct Options: Sendable {
        /// Texts in the first message; it grows as messages pass and shrinks when one is cut.
        public var firstBudgetBytes = 1 << 20
        public var maximumBudgetBytes = 8 << 20
        public var minimumBudgetBytes = 16 << 10
        /// Attempts at a message that is cut again and again.
        public var maximumAttempts = 4
        /// A message under way for longer is a long one for its link: the next sync begins with shorter ones, unless it
        /// still passes. Whoever is stopped in the midst of it, by a closed lid or an empty battery, cannot say so then.
        public var lateMilliseconds: Int64 = 3_000
        /// Messages took long the last time, or were cut. What the peer holds is asked before anything is sent, for it may
        /// have taken a part of a message that was cut; and what messages hold is proved more often.
        public var isLinkSlow = false
        /// Where there is so much unsent text that the program made, the peer is asked first for what it has: it may be the
        /// same. Less is sent at once, which saves a round trip.
        public var leastUnsentBytes = 64 << 10
        /// Take most of a collection away without asking.
        public var acceptsDeletions = false

        public init() {}
    }

    /// Of what the peer knows, in one exchange; each goes on where the one before has led to.
    private static let maximumSearches = 64

    /// Passes within seconds over a link that is worth the name.
    private static let sureBudgetBytes = 128 << 10

    /// A message that passes in less time is followed by a longer one. Longer ones would lose much where a proxy keeps
    /// whole messages to itself, and shorter ones spend much time on the way there and back.
    private static let quickMilliseconds: Int64 = 8_000

    private let store: Store
    private let transport: any Transport
    private let options: Options

    public init(_ store: Store, over transport: any Transport, options: Options = Options()) {
        self.store = store
        self.transport = transport
        self.options = options
    }

    /// Exchanges until both sides are equal, or neither has anything for the other.
    ///
    /// - Parameters:
    ///   - agreement: with this peer, from the last time.
    ///   - progress: is told after each round, and of each message that was cut or is late.
    /// - Returns: the report, and the new agreement if there is one.
    /// - Throws: `ReplicationError` (`massDeletion` before most of a collection is lost), `StorageError`; what was
    ///   applied until then is kept.
    public func run(
        agreement: Agreement?, progress: (SyncReport) -> Void = { _ in }
    ) throws -> (SyncReport, Agreement?) {
        let agreed = try agreement.map { agreement in
            try store.reading { try store.log.knowledge(at: agreement.ownPosition) }
        }
        let deletions = try DeletionGuard(store, accepting: options.acceptsDeletions)
        var session = ExchangeSession(
            store, over: transport, agreement: agreement, guarding: deletions,
            compressionLevel: options.isLinkSlow ? .high : .standard,
            askingFirstFrom: options.leastUnsentBytes)
        var stateMachine = ExchangeStateMachine(agreement: agreement, agreed: agreed)
        var request = stateMachine.begin()
        var budget = ExchangeSession.Budget(
            sent: options.firstBudgetBytes, received: options.firstBudgetBytes)
        if options.isLinkSlow { budget.received = max(budget.received, Options().firstBudgetBytes) }
        // What was sent before and cut may have arrived in part.
        var mustAsk = options.isLinkSlow
        var attempts = 0
        // A message that was cut is sent again, so one that takes long is long enough.
        var isQuick = true
        var mustSearch = false
        var searches = 0
        while true {
            let round: ExchangeStateMachine.Round
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
                reportOfLate.messageBytes = max(
                    min(budget.sent, Self.sureBudgetBytes), options.minimumBudgetBytes)
                round = try session.round(
                    isAsking ? request.asking : request, budget: budget, forecast: (stateMachine, nextBudget),
                    lateAfterMilliseconds: options.lateMilliseconds
                ) { progress(reportOfLate) }
            } catch is ExchangeSession.NeedsSearch {
                mustSearch = true
                continue
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
                session.note(messageBytes: budget.sent)
                progress(session.report)
                if attempts >= options.maximumAttempts { throw error }
                mustAsk = mustAsk || session.wasSending
                continue
            }
            mustAsk = false
            budget = nextBudget
            isQuick = session.lastRoundMilliseconds < Self.quickMilliseconds
            session.note(messageBytes: budget.sent)
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
                    .damaged, "both mirrors hold the same transactions, and yet their digests differ",
                    hint: "run: quipu verify, on both sides")
            case .finish(.disproved):
                throw ReplicationError(
                    .damaged,
                    "\(transport.location) says that it holds the same, and its proof of that is wrong",
                    hint: """
                        what came until then is kept; it shows other values, or it is no mirror of this archive: \
                        quipu verify \(transport.location)
                        """)
            case .finish(.unsettled): return (session.report, nil)
            case .finish(.pulled(let unsent, let missingTexts)):
                session.end(inSync: false, missingTexts: missingTexts, unsent: unsent)
                return (session.report, nil)
            case .finish(.agreed(let missingTexts, let peerPosition, let proof)):
                // What was refused was not needed in the end.
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

    /// A message that was cut, that came out of the link as something else, or that was too large for it.
    private static func isWorthAnotherTry(_ error: any Error) -> Bool {
        if let error = error as? ReplicationError {
            return error.code == .cut || error.code == .malformed || error.code == .tooLarge
        }
        return error is WireError
    }

    /// Where a search was led astray, which begins anew by itself, once more is no use.
    private static func isMalformed(_ error: any Error) -> Bool {
        (error as? ReplicationError)?.code == .malformed
    }

    private func holdings(proved: (Knowledge) throws -> PeerProof) throws -> ExchangeStateMachine.Holdings {
        try store.reading {
            let own = try store.log.knowledge()
            return ExchangeStateMachine.Holdings(
                knowledge: own, digest: try store.digest, position: try store.position,
                missingTexts: try store.texts.missingCount, proof: try proved(own))
        }
    }

    static func check(_ reply: MessageHeader, of store: Store) throws {
        guard reply.protocolVersion == MessageHeader.protocolVersion else {
            throw ReplicationError(
                .newerProtocol, "the other side speaks protocol \(reply.protocolVersion)",
                hint: "install the newer Quipu on both sides")
        }
        guard reply.archive == store.id else {
            throw ReplicationError(
                .otherArchive, "the other side holds another archive",
                hint: "sync with a mirror of the same archive, or clone that one to a new folder")
        }
    }
}
