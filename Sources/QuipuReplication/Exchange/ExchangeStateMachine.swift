internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// The caller's side of an exchange as a pure value: it is told what the replica holds and what came back, and
/// says what to send next or how it ended. The driver does the reading, writing and sending.
struct ExchangeStateMachine {
    /// What the replica holds, read in one snapshot.
    struct Holdings {
        var knowledge: Knowledge
        var digest: Digest
        var position: Int64
        var missingTexts: Int
        /// What the peer has proved, where it says that it holds the same.
        var proof = PeerProof.none
    }

    struct Request: Equatable {
        /// Send every entry of the vector; otherwise only those that changed since the agreement.
        var sendsWholeVector: Bool
        var agreed: MessageHeader.AgreedState?
        /// What the peer held at that state, where it was found out and not agreed upon.
        var base: KnowledgeBaseline?
        /// The peer knows too much to tell it: ranges find what.
        var needsSearch = false
        /// What the peer is known to hold; nil when nothing is known of it.
        var peerVector: Vector?
        /// Texts the peer asked for in its last reply.
        var wants: [MessageHeader.Want]
        /// Branch starts to join before this is sent.
        var joins: [ChainHash] = []
        /// Transactions whose chains at the peer are asked for; nothing else then.
        var probes: [TransactionName] = []
        /// It brings nothing, so as to learn first what has arrived of a message that was cut.
        private(set) var isAsking = false

        /// Without what it would bring.
        var asking: Request {
            var request = self
            (request.peerVector, request.wants, request.isAsking) = (nil, [], true)
            return request
        }
    }

    enum Outcome: Equatable {
        /// Vectors and digests are equal; `missingTexts` wanted values are not here and not there.
        case agreed(missingTexts: Int, peerPosition: Int64, proof: PeerProof)
        /// The peer says that it holds the same, and what it proves is something else.
        case disproved
        /// Equal vectors, unequal digests: something is damaged.
        case damaged
        /// What the peer has is here; `unsent` transactions that it lacks may not be sent.
        case pulled(unsent: Int, missingTexts: Int)
        /// Neither side had anything for the other any more, and yet they are not equal: others keep writing, or
        /// something was refused.
        case unsettled
    }

    enum Next: Equatable {
        case send(Request)
        case finish(Outcome)
    }

    /// What one round brought.
    struct Round {
        var reply: MessageHeader
        var appliedCount: Int
        /// Parts of texts that brought a text further.
        var textCount: Int
        /// Parts of texts that were sent.
        var sentTextCount: Int
        /// Nothing could be sent.
        var wasAsking = false
        /// What the peer said of its chains, beside this replica's own.
        var facts: [Divergence.Fact] = []
        /// The peer's names stand under other branch starts than are known here: its vector means nothing yet.
        var isUnderOtherNames = false
    }

    /// Rounds without progress before the caller gives up.
    static let maximumIdleRounds = 3
    /// Rounds that look for where chains branched, in one conversation. A few find the branch of a chain of any
    /// length; a peer that makes up branches must come to an end.
    static let maximumProbingRounds = 512

    /// What the peer's changes build upon: what was known at the agreement, or was found out.
    private var base: KnowledgeBaseline?
    /// It was found out, and follows what the peer says.
    private var isBaseFound = false
    private var isPeerUntold = false
    private var peerVector: Vector?
    private var sendsWholeVector: Bool
    private var idleRounds = 0
    /// Whether the last round brought either side further.
    private(set) var hasMoved = false
    /// The fewest transactions that the peer has lacked since this log grew last. A vector that is merely another
    /// one is no progress: a peer could tell a new one for ever.
    private var leastLacking: (count: UInt64, position: Int64) = (.max, -1)
    private var search = BranchSearch()
    private var probingRounds = 0
    /// What the peer lacked when it last spoke: how many texts, and of those it asked for how much it had.
    private var peerMissingTexts: UInt64 = 0
    private var peerWants: [ValueHash: UInt64] = [:]

    /// The peer takes nothing from here.
    private var isReadOnly = false

    /// - Parameter agreed: what the log until the agreement amounts to today.
    init(agreement: Agreement?, agreed: Knowledge?) {
        if let agreement, let agreed, agreed.hash == agreement.vectorHash {
            base = KnowledgeBaseline(
                knowledge: agreed, position: UInt64(agreement.theirPosition), hash: agreement.vectorHash)
        }
        peerVector = base?.knowledge.vector
        sendsWholeVector = base == nil
    }

    /// Goes on from what the peer was found to know.
    /// - Parameter facts: where its chains are not the ones held here.
    mutating func begin(on base: KnowledgeBaseline, _ facts: [Divergence.Fact]) -> Next {
        (self.base, isBaseFound, isPeerUntold) = (base, true, false)
        peerVector = base.heldVector
        sendsWholeVector = false
        return branchesFound(facts) ?? .send(request(wants: []))
    }

    func begin() -> Request { request(wants: []) }

    /// From here on nothing is sent but what is known: the peer refuses all else.
    mutating func sendNothing() { isReadOnly = true }

    private func request(wants: [MessageHeader.Want]) -> Request {
        Request(
            sendsWholeVector: sendsWholeVector,
            agreed: sendsWholeVector
                ? nil : base.map { .init(position: $0.position, vectorHash: $0.hash) },
            base: isBaseFound && !sendsWholeVector ? base : nil, needsSearch: isPeerUntold,
            peerVector: peerVector, wants: wants)
    }

    /// - Parameter holdings: as they are once the round is applied.
    mutating func next(after round: Round, holding holdings: Holdings) -> Next {
        let reply = round.reply
        if let next = branchesFound(in: round) { return next }
        if isBaseFound { base?.recognise(in: holdings.knowledge.vector) }
        let ownHash = holdings.knowledge.hash
        // What was sent counts by what the peer then holds: it may refuse the same piece again and again.
        var hasProgress = round.appliedCount > 0 || round.textCount > 0
        if hasTakenTexts(reply), round.sentTextCount > 0 { hasProgress = true }
        if ownHash == reply.vectorHash {
            guard holdings.digest == reply.digest else { return .finish(.damaged) }
            if peerVector != holdings.knowledge.vector { hasProgress = true }
            peerVector = holdings.knowledge.vector
            // A message asks for some of the texts only: with many missing the next one may ask for others.
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
            // What the peer told does not add up to its hash: our memory of it is of no use.
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

    /// How many transactions that are held here somebody lacks.
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

    /// Notes what texts the peer lacks, and whether those are fewer or shorter than before.
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
        // Where chains are unknown the hash says nothing; the peer itself compares the base with what it held.
        if !reply.isWholeVector, let base, !base.isWhole {
            return reply.entries.isEmpty && reply.vectorHash != base.hash ? nil : told.vector
        }
        return told.hash == reply.vectorHash ? told.vector : nil
    }

    /// What to do next about chains that branched; nil when none did.
    private mutating func branchesFound(in round: Round) -> Next? {
        if round.isUnderOtherNames {
            // A peer that may not learn of them goes on under its own.
            if isReadOnly { return .finish(.unsettled) }
            // The peer learns the branch starts that it lacks with the next message, and tells its vector anew.
            search = BranchSearch()
            // Of more branch starts than a message tells only their hash was told.
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

    /// Once names have changed nothing that was said before means the same.
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
