internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// One exchange from its first message to its last.
///
/// Both sides would wait for one another half of the time if each thing followed the one before. So, where the transport
/// allows it, the next message is made while the one before is under way, and what follows a reply is asked for while
/// that is applied. Either is a guess at what the conversation will say: it is used only if that is what it then says and
/// the replica is in the state it was made for; otherwise it is dropped, which costs bytes and nothing else.
struct ExchangeSession {
    /// Bytes of texts in one message.
    struct Budget: Equatable {
        var sent: Int
        /// As the peer is asked for.
        var received: Int
    }

    /// A message, and what it was made for.
    private struct Draft {
        var request: ExchangeStateMachine.Request
        var budget: Budget
        var contents: OutgoingMessage.Contents
    }

    /// What is known here or there is too much to tell: `base` must be found first.
    struct NeedsSearch: Error {}

    private struct SentRequest {
        var draft: Draft
        var pending: PendingRequest
    }

    let store: Store
    let transport: any Transport
    let agreement: Agreement?
    var report = SyncReport()
    private let deletions: DeletionGuard
    /// The message to come, if it was made early, and if it is under way already.
    private var draft: Draft?
    private var sentRequest: SentRequest?
    /// The last reply brought transactions; what is made before the next one is in would be made in vain.
    private var isReceiving = false
    private(set) var lastRoundMilliseconds: Int64 = 0
    /// Of messages both ways, as the link has shown itself to be.
    private var compressionLevel: CompressionLevel
    /// What was taken of a reply before it was all there.
    private var kept = (transactionCount: 0, textCount: 0)
    /// Whether the last message brought something.
    private(set) var wasSending = false
    private var completion = DifferenceResolution()
    /// A search in brief has led nowhere, as where chains have branched.
    var mustTellWhole = false
    private var references: ReferenceNegotiation
    /// Under which the peer is to prove that it holds what it says, and how many records that takes in.
    private let asked: (nonce: UInt128, sampleCount: Int)

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

    /// From here on messages say what is known and bring nothing: the peer refuses the rest.
    mutating func sendNothing(because refusal: ReplicationError.Code) {
        report.refusal = refusal
        (draft, sentRequest) = (nil, nil)
    }

    /// What was made early is of no use any more.
    mutating func dropDrafts() { (draft, sentRequest) = (nil, nil) }

    /// Whether to ask first what the peer has, before what a request would bring is sent.
    mutating func pullsFirst(before request: ExchangeStateMachine.Request) throws -> Bool {
        guard report.refusal == nil, request.probes.isEmpty, request.joins.isEmpty, !request.needsSearch
        else {
            return false
        }
        return try references.pullsFirst(knowing: request.peerVector)
    }

    /// One round: a message out, a message in, applied.
    /// - Parameters:
    ///   - forecast: the conversation so far, with the size of the message after this one.
    ///   - late: called where the reply takes longer than that.
    mutating func round(
        _ request: ExchangeStateMachine.Request, budget: Budget,
        forecast: (stateMachine: ExchangeStateMachine, budget: Budget), lateAfterMilliseconds time: Int64,
        _ late: () -> Void
    ) throws -> ExchangeStateMachine.Round {
        let current = try sentRequest(for: request, budget: budget)
        let outgoing = current.draft.contents
        let isPipelined = transport.pipelining != .none && request.base == nil && !request.isAsking
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
            compressionLevel = CompressionLevel(bytesPerSecond: pace)
        }

        let incoming = completeReply.incoming
        let (reply, end) = try incoming.finish()
        try Synchronizer.check(reply, of: store)
        if reply.needsWholeVector, request.base?.isWhole == false { mustTellWhole = true }
        // The peer's clock was read somewhere between.
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
        for part in incoming.texts
        where try store.texts.addPart(
            part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes)
        {
            round.textCount += 1
        }
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

