import QuipuCausality

/// One transaction, seen from the one field that a test looks at.
struct Edit: Sendable, Hashable {
    let chain: ChainHash
    /// Corrected, where clock notes are in play.
    let stamp: Stamp
    let isByHand: Bool
    let value: String
    /// By chain hash; sorted, each once.
    let replaces: [ChainHash]
    /// All that its author held when writing: ground truth for the checks, unknown to the merge rule.
    let held: Set<ChainHash>

    static let record = RecordID(rawValue: 0x1234)
    static let kind = "article"
    static let field = "body"

    /// An edit whose chain hash is that of a real transaction.
    init(
        origin: Origin = Origin(rawValue: 1), previous: ChainHash? = nil, stamp: Stamp, isByHand: Bool,
        value: String, replaces: some Sequence<ChainHash> = [], observed: Set<ChainHash> = [],
        held: Set<ChainHash> = []
    ) {
        let replaced = Set(replaces).sorted()
        let named = replaced + observed.sorted()
        let names = named.indices.map {
            TransactionName(origin: Origin(rawValue: UInt128($0)), sequence: 1)
        }
        let transaction = Transaction(
            name: TransactionName(origin: origin, sequence: 1), stamp: stamp, author: "A",
            isByProgram: !isByHand,
            records: [
                RecordChanges(
                    id: Self.record, kind: Self.kind,
                    fields: [
                        FieldChange(
                            field: Self.field, value: .text(Array(value.utf8)),
                            replaces: Array(names.prefix(replaced.count)))
                    ])
            ],
            observed: Array(names.dropFirst(replaced.count)))
        chain = ChainHash(of: transaction, after: previous) { named[Int($0.origin.rawValue)] }
        self.stamp = stamp
        self.isByHand = isByHand
        self.value = value
        self.replaces = replaced
        self.held = held
    }

    static func == (left: Edit, right: Edit) -> Bool { left.chain == right.chain }
    func hash(into hasher: inout Hasher) { hasher.combine(chain.low) }
}

extension ValueHash {
    init(_ value: String) { self.init(of: Array(value.utf8)) }
}

/// What every implementation of the merge rule must agree on. A version is the set of transactions that made it.
struct FieldSummary: Equatable, Sendable {
    var heads: Set<Set<ChainHash>>
    var visible: Set<ChainHash>
    var isInConflict: Bool
    var importFrontier: Set<Set<ChainHash>>
}
