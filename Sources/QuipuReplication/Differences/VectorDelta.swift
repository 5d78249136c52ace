internal import QuipuCausality
internal import QuipuWire

/// A vector as a peer is told it: what the peer held, and what is otherwise here; not all of that, where it is much.
struct VectorDelta {
    /// What it amounts to.
    private(set) var vector: Vector
    private(set) var entries: [Vector.Entry] = []
    /// Origins that the peer held and that are not here.
    private(set) var lacks: [Origin] = []

    /// Origins of which the peer held more, and how much is here.
    private(set) var behind: [BehindEntry] = []

    init(_ own: Vector, beside base: KnowledgeBaseline, atMost count: Int = MessageHeader.toldEntries) {
        let known = base.knowledge.vector
        vector = known
        // All of these are told: what the vector would amount to without one of them is not known here.
        for unknown in base.unknown {
            let held = unknown.origin.flatMap { own[$0] }
            // Of what has been taken since, and of more, the entry is told.
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