    /// Takes what a reply has brought so far, if it is proved: whoever is cut off keeps that. All else that a reply says
    /// counts only once it is all there.
    /// - Returns: false where it must wait for the reply's end, with all that follows.
    private mutating func keep(
        _ segment: IncomingMessage.Segment, of reply: MessageHeader, answering own: MessageHeader
    ) throws -> Bool {
        let knowledge = try store.log.knowledge()
        // Nothing proves a header before the end: where it says something odd, nothing is made of that.
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
        for part in segment.texts
        where try store.texts.addPart(
            part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes)
        {
            kept.textCount += 1
        }
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

    /// In one segment: more are looked at together with the rest of the reply.
    private static let maximumUnaskedDeletions = 20

    /// Whether something of the last reply was kept that was not all there.
    var hasKept: Bool { kept.transactionCount + kept.textCount > 0 }

    private mutating func note(_ uses: [NameUse]) {
        for use in uses where report.inOwnName.count < SyncReport.maximumRefusals {
            report.inOwnName.append(use)
        }
    }

    /// What the proof in a reply is worth.
    ///
    /// - Parameter own: as the store holds it, within one view of it.
    func proof(in reply: MessageHeader, knowing own: Knowledge) throws -> PeerProof {
        guard reply.vectorHash == own.hash, try reply.digest == store.digest else { return .none }
        return try reply.proof(under: asked, knowing: own, in: store)
    }

    /// The message for a request, under way: one that was sent or made early, if it is still the right one.
    private mutating func sentRequest(for request: ExchangeStateMachine.Request, budget: Budget) throws
        -> SentRequest
    {
        defer { (draft, sentRequest) = (nil, nil) }
        if let sentRequest, sentRequest.draft.request == request, sentRequest.draft.budget == budget,
            try store.log.knowledge().hash == sentRequest.draft.contents.header.vectorHash
        {
            return sentRequest
        }
        if let draft, draft.request == request, draft.budget == budget {
            var current: MessageHeader = try store.reading {
                try header(for: request, knowing: store.log.knowledge(), budget: budget)
            }
            current.clockMilliseconds = draft.contents.header.clockMilliseconds
            current.compressionLevel = draft.contents.header.compressionLevel
            if current == draft.contents.header { return try send(draft) }
        }
        // What is under way in vain must end before the transport is used again.
        sentRequest = nil
        let fresh: Draft = try store.reading {
            try self.draft(
                request, try header(for: request, knowing: store.log.knowledge(), budget: budget),
                budget: budget)
        }
        return try send(fresh)
    }

    private mutating func send(_ draft: Draft) throws -> SentRequest {
        report.roundTrips += 1
        let pending = try PendingRequest(
            of: draft.contents.bytes, over: transport,
            nowMilliseconds: store.environment.runningMilliseconds)
        return SentRequest(draft: draft, pending: pending)
    }

    private func draft(_ request: ExchangeStateMachine.Request, _ header: MessageHeader, budget: Budget)
        throws
        -> Draft
    {
        Draft(
            request: request, budget: budget,
            contents: try OutgoingMessage.write(
                header, from: store, lacking: report.refusal == nil ? request.peerVector : nil,
                wants: report.refusal == nil ? request.wants : [], budgetBytes: budget.sent,
                compressionLevel: compressionLevel,
                maximumOrigins: MessageHeader.toldEntries, tellsReferences: references.areTold)
        )
    }

    /// The message after one that is under way, if the peer takes all that is in that one and sends nothing.
    private func draft(following last: Draft, budget: Budget) throws -> Draft? {
        var request = last.request
        request.wants = []
        for end in last.contents.ends { request.peerVector?[end.origin] = end }
        do {
            return try store.reading {
                try draft(
                    request, try header(for: request, knowing: store.log.knowledge(), budget: budget),
                    budget: budget)
            }
        } catch is NeedsSearch {
            return nil
        }
    }

    /// The message after a reply that is still to be applied, if nothing of it is refused; nil where another one may
    /// follow. Of the digest it tells what it was before, since nobody compares it while more is to come.
    private mutating func sentRequest(
        expecting round: ExchangeStateMachine.Round, ends: [Vector.Entry], from own: Knowledge,
        stateMachine: ExchangeStateMachine, budget: Budget
    ) throws -> SentRequest? {
        var stateMachine = stateMachine
        let draft: Draft? = try store.reading {
            var knowledge = own
            for end in ends { knowledge.vector[end.origin] = end }
            let position = try store.position + Int64(round.appliedCount)
            let holdings = ExchangeStateMachine.Holdings(
                knowledge: knowledge, digest: try store.digest, position: position,
                missingTexts: try store.texts.missingCount)
            guard case .send(let request) = stateMachine.next(after: round, holding: holdings),
                request.joins.isEmpty, request.probes.isEmpty, request.wants.isEmpty, request.base == nil
            else { return nil }
            var next: MessageHeader
            do {
                next = try header(for: request, knowing: knowledge, budget: budget)
            } catch is NeedsSearch {
                return nil
            }
            next.position = UInt64(clamping: position)
            if !request.sendsWholeVector {
                var changed = Vector(next.entries)
                for end in ends { changed[end.origin] = end }
                if changed.count > MessageHeader.toldEntries { return nil }
                next.entries = changed.entries
            }
            return try self.draft(request, next, budget: budget)
        }
        return try draft.map { try send($0) }
    }

    private func header(
        for request: ExchangeStateMachine.Request, knowing own: Knowledge, budget: Budget
    ) throws -> MessageHeader {
        var header = try MessageHeader(describing: store, knowing: own)
        header.budgetBytes = references.budget(UInt64(budget.received))
        header.compressionLevel = compressionLevel
        header.agreed = request.agreed
        header.probes = request.probes
        if request.needsSearch { throw NeedsSearch() }
        if request.sendsWholeVector {
            guard own.vector.count <= MessageHeader.wholeVectorEntries,
                own.branchStarts.count <= MessageHeader.maximumBranchStarts
            else { throw NeedsSearch() }
            header.isWholeVector = true
            header.entries = own.vector.entries
        } else if let base = request.base {
            let delta = VectorDelta(own.vector, beside: base)
            (header.entries, header.lacks, header.behind) = (delta.entries, delta.lacks, delta.behind)
            header.vectorHash = Knowledge(vector: delta.vector, branchStarts: own.branchStarts).hash
        } else if let agreement, request.probes.isEmpty {
            header.entries = try store.log.vectorEntries(changedSince: agreement.ownPosition)
            guard header.entries.count <= MessageHeader.toldEntries else { throw NeedsSearch() }
        }
        if report.refusal == nil, request.agreed?.vectorHash != header.vectorHash {
            header.tellBranchStarts(of: own)
        }
        header.takesReferences = references.areTaken
        if request.isAsking, report.refusal == nil {
            header.filter = references.filter(roomBytes: header.roomForFilterBytes)
        }
        header.ask(under: asked.nonce, sampleCount: asked.sampleCount, knowing: own)
        return header
    }
}
