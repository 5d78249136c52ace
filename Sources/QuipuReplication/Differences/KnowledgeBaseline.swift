internal import QuipuCausality
internal import QuipuWire

/// What a peer knew when its log ended at a position: what this replica can tell it is told as what differs from that.
struct KnowledgeBaseline: Equatable {
    /// An entry of the peer that is known by its tag alone: the peer has more of that origin than is here.
    struct Unknown: Equatable {
        /// Where it stands in the peer's vector, sorted by origin.
        var index: UInt64
        var tag: UInt32
        var sequence: UInt64
        /// Nil while nothing of the origin is here.
        var origin: Origin?
    }

    /// Without what is unknown.
    var knowledge: Knowledge
    var position: UInt64
    var hash: UInt128
    private(set) var unknown: [Unknown] = []
    /// Of the tags.
    private var nonce: UInt128 = 0

    init(knowledge: Knowledge, position: UInt64, hash: UInt128) {
        self.knowledge = knowledge
        self.position = position
        self.hash = hash
    }

    /// - Parameter nonce: under which the peer told the tags.
    init(knowledge: Knowledge, position: UInt64, hash: UInt128, unknown: [Unknown], nonce: UInt128) {
        self.init(knowledge: knowledge, position: position, hash: hash)
        self.unknown = unknown
        self.nonce = nonce
    }

    /// Whether the whole of it is known, chains and all.
    var isWhole: Bool { unknown.isEmpty }

    /// Whether the peer holds origins of which nothing has come.
    var hasStrangers: Bool { unknown.contains { $0.origin == nil } }

    /// What the peer holds, as far as its origins are known here; chains that are not known are zero.
    var heldVector: Vector {
        var vector = knowledge.vector
        for entry in unknown {
            guard let origin = entry.origin else { continue }
            vector[origin] = Vector.Entry(
                origin: origin, sequence: entry.sequence, chain: ChainHash(high: 0, low: 0))
        }
        return vector
    }

    /// Recognises origins that have come since.
    mutating func recognise(in own: Vector) {
        guard hasStrangers else { return }
        let known = Set(unknown.compactMap(\.origin))
        var origins: [UInt32: Origin] = [:]
        for entry in own.entries where knowledge.vector[entry.origin] == nil && !known.contains(entry.origin)
        {
            origins[BriefEntry.tag(of: entry.origin, under: nonce)] = entry.origin
        }
        for place in unknown.indices where unknown[place].origin == nil {
            unknown[place].origin = origins[unknown[place].tag]
        }
    }
}
