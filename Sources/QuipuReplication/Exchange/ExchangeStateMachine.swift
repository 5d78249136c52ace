internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// The caller's side of an exchange as a pure value: it takes the replica's state and the last reply, and returns
/// what to send next or how the exchange ended. The driver reads, writes and sends.
struct ExchangeStateMachine {
    /// The replica's state, read in one transaction.
    struct Holdings {
        var knowledge: Knowledge
        var digest: Digest
        var position: Int64
        var missingTexts: Int
        /// The proof of a peer that claims the same state.
        var proof = PeerProof.none
    }

    struct Request: Equatable {
        /// Send the whole vector; otherwise only entries that changed since the agreement.
        var sendsWholeVector: Bool
        var agreed: MessageHeader.AgreedState?
        /// The peer's state at `agreed`, if it was found by a search instead of agreed upon.
        var base: KnowledgeBaseline?
        /// The peer's vector is too large for a message: search by ranges.
        var needsSearch = false
        /// The peer's vector; nil when it is unknown.
        var peerVector: Vector?
        /// Texts that the peer requested in its last reply.
        var wants: [MessageHeader.Want]
        /// Branch starts to join before this is sent.
        var joins: [ChainHash] = []
        /// Transactions whose chain hashes are requested; such a message carries nothing else.
        var probes: [TransactionName] = []
        /// The message carries no items: it asks how much of an interrupted message has arrived.
        private(set) var isAsking = false

        /// The same request without items.
        var asking: Request {
            var request = self
            (request.peerVector, request.wants, request.isAsking) = (nil, [], true)
            return request
        }
    }

    enum Outcome: Equatable {
        /// Vectors and digests are equal; `missingTexts` wanted values are missing on both sides.
        case agreed(missingTexts: Int, peerPosition: Int64, proof: PeerProof)
        /// The peer claims the same state, and its proof is wrong.
        case disproved
        /// Equal vectors, unequal digests: something is damaged.
        case damaged
        /// Everything was fetched from the peer; `unsent` transactions that it lacks may not be sent.
        case pulled(unsent: Int, missingTexts: Int)
        /// Neither side has anything to send, and the two are not equal: others keep writing, or something was
        /// refused.
        case unsettled
    }

    enum Next: Equatable {
        case send(Request)
        case finish(Outcome)
    }

    /// The result of one round trip.
    struct Round {
        var reply: MessageHeader
        var appliedCount: Int
        /// Text parts that extended a text.
        var textCount: Int
        /// Text parts that were sent.
        var sentTextCount: Int
        /// The request carried no items.
        var wasAsking = false
        /// The chain hashes that the peer stated, with this replica's own.
        var facts: [Divergence.Fact] = []
        /// The peer has other branch starts, so its vector cannot be interpreted yet.
        var isUnderOtherNames = false
    }

    /// Rounds without progress after which the exchange ends.
    static let maximumIdleRounds = 3
    /// Rounds that search for branches, in one exchange. A few find the branch of a chain of any length; the bound
    /// stops a peer that invents branches.
    static let maximumProbingRounds = 512

    /// The state that the peer's entries are relative to: that of the agreement, or one found by a search.
    private var base: KnowledgeBaseline?
    /// The baseline was found by a search, and follows the peer's state.
    private var isBaseFound = false
    private var isPeerUntold = false
    private var peerVector: Vector?
    /// What the peer told that it holds; nil when that is unknown.
    var toldVector: Vector? { peerVector }
    private var sendsWholeVector: Bool
    private var idleRounds = 0
    /// Whether the last round made progress on either side.
    private(set) var hasMoved = false
    /// The fewest transactions that the peer has lacked since the local log grew last. Another vector alone is no
    /// progress: a peer could state a new one for ever.
    private var leastLacking: (count: UInt64, position: Int64) = (.max, -1)
    private var search = BranchSearch()
    private var probingRounds = 0
    /// What the peer lacked in its last reply: the number of texts, and for those that it requested, how much it had.
    private var peerMissingTexts: UInt64 = 0
    private var peerWants: [ValueHash: UInt64] = [:]

