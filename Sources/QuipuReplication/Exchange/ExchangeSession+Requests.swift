internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Preparing and sending messages.
extension ExchangeSession {
    /// The message for a request: one that was prepared or sent early, if it is still the right one.
    mutating func sentRequest(for request: ExchangeStateMachine.Request, budget: Budget) throws
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
        // An obsolete request must end before the transport is used again.
        sentRequest = nil
        let fresh: Draft = try store.reading {
            try self.draft(
                request, try header(for: request, knowing: store.log.knowledge(), budget: budget),
                budget: budget)
        }
        return try send(fresh)
    }

    mutating func send(_ draft: Draft) throws -> SentRequest {
        report.roundTrips += 1
        let pending = try PendingRequest(
            of: draft.contents.bytes, over: transport,
            nowMilliseconds: store.environment.runningMilliseconds)
        return SentRequest(draft: draft, pending: pending)
    }

    func draft(_ request: ExchangeStateMachine.Request, _ header: MessageHeader, budget: Budget)
        throws
        -> Draft
    {
        Draft(
            request: request, budget: budget,
            contents: try OutgoingMessage.write(
                header, from: store, lacking: report.refusal == nil ? request.peerVector : nil,
                wants: report.refusal == nil ? request.wants : [], budgetBytes: budget.sent,
                compressionLevel: compressionLevel,
                maximumOrigins: MessageHeader.toldEntries, tellsReferences: references.areTold,
                inlineBytes: byteBudget?.isUnderstood == true ? HeldBackValues.usualInlineBytes : nil)
        )
    }

    /// Prepares the message after the current one, assuming that the peer accepts all of it and sends nothing.
    func draft(following last: Draft, budget: Budget) throws -> Draft? {
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

    /// Sends the message after a reply that is not applied yet, assuming that all of the reply is accepted; nil if
    /// another message may follow. It states the previous digest, since digests are not compared while more is to
    /// come.
    mutating func sentRequest(
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

    func header(
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
        header.takesReferences = references.areTaken && byteBudget == nil
        if let byteBudget {
            header.inlineBytes = UInt64(HeldBackValues.usualInlineBytes)
            header.wants = try byteBudget.wants(of: store, roomBytes: budget.received)
        } else if header.entries.count < MessageHeader.wholeVectorEntries, header.branchStarts.isEmpty {
            try header.askForMore(of: store)
        }
        if request.isAsking, report.refusal == nil, byteBudget == nil {
            header.filter = references.filter(roomBytes: header.roomForFilterBytes)
        }
        header.ask(under: asked.nonce, sampleCount: asked.sampleCount, knowing: own)
        return header
    }
}
