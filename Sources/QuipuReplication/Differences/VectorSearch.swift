internal import QuipuCBOR
internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Finds out a peer's vector and branch starts where they are too large for one message, relative to what is known
/// here, which is mostly the same.
struct VectorSearch {
    /// The most round trips of one search; a million origins that are all unknown here take a third of it.
    private static let maximumRounds = 4_096
    private static let maximumEntries = 1_000_000
    /// The most restarts: a peer may no longer know the state of its first answer, as when it is replaced.
    private static let maximumAttempts = 3
    /// Elements in each of the first ranges.
    private static let elementsPerRange = 16

    private let header: MessageHeader
    private let transport: any Transport
    private(set) var roundTrips = 0
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0

    /// - Parameter header: the caller's own state.
    init(_ header: MessageHeader, over transport: any Transport) {
        var header = header
        // A question asks for nothing else.
        header.wants = []
        self.header = header
        self.transport = transport
    }

    /// - Parameters:
    ///   - own: the local vector and branch starts.
    ///   - nonce: drawn for this search.
    /// - Returns: nil if the peer's answers are inconsistent.
    mutating func run(knowing own: Knowledge, nonce: UInt128) throws -> KnowledgeBaseline? {
        let ranges = KnowledgeRanges(own, nonce: nonce)
        for _ in 0..<Self.maximumAttempts {
            if let base = try attempt(ranges, own, nonce: nonce) { return base }
        }
        return nil
    }

    /// The error to throw after a failed search.
    var failure: ReplicationError {
        ReplicationError(
            .malformed, "what \(transport.location) says of its origins is inconsistent",
            hint: "nothing is lost; try again, and install the newer Quipu on both sides")
    }

    /// Nil if the peer no longer knows the state of its first answer, or described another one.
    private mutating func attempt(_ ranges: KnowledgeRanges, _ own: Knowledge, nonce: UInt128) throws
        -> KnowledgeBaseline?
    {
        let count = min(max(ranges.count / Self.elementsPerRange, 16), KnowledgeRange.maximumAsked)
        var open = ranges.parts(of: KnowledgeRange(first: 0, next: 0), atMost: count)
        var peer = own
        var toldCount = 0
        var state: MessageHeader.AgreedState?
        for _ in 0..<Self.maximumRounds {
            let asked = Array(open.prefix(KnowledgeRange.maximumAsked))
            let reply = try ask(KnowledgeQuestion(nonce: nonce, ranges: asked), at: state)
            if reply.needsWholeVector { return nil }
            let told = MessageHeader.AgreedState(position: reply.position, vectorHash: reply.vectorHash)
            guard let answer = reply.answer, (1...asked.count).contains(answer.count),
                state == nil || state == told
            else { return nil }
            state = told
            toldCount += answer.told.reduce(0) { $0 + $1.entries.count + $1.branchStarts.count }
            guard toldCount <= Self.maximumEntries else { return nil }
            for range in answer.told {
                for element in ranges.elements(in: range.range) {
                    switch element {
                    case .branchStart(let chain): peer.branchStarts.remove(chain)
                    case .entry(let entry): peer.vector[entry.origin] = nil
                    }
                }
                for entry in range.entries { peer.vector[entry.origin] = entry }
                peer.branchStarts.formUnion(range.branchStarts)
            }
            let parts = answer.parts.filter { ranges.fingerprint(of: $0) != $0.fingerprint }
            let finer = parts.map { part in
                var own = part
                own.fingerprint = ranges.fingerprint(of: part)
                return own
            }
            open = finer + open.dropFirst(answer.count)
            if open.isEmpty {
                return peer.hash == told.vectorHash
                    ? KnowledgeBaseline(knowledge: peer, position: told.position, hash: told.vectorHash) : nil
            }
        }
        return nil
    }

    /// - Parameter state: the state that is asked about; nil for the current one.
    mutating func ask(_ question: KnowledgeQuestion, at state: MessageHeader.AgreedState?) throws
        -> MessageHeader
    {
        var header = header
        header.wants = []
        header.budgetBytes = 0
        header.agreed = state
        header.question = question
        return try send(header)
    }

    /// Sends branch starts that the peer lacks.
    mutating func tell(_ branchStarts: Set<ChainHash>) throws {
        let sorted = branchStarts.sorted()
        for first in stride(from: 0, to: sorted.count, by: MessageHeader.maximumBranchStarts) {
            var header = header
            header.wants = []
            // A message without a budget would be a mere question.
            header.budgetBytes = 1
            header.branchStarts = Array(sorted[first...].prefix(MessageHeader.maximumBranchStarts))
            _ = try send(header)
        }
    }

    /// Announces a push, which creates the archive if the peer allows that.
    mutating func askToMake() throws {
        var header = header
        header.wants = []
        header.budgetBytes = 1
        _ = try send(header)
    }

    private mutating func send(_ header: MessageHeader) throws -> MessageHeader {
        let message = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        var incoming = try IncomingMessage()
        roundTrips += 1
        let cost = try transport.exchange(message) { try incoming.feed($0) }
        bytesSent += cost.bytesSent
        bytesReceived += cost.bytesReceived
        return try incoming.finish().header
    }
}

extension Knowledge {
    /// The hash of the branch starts alone.
    var branchStartsHash: UInt128 {
        var writer = CBORWriter(capacityBytes: 64 + 34 * branchStarts.count)
        writer.text("quipu branch starts 1")
        for chain in branchStarts.sorted() { writer.hash(chain) }
        return BLAKE2b.hash16(writer.bytes)
    }
}

extension MessageHeader {
    /// Adds all branch starts, or their hash if they are too many for a message.
    mutating func tellBranchStarts(of knowledge: Knowledge) {
        if knowledge.branchStarts.count <= Self.maximumBranchStarts {
            branchStarts = knowledge.branchStarts.sorted()
        } else {
            branchStartsHash = knowledge.branchStartsHash
        }
    }

    /// Whether the sender's branch starts differ from these.
    func hasOtherBranchStarts(than own: Knowledge) -> Bool {
        if let branchStartsHash { return branchStartsHash != own.branchStartsHash }
        return Set(branchStarts) != own.branchStarts
    }
}
