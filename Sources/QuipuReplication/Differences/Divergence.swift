internal import QuipuCausality
internal import QuipuStorage

/// Where a peer's chains are not the ones that are held here: a folder was copied, a backup put back.
enum Divergence {
    /// What a peer said of one of its chains, and the chain hash that is held here under the same name.
    struct Fact {
        let theirs: Vector.Entry
        let own: ChainHash?

        var differs: Bool { own.map { $0 != theirs.chain } ?? false }
    }

    static func facts(_ entries: [Vector.Entry], in store: Store) throws -> [Fact] {
        try entries.map { Fact(theirs: $0, own: try store.log.entry(of: $0.name)?.chain) }
    }

    /// The entries held here for the names that a peer has otherwise; at most as many as a message takes.
    static func differing(_ entries: [Vector.Entry], in store: Store) throws -> [Vector.Entry] {
        try facts(entries, in: store).lazy.filter(\.differs).prefix(BranchSearch.maximumProbes).map { fact in
            Vector.Entry(
                origin: fact.theirs.origin, sequence: fact.theirs.sequence,
                chain: fact.own ?? fact.theirs.chain)
        }
    }
}
