internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// One exchange, from its first message to its last.
///
/// Without pipelining each side would wait for the other half of the time. So, where the transport allows it, the
/// next message is prepared while the current one is on the link, and the next request is sent while a reply is being
/// applied. Either assumes what the state machine will decide: it is used only if the assumption holds and the
/// replica has the state that it was made for; otherwise it is dropped, which costs bytes and nothing else.
struct ExchangeSession {
    /// Bytes of texts in one message.
    struct Budget: Equatable {
        var sent: Int
        /// The budget that the peer is asked to keep to.
        var received: Int
    }

    /// A prepared message, and the request and budget that it was made for.
    struct Draft {
        var request: ExchangeStateMachine.Request
        var budget: Budget
        var contents: OutgoingMessage.Contents
    }

    /// The vector of either side is too large for a message: a baseline must be found first.
    struct NeedsSearch: Error {}

    struct SentRequest {
        var draft: Draft
        var pending: PendingRequest
    }

    let store: Store
    let transport: any Transport
    let agreement: Agreement?
    var report = SyncReport()
    private let deletions: DeletionGuard
    /// The next message, if it was prepared early, and if it was sent early.
    var draft: Draft?
    var sentRequest: SentRequest?
    /// The last reply had transactions; a message prepared before the next reply would be outdated.
    private var isReceiving = false
    private(set) var lastRoundMilliseconds: Int64 = 0
    /// For messages in both directions, by the measured throughput.
    var compressionLevel: CompressionLevel
    /// What was applied of a reply before it was complete.
    private var kept = (transactionCount: 0, textCount: 0)
    /// Whether the last message had items.
    private(set) var wasSending = false
    private var completion = DifferenceResolution()
    /// The brief search has failed, as it does where chains have branched.
    var mustTellWhole = false
    var references: ReferenceNegotiation
    /// The nonce for the peer's proof, and the number of records that the proof covers.
    let asked: (nonce: UInt128, sampleCount: Int)
    /// What bounds the exchange, if anything does.
    var byteBudget: ByteBudget?

    init(
        _ store: Store, over transport: any Transport, agreement: Agreement?,
        guarding deletions: DeletionGuard, compressionLevel: CompressionLevel,
        askingFirstFrom leastUnsentBytes: Int
    ) {
        self.compressionLevel = compressionLevel
        self.store = store
        self.transport = transport
        self.agreement = agreement
        self.deletions = deletions
        references = ReferenceNegotiation(store, askingFirstFrom: leastUnsentBytes)
        let nonce = MessageHeader.freshNonce(store.environment)
        asked = (nonce, AgreementKey.sampleCount(nonce: nonce, isFirst: agreement == nil))
    }

    mutating func note(messageBytes: Int) { report.messageBytes = messageBytes }

    mutating func end(
        inSync: Bool, missingTexts: Int, unsent: Int = 0, isRefused: Bool = true, isUnproved: Bool = false
    ) {
        if !isRefused { report.refusal = nil }
        report.isUnproved = isUnproved
        report.inSync = inSync
        report.missingTexts = missingTexts
        report.unsent = unsent
    }

    /// From now on messages state what is known and carry no items: the peer refuses them.
    mutating func sendNothing(because refusal: ReplicationError.Code) {
        report.refusal = refusal
        (draft, sentRequest) = (nil, nil)
    }

    /// Drops messages that were prepared early.
    mutating func dropDrafts() { (draft, sentRequest) = (nil, nil) }

    /// Whether to fetch from the peer first, before the items of a request are sent.
    mutating func pullsFirst(before request: ExchangeStateMachine.Request) throws -> Bool {
        guard report.refusal == nil, request.probes.isEmpty, request.joins.isEmpty, !request.needsSearch,
            byteBudget == nil
        else {
            return false
        }
        return try references.pullsFirst(knowing: request.peerVector)
    }