    /// The peer accepts no items from this side.
    private var isReadOnly = false

    /// - Parameter agreed: what the local log up to the agreement yields today.
    init(agreement: Agreement?, agreed: Knowledge?) {
        if let agreement, let agreed, agreed.hash == agreement.vectorHash {
            base = KnowledgeBaseline(
                knowledge: agreed, position: UInt64(agreement.theirPosition), hash: agreement.vectorHash)
        }
        peerVector = base?.knowledge.vector
        sendsWholeVector = base == nil
    }

    /// Continues from the state that a search found.
    /// - Parameter facts: where the peer's chains differ from those held here.
    mutating func begin(on base: KnowledgeBaseline, _ facts: [Divergence.Fact]) -> Next {
        (self.base, isBaseFound, isPeerUntold) = (base, true, false)
        peerVector = base.heldVector
        sendsWholeVector = false
        return branchesFound(facts) ?? .send(request(wants: []))
    }

    func begin() -> Request { request(wants: []) }

    /// From now on no items are sent: the peer refuses them.
    mutating func sendNothing() { isReadOnly = true }

    private func request(wants: [MessageHeader.Want]) -> Request {
        Request(
            sendsWholeVector: sendsWholeVector,
            agreed: sendsWholeVector
                ? nil : base.map { .init(position: $0.position, vectorHash: $0.hash) },
            base: isBaseFound && !sendsWholeVector ? base : nil, needsSearch: isPeerUntold,
            peerVector: peerVector, wants: wants)
    }

    /// - Parameter holdings: the replica's state after the round was applied.
    mutating func next(after round: Round, holding holdings: Holdings) -> Next {
        let reply = round.reply
        if let next = branchesFound(in: round) { return next }
        if isBaseFound { base?.recognise(in: holdings.knowledge.vector) }
        let ownHash = holdings.knowledge.hash
        // Sending counts as progress by what the peer then holds: it may refuse the same message again and again.
        var hasProgress = round.appliedCount > 0 || round.textCount > 0
        if hasTakenTexts(reply), round.sentTextCount > 0 { hasProgress = true }
        if ownHash == reply.vectorHash {
            guard holdings.digest == reply.digest else { return .finish(.damaged) }
            if peerVector != holdings.knowledge.vector { hasProgress = true }
            peerVector = holdings.knowledge.vector
            // A message requests only some of the texts: with many missing, the next one may request others.
            func mayHelp(_ missing: Int) -> Bool {
                missing > 0
                    && (hasProgress
                        || missing > MessageHeader.usualWants && idleRounds + 1 < Self.maximumIdleRounds)
            }
            let isUntried = !reply.wants.isEmpty && idleRounds == 0
            if !isUntried, !mayHelp(reply.wants.isEmpty ? 0 : Int(clamping: reply.missingTexts)),
                !mayHelp(holdings.missingTexts)
            {
                if holdings.proof == .wrong { return .finish(.disproved) }
                return .finish(
                    .agreed(
                        missingTexts: holdings.missingTexts, peerPosition: Int64(clamping: reply.position),
                        proof: holdings.proof))
            }
        } else if reply.needsWholeVector, !sendsWholeVector {
            sendsWholeVector = true
            peerVector = reply.isWholeVector ? Vector(reply.entries) : nil
            hasProgress = true
        } else if let told = vectorTold(by: reply, under: holdings.knowledge.branchStarts) {
            if lacksFewer(told, than: holdings) { hasProgress = true }
            peerVector = told
            if isBaseFound, base?.isWhole == true {
                base = KnowledgeBaseline(
                    knowledge: Knowledge(vector: told, branchStarts: holdings.knowledge.branchStarts),
                    position: reply.position, hash: reply.vectorHash)
            }
        } else {
            // The peer's entries do not yield its hash: the remembered state is outdated.
            hasProgress = hasProgress || !sendsWholeVector
            sendsWholeVector = true
            peerVector = nil
            isPeerUntold = round.appliedCount == 0 && reply.entries.isEmpty && !reply.isWholeVector
        }
        if isReadOnly, base?.hasStrangers != true, let peerVector,
            peerVector.isCovered(by: holdings.knowledge.vector),
            !(hasProgress && holdings.missingTexts > 0)
        {
            return .finish(
                .pulled(
                    unsent: Int(clamping: Self.lacking(peerVector, of: holdings)),
                    missingTexts: holdings.missingTexts))
        }
        hasMoved = hasProgress
        if hasProgress { idleRounds = 0 } else if !round.wasAsking { idleRounds += 1 }
        if idleRounds >= Self.maximumIdleRounds { return .finish(.unsettled) }
        return .send(request(wants: reply.wants))
    }

