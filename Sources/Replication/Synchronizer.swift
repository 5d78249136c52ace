internal import Causality
public import Storage
internal import Wire

/// What a sync did.
public struct SyncReport: Sendable, Equatable {
    /// Records changed by the transactions that went out and came in.
    public var sent = 0
    public var received = 0
    public var bytesSent = 0
    public var bytesReceived = 0
    public var roundTrips = 0
    /// Vectors and digests are equal on both sides, and no wanted text is missing here.
    public var inSync = false
    /// Wanted texts that neither side holds.
    public var missingTexts = 0
    /// Transactions that were refused, in words.
    public var refused: [String] = []

    public init() {}
}

/// The caller's side of an exchange: drives a `Conversation` over a store and a transport.
public struct Synchronizer {
    public struct Options: Sendable {
        /// Texts in the first message; it grows as messages pass and shrinks when one is cut.
        public var firstBudgetBytes = 1 << 20
        public var maximumBudgetBytes = 4 << 20
        public var minimumBudgetBytes = 16 << 10
        /// Attempts at a message that is cut again and again.
        public var maximumAttempts = 4

        public init() {}
    }

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
    ///   - progress: is told after each round.
    /// - Returns: the report, and the new agreement if there is one.
    /// - Throws: `ReplicationError`, `StorageError`; what was applied until then is kept.
    public func run(
        agreement: Agreement?, progress: (SyncReport) -> Void = { _ in }
    ) throws -> (SyncReport, Agreement?) {
        var report = SyncReport()
        let agreedVector = try agreement.map { agreement in
            try store.reading { try store.vector(at: agreement.ownPosition) }
        }
        var conversation = Conversation(agreement: agreement, agreedVector: agreedVector)
        var request = conversation.begin()
        var budget = options.firstBudgetBytes
        var attempts = 0
        while true {
            let round: Conversation.Round
            do {
                round = try exchange(request, agreement: agreement, budgetBytes: budget, report: &report)
            } catch let error as ReplicationError
                where error.code == .cut && attempts + 1 < options.maximumAttempts
            {
                attempts += 1
                budget = max(budget / 8, options.minimumBudgetBytes)
                continue
            }
            attempts = 0
            budget = min(budget * 2, options.maximumBudgetBytes)
            progress(report)
            let holdings = try holdings()
            switch conversation.next(after: round, holding: holdings) {
            case .send(let next): request = next
            case .finish(.damaged):
                throw ReplicationError(
                    .damaged, "both mirrors hold the same transactions, and yet their digests differ",
                    hint: "run: quipu verify, on both sides")
            case .finish(.unsettled): return (report, nil)
            case .finish(.agreed(let missingTexts, let peerPosition)):
                report.inSync = missingTexts == 0
                report.missingTexts = missingTexts
                return (
                    report,
                    Agreement(
                        ownPosition: holdings.position, theirPosition: peerPosition,
                        vectorHash: holdings.vector.hash)
                )
            }
        }
    }

    private func holdings() throws -> Conversation.Holdings {
        try store.reading {
            Conversation.Holdings(
                vector: try store.vector(), digest: try store.digest, position: try store.position,
                missingTexts: try store.missingTexts)
        }
    }

    /// One round: a message out, a message in, applied.
    private func exchange(
        _ request: Conversation.Request, agreement: Agreement?, budgetBytes: Int, report: inout SyncReport
    ) throws -> Conversation.Round {
        let outgoing = try store.reading {
            try OutgoingMessage.write(
                try header(for: request, agreement: agreement, budgetBytes: budgetBytes), from: store,
                lacking: request.peerVector, wants: request.wants, budgetBytes: budgetBytes)
        }
        var incoming = try IncomingMessage()
        report.roundTrips += 1
        let cost = try transport.exchange(outgoing.bytes) { try incoming.feed($0) }
        report.bytesSent += cost.bytesSent
        report.bytesReceived += cost.bytesReceived
        report.sent += outgoing.recordCount

        let (reply, end) = try incoming.finish()
        try Self.check(reply, of: store)
        try Divergence.check(reply.entries, against: store)
        let transactions = incoming.transactions
        let outcome =
            transactions.isEmpty ? ApplyOutcome() : try store.apply(transactions, ends: end.ends)
        var textCount = 0
        for part in incoming.texts
        where try store.addTextPart(
            part.bytes, of: part.hash, at: part.offset, totalBytes: part.totalBytes)
        {
            textCount += 1
        }
        report.received += outcome.appliedRecordCount
        for refusal in outcome.refused.map(\.description) where !report.refused.contains(refusal) {
            report.refused.append(refusal)
        }
        return Conversation.Round(
            reply: reply, appliedCount: outcome.appliedCount,
            textCount: textCount)
    }

    static func check(_ reply: PieceHeader, of store: Store) throws {
        guard reply.protocolVersion == PieceHeader.protocolVersion else {
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

    private func header(
        for request: Conversation.Request, agreement: Agreement?, budgetBytes: Int
    ) throws -> PieceHeader {
        let vector = try store.vector()
        var header = PieceHeader()
        header.archive = store.id
        header.clockMilliseconds = store.environment.nowMilliseconds()
        header.vectorHash = vector.hash
        header.digest = try store.digest
        header.position = UInt64(clamping: try store.position)
        header.budgetBytes = UInt64(budgetBytes)
        header.missingTexts = UInt64(try store.missingTexts)
        header.wants = try store.wantedTexts(limit: PieceHeader.maximumWants).map {
            .init(hash: $0.hash, offset: UInt64($0.haveBytes))
        }
        header.agreed = request.agreed
        if request.sendsWholeVector {
            header.isWholeVector = true
            header.entries = vector.entries
        } else if let agreement {
            header.entries = try store.vectorEntries(changedSince: agreement.ownPosition)
        }
        return header
    }
}
