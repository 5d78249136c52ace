internal import QuipuCausality
internal import QuipuWire

/// What a peer knew at a position of its log. Later messages send differences from this state.
struct KnowledgeBaseline: Equatable {
    /// An entry of the peer of which only the tag is known: the peer has more of that origin than this side.
    struct Unknown: Equatable {
        /// Its index in the peer's vector, sorted by origin.
        var index: UInt64
        var tag: UInt32
        var sequence: UInt64
        /// Nil while nothing of the origin is held here.
        var origin: Origin?
    }

    /// The known part.
    var knowledge: Knowledge
    var position: UInt64
    var hash: UInt128
    private(set) var unknown: [Unknown] = []
    /// The nonce of the tags.
    private var nonce: UInt128 = 0

    init(knowledge: Knowledge, position: UInt64, hash: UInt128) {
        self.knowledge = knowledge
        self.position = position
        self.hash = hash
    }

    /// - Parameter nonce: the nonce under which the peer computed the tags.
    init(knowledge: Knowledge, position: UInt64, hash: UInt128, unknown: [Unknown], nonce: UInt128) {
        self.init(knowledge: knowledge, position: position, hash: hash)
        self.unknown = unknown
        self.nonce = nonce
    }

    /// Whether all of it is known, with chain hashes.
    var isWhole: Bool { unknown.isEmpty }

    /// Whether the peer holds origins that are unknown here.
    var hasStrangers: Bool { unknown.contains { $0.origin == nil } }

    /// The peer's vector, for origins that are known here; chain hashes that are not known are zero.
    var heldVector: Vector {
        var vector = knowledge.vector
        for entry in unknown {
            guard let origin = entry.origin else { continue }
            vector[origin] = Vector.Entry(
                origin: origin, sequence: entry.sequence, chain: ChainHash(high: 0, low: 0))
        }
        return vector
    }

    /// Recognises origins that have been received since.
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
