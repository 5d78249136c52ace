internal import QuipuCausality
internal import QuipuWire

// Where a replica has most of what a peer knows, some bytes an entry are enough to find the rest. A peer's entry counts as
// known where it is found in the log here; of one that is ahead of it the peer is told by its place what is held here, and
// of an origin that nobody here has seen, nothing. So the peer can rebuild what this replica knows, and the hash of that
// shows whether it has: whatever was mistaken on the way, no transaction is skipped.
extension VectorSearch {
    /// Each round narrows what is open to a fraction; more are a peer that leads nowhere.
    private static let maximumBriefRounds = 64

    /// - Parameter chain: as it stands in the log here; nil where that transaction is not held.
    /// - Returns: nil where this is no way: an older peer, chains that have branched, tags that are alike, or more
    ///   that is unknown here than a message tells.
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

    /// Puts what a peer told of a range in place of what is known there.
    /// - Returns: what of it is not known here; nil where it cannot be told which origins are meant.
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
