internal import QuipuCausality
internal import QuipuWire

// Where a replica has most of what a peer knows, a few bytes an entry are enough to find the rest. A peer's entry
// counts as known if it is found in the local log. If the peer is ahead on an origin, it is told by index how much is
// held here; for an origin that is unknown here, that nothing is. From this the peer can compute the replica's
// vector, and the hash shows whether the result is right: no mistake on the way can make a transaction be skipped.
extension VectorSearch {
    /// Each round narrows the open ranges to a fraction; a peer that needs more rounds makes no progress.
    private static let maximumBriefRounds = 64

    /// - Parameter chain: the chain hash in the local log; nil if that transaction is not held.
    /// - Returns: nil if the brief form does not work: an older peer, chains that have branched, equal tags, or more
    ///   unknown entries than a message holds.
    mutating func runBriefly(
        knowing own: Knowledge, nonce: UInt128, chain: (TransactionName) throws -> ChainHash?
    ) throws -> KnowledgeBaseline? {
        let ranges = KnowledgeRanges(own, nonce: nonce)
        var open = ranges.outline(of: KnowledgeRanges.whole)
        var peer = own
        var unknown: [KnowledgeBaseline.Unknown] = []
        var state: MessageHeader.AgreedState?
        for _ in 0..<Self.maximumBriefRounds {
            let asked = Array(open.prefix(KnowledgeRange.maximumCount))
            let reply = try ask(KnowledgeQuestion(nonce: nonce, ranges: [], outline: asked), at: state)
            let told = MessageHeader.AgreedState(position: reply.position, vectorHash: reply.vectorHash)
            guard !reply.needsWholeVector, let answer = reply.briefAnswer,
                (1...asked.count).contains(answer.count), state == nil || state == told
            else { return nil }
            state = told
            for range in answer.told {
                guard let found = try unknownEntries(of: range, in: ranges, own, &peer, chain) else {
                    return nil
                }
                unknown += found
            }
            guard unknown.count <= MessageHeader.toldEntries else { return nil }
            let finer = answer.parts.compactMap { part in
                var own = part
                own.fingerprint = ranges.shortFingerprint(of: part)
                return own.fingerprint == part.fingerprint ? nil : own
            }
            open = finer + open.dropFirst(answer.count)
            guard open.isEmpty else { continue }
            if unknown.isEmpty, peer.hash != told.vectorHash { return nil }
            return KnowledgeBaseline(
                knowledge: peer, position: told.position, hash: told.vectorHash, unknown: unknown,
                nonce: nonce)
        }
        return nil
    }

    /// Replaces what is known in a range by what a peer stated.
    /// - Returns: the entries that are unknown here; nil if tags are ambiguous.
    private func unknownEntries(
        of told: BriefRange, in ranges: KnowledgeRanges, _ own: Knowledge, _ peer: inout Knowledge,
        _ chain: (TransactionName) throws -> ChainHash?
    ) throws -> [KnowledgeBaseline.Unknown]? {
        var origins: [UInt32: Origin] = [:]
        for element in ranges.elements(in: told.range) {
            switch element {
            case .branchStart(let chain): peer.branchStarts.remove(chain)
            case .entry(let entry):
                peer.vector[entry.origin] = nil
                let tag = BriefEntry.tag(of: entry.origin, under: ranges.nonce)
                guard origins.updateValue(entry.origin, forKey: tag) == nil else { return nil }
            }
        }
        peer.branchStarts.formUnion(told.branchStarts)
        guard Set(told.entries.map(\.tag)).count == told.entries.count else { return nil }
        var unknown: [KnowledgeBaseline.Unknown] = []
        for (offset, brief) in told.entries.enumerated() {
            let origin = origins[brief.tag]
            if let origin, let held = own.vector[origin], held.sequence >= brief.sequence {
                let name = TransactionName(origin: origin, sequence: brief.sequence)
                guard let chain = held.name == name ? held.chain : try chain(name) else { return nil }
                let entry = Vector.Entry(origin: origin, sequence: brief.sequence, chain: chain)
                guard BriefEntry.check(of: entry, under: ranges.nonce) == brief.check else { return nil }
                peer.vector[origin] = entry
            } else {
                unknown.append(
                    .init(
                        index: told.firstIndex &+ UInt64(offset), tag: brief.tag, sequence: brief.sequence,
                        origin: origin))
            }
        }
        return unknown
    }
}