    /// One round trip: sends a message, receives the reply and applies it.
    /// - Parameters:
    ///   - forecast: the state machine so far, and the budget of the next message.
    ///   - late: called if the reply takes longer than `time`.
    mutating func round(
        _ request: ExchangeStateMachine.Request, budget: Budget,
        forecast: (stateMachine: ExchangeStateMachine, budget: Budget), lateAfterMilliseconds time: Int64,
        _ late: () -> Void
    ) throws -> ExchangeStateMachine.Round {
        let current = try sentRequest(for: request, budget: budget)
        let outgoing = current.draft.contents
        let isPipelined =
            transport.pipelining != .none && request.base == nil && !request.isAsking && byteBudget == nil
        if isPipelined, outgoing.hasMore, !isReceiving, outgoing.textCount == 0 {
            draft = try self.draft(following: current.draft, budget: forecast.budget)
        }
        let completeReply: PendingRequest.CompleteReply
        (kept, completion) = ((0, 0), DifferenceResolution())
        references.beginMessage()
        wasSending = outgoing.transactionCount + outgoing.textCount > 0
        do {
            completeReply = try current.pending.waitForReply(lateAfterMilliseconds: time, late) {
                reply, segment in
                try keep(segment, of: reply, answering: outgoing.header)
            }
        } catch {
            draft = nil
            throw error
        }
        report.bytesSent += completeReply.cost.bytesSent
        report.bytesReceived += completeReply.cost.bytesReceived
        report.sent += outgoing.recordCount
        lastRoundMilliseconds = completeReply.passedMilliseconds
        if let pace = completeReply.cost.bytesPerSecond {
            if byteBudget == nil { compressionLevel = CompressionLevel(bytesPerSecond: pace) }
            if completeReply.cost.isMeasured { report.bytesPerSecond = pace }
        }

        let incoming = completeReply.incoming
        let (reply, end) = try incoming.finish()
        try reply.requireReply(about: store)
        if reply.needsWholeVector, request.base?.isWhole == false { mustTellWhole = true }
        // The peer read its clock somewhere in between.
        let midway = try store.clock.correctedNow().subtractingClamped(completeReply.passedMilliseconds / 2)
        report.note(try store.clock.compare(own: midway, other: reply.clock, as: .caller), of: reply)
        try store.log.join(branchStarts: reply.branchStarts)
        let own = try store.log.knowledge()
        let isUnderOtherNames =
            reply.vectorHash != outgoing.header.vectorHash && reply.hasOtherBranchStarts(than: own)
        let facts =
            isUnderOtherNames ? [] : try Divergence.facts(reply.entries + reply.probed, in: store)
        let isInStep = !isUnderOtherNames && !facts.contains(where: \.differs)
        let rebuilt = isInStep && incoming.hasReferences ? try references.rebuild(incoming, before: end) : nil
        if isInStep, let massive = try deletions.check(rebuilt?.transactions ?? incoming.transactions) {
            throw ReplicationError(massive)
        }
        var round = ExchangeStateMachine.Round(
            reply: reply, appliedCount: incoming.transactions.count, textCount: 0,
            sentTextCount: outgoing.textCount, wasAsking: request.isAsking, facts: facts,
            isUnderOtherNames: isUnderOtherNames)
        isReceiving = kept.transactionCount > 0 || !incoming.transactions.isEmpty
        if isPipelined, isInStep, !incoming.transactions.isEmpty, end.hasMore, incoming.texts.isEmpty,
            outgoing.ends.isEmpty
        {
            sentRequest = try sentRequest(
                expecting: round, ends: end.ends, from: own, stateMachine: forecast.stateMachine,
                budget: forecast.budget)
        }
        var outcome = ApplyOutcome()
        if isInStep, let rebuilt {
            outcome = try references.apply(rebuilt)
        } else if isInStep {
            outcome = try store.apply(
                incoming.transactions(completedFrom: store), ends: end.ends, branchStarts: own.branchStarts)
        }
        round.appliedCount = kept.transactionCount + outcome.appliedCount
        round.textCount = kept.textCount
        round.isUnderOtherNames = isUnderOtherNames || outcome.isUnderOtherNames
        round.textCount += try store.texts.add(incoming.texts.map { Texts.Part($0) })
        byteBudget?.note(incoming, hasMore: end.hasMore, answering: outgoing.header)
        report.received += outcome.appliedRecordCount
        note(outcome.inOwnName)
        for refusal in outcome.refused.map(\.description)
        where report.refused.count < SyncReport.maximumRefusals && !report.refused.contains(refusal) {
            report.refused.append(refusal)
        }
        try references.note(
            reply, hasMore: end.hasMore && round.appliedCount > 0,
            isHeard: isInStep && !reply.needsWholeVector)
        return round
    }

    /// Applies a proved segment of an incomplete reply, so that it is kept if the link breaks. Nothing else in a
    /// reply counts before it is complete.
    /// - Returns: false if this segment and all later ones must wait for the end of the reply.
    private mutating func keep(
        _ segment: IncomingMessage.Segment, of reply: MessageHeader, answering own: MessageHeader
    ) throws -> Bool {
        let knowledge = try store.log.knowledge()
        // A header is not proved before the end: if it is unexpected, it is ignored.
        guard reply.protocolVersion == MessageHeader.protocolVersion, reply.archive == store.id,
            knowledge.branchStarts.isSuperset(of: reply.branchStarts),
            reply.vectorHash == own.vectorHash || !reply.hasOtherBranchStarts(than: knowledge),
            try !Divergence.facts(reply.entries + reply.probed, in: store).contains(where: \.differs),
            let rebuilt = try references.rebuild(segment),
            Self.deletionCount(rebuilt) <= Self.maximumUnaskedDeletions,
            try deletions.check(rebuilt) == nil
        else { return false }
        let transactions = try completion.complete(rebuilt, by: segment.differences, from: store)
        guard let outcome = try store.apply(transactions, provedBy: segment.ends) else { return false }
        references.noteStored()
        kept.textCount += try store.texts.add(segment.texts.map { Texts.Part($0) })
        kept.transactionCount += outcome.appliedCount
        report.received += outcome.appliedRecordCount
        note(outcome.inOwnName)
        return true
    }

    private static func deletionCount(_ transactions: [Transaction]) -> Int {
        transactions.lazy.flatMap(\.records).count {
            $0.fields.contains { $0.field == "deleted" && $0.value.text == Array("true".utf8) }
        }
    }

    /// Deletions in one segment; more of them are checked together with the rest of the reply.
    private static let maximumUnaskedDeletions = 20

    /// Whether part of an incomplete reply was applied.
    var hasKept: Bool { kept.transactionCount + kept.textCount > 0 }

    private mutating func note(_ uses: [NameUse]) {
        for use in uses where report.inOwnName.count < SyncReport.maximumRefusals {
            report.inOwnName.append(use)
        }
    }

    /// Verifies the proof in a reply.
    ///
    /// - Parameter own: the store's state, in the same read transaction.
    func proof(in reply: MessageHeader, knowing own: Knowledge) throws -> PeerProof {
        guard reply.vectorHash == own.hash, try reply.digest == store.digest else { return .none }
        return try reply.proof(under: asked, knowing: own, in: store)
    }
}
