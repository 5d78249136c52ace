internal import QuipuCausality
internal import QuipuWire

/// A vector as a difference from what the peer held. It is bounded: where much differs, it leads only part of the
/// way.
struct VectorDelta {
    /// The vector that the difference yields.
    private(set) var vector: Vector
    private(set) var entries: [Vector.Entry] = []
    /// Origins that the peer held and that are unknown here.
    private(set) var lacks: [Origin] = []

    /// Origins of which the peer held more than is held here, with the local sequence.
    private(set) var behind: [BehindEntry] = []

    init(_ own: Vector, beside base: KnowledgeBaseline, atMost count: Int = MessageHeader.toldEntries) {
        let known = base.knowledge.vector
        vector = known
        // All of these are sent: without one of them the resulting vector could not be computed here.
        for unknown in base.unknown {
            let held = unknown.origin.flatMap { own[$0] }
            // If more has been received since, the entry itself is sent.
            if let held, held.sequence > unknown.sequence { continue }
            behind.append(BehindEntry(index: unknown.index, sequence: held?.sequence ?? 0))
            if let held { vector[held.origin] = held }
        }
        for entry in known.entries where own[entry.origin] == nil && lacks.count + behind.count < count {
            lacks.append(entry.origin)
            vector[entry.origin] = nil
        }
        for entry in own.entries
        where vector[entry.origin] != entry && entries.count + lacks.count + behind.count < count {
            entries.append(entry)
            vector[entry.origin] = entry
        }
    }
}