    /// The number of transactions held here that a peer lacks.
    private static func lacking(_ told: Vector, of holdings: Holdings) -> UInt64 {
        holdings.knowledge.vector.entries.reduce(0 as UInt64) { sum, entry in
            let held = told.sequence(of: entry.origin)
            return sum &+ (entry.sequence > held ? entry.sequence - held : 0)
        }
    }

    private mutating func lacksFewer(_ told: Vector, than holdings: Holdings) -> Bool {
        let count = Self.lacking(told, of: holdings)
        if leastLacking.position != holdings.position { leastLacking = (.max, holdings.position) }
        defer { leastLacking.count = min(leastLacking.count, count) }
        return count < leastLacking.count
    }

    /// Stores which texts the peer lacks, and returns whether they have become fewer or shorter.
    private mutating func hasTakenTexts(_ reply: MessageHeader) -> Bool {
        let hasTaken =
            reply.missingTexts < peerMissingTexts
            || reply.wants.contains { want in peerWants[want.hash].map { $0 < want.offset } ?? false }
        peerMissingTexts = reply.missingTexts
        peerWants = [:]
        for want in reply.wants { peerWants[want.hash] = want.offset }
        return hasTaken
    }

    private func vectorTold(by reply: MessageHeader, under branchStarts: Set<ChainHash>) -> Vector? {
        guard let before = reply.isWholeVector ? Vector() : base?.heldVector else { return nil }
        var told = Knowledge(vector: before, branchStarts: branchStarts)
        for entry in reply.entries { told.vector[entry.origin] = entry }
        // With unknown chain hashes the vector's hash cannot be computed; the peer itself compares the baseline with
        // what it held.
        if !reply.isWholeVector, let base, !base.isWhole {
            return reply.entries.isEmpty && reply.vectorHash != base.hash ? nil : told.vector
        }
        return told.hash == reply.vectorHash ? told.vector : nil
    }

    /// The next step for chains that branched; nil if there are none.
    private mutating func branchesFound(in round: Round) -> Next? {
        if round.isUnderOtherNames {
            // A peer that accepts nothing keeps its own branch starts.
            if isReadOnly { return .finish(.unsettled) }
            // The next message sends the branch starts that the peer lacks, and the peer then states its vector
            // again.
            search = BranchSearch()
            // Of too many branch starts for a message, only the hash was sent.
            isPeerUntold = round.reply.branchStartsHash != nil
            return tellAll(joining: [])
        }
        return branchesFound(round.facts)
    }

    private mutating func branchesFound(_ facts: [Divergence.Fact]) -> Next? {
        for fact in facts { search.note(fact.theirs, own: fact.own) }
        let starts = search.branchStarts
        if !starts.isEmpty {
            search = BranchSearch()
            return tellAll(joining: starts)
        }
        guard search.isOpen else { return nil }
        return probing(with: Request(sendsWholeVector: false, wants: [], probes: search.probes))
    }

    /// Once names have changed, earlier entries no longer mean the same.
    private mutating func tellAll(joining starts: [ChainHash]) -> Next {
        sendsWholeVector = true
        peerVector = nil
        var next = request(wants: [])
        next.joins = starts
        return probing(with: next)
    }

    private mutating func probing(with request: Request) -> Next {
        probingRounds += 1
        return probingRounds > Self.maximumProbingRounds ? .finish(.unsettled) : .send(request)
    }
}

extension Vector {
    fileprivate func isCovered(by other: Vector) -> Bool {
        entries.allSatisfy { $0.sequence <= other.sequence(of: $0.origin) }
    }
}
