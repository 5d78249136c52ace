internal import QuipuCausality
internal import QuipuStorage

/// Finds where a peer's chains differ from those held here: a folder was copied, or a backup restored.
enum Divergence {
    /// The entry that a peer stated for one of its chains, and the chain hash that is held here under the same name.
    struct Fact {
        let theirs: Vector.Entry
        let own: ChainHash?

        var differs: Bool { own.map { $0 != theirs.chain } ?? false }
    }

    static func facts(_ entries: [Vector.Entry], in store: Store) throws -> [Fact] {
        try entries.map { Fact(theirs: $0, own: try store.log.entry(of: $0.name)?.chain) }
    }

    /// The local entries for names under which a peer has another chain; at most as many as a message holds.
    static func differing(_ entries: [Vector.Entry], in store: Store) throws -> [Vector.Entry] {
        try facts(entries, in: store).lazy.filter(\.differs).prefix(BranchSearch.maximumProbes).map { fact in
            Vector.Entry(
                origin: fact.theirs.origin, sequence: fact.theirs.sequence,
                chain: fact.own ?? fact.theirs.chain)
        }
    }
}
