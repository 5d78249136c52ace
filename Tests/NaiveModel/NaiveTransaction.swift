public import QuipuCausality

/// A transaction as a member of a set: all that it names is named by chain hash, so neither a log's order nor
/// names that a branch changes play any part.
public struct NaiveTransaction: Sendable, Hashable {
    public struct Change: Sendable {
        public let place: NaivePlace
        public let value: ValueHash
        public let replaces: Set<ChainHash>

        public init(place: NaivePlace, value: ValueHash, replaces: Set<ChainHash>) {
            self.place = place
            self.value = value
            self.replaces = replaces
        }
    }

    public struct Note: Sendable {
        public let offsetMilliseconds: Int64
        public let spans: [(last: ChainHash, count: UInt64)]
    }

    public let chain: ChainHash
    public let previous: ChainHash?
    /// The origin that its chain began under.
    public let origin: Origin
    /// As written.
    public let stamp: Stamp
    public let isByHand: Bool
    public let changes: [Change]
    public let observed: Set<ChainHash>
    public let note: Note?
    /// Of one that takes an entry back: 1; of one that takes such a one back: 2, and so on; else 0.
    public let undoCount: UInt64
    public var isUndo: Bool { undoCount > 0 }

    public init(
        chain: ChainHash, previous: ChainHash?, origin: Origin, stamp: Stamp, isByHand: Bool,
        changes: [Change],
        observed: Set<ChainHash> = [], note: Note? = nil, undoCount: UInt64 = 0
    ) {
        self.chain = chain
        self.previous = previous
        self.origin = origin
        self.stamp = stamp
        self.isByHand = isByHand
        self.changes = changes
        self.observed = observed
        self.note = note
        self.undoCount = undoCount
    }

    public static func == (left: Self, right: Self) -> Bool { left.chain == right.chain }
    public func hash(into hasher: inout Hasher) { hasher.combine(chain.low) }

    /// Whether it gives a field no value and deletes its record, by hand.
    func purges(_ place: NaivePlace) -> Bool {
        guard isByHand, place.field != "deleted" else { return false }
        func gives(_ place: NaivePlace, _ text: String) -> Bool {
            changes.contains { $0.place == place && $0.value == ValueHash(of: Array(text.utf8)) }
        }
        return gives(place, "null") && gives(place.sibling("deleted"), "true")
    }
}

/// One field of one record.
public struct NaivePlace: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let record: RecordID
    public let kind: String
    public let field: String

    public init(_ record: RecordID, _ kind: String, _ field: String) {
        self.record = record
        self.kind = kind
        self.field = field
    }

    /// Another field of the same record.
    public func sibling(_ field: String) -> NaivePlace { NaivePlace(record, kind, field) }

    /// Whether the program alone writes it: what it remembers of a source, or notes of a passage.
    var isNoted: Bool { field.hasPrefix("from/") || kind == "annotation" && field == "anchor" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.record, left.kind, left.field) < (right.record, right.kind, right.field)
    }

    public var description: String { "\(kind) \(record.rawValue) \(field)" }
}

/// A log as it was read: its transactions, and the texts that came with them.
public struct NaiveLog: Sendable {
    public struct Unreadable: Error, CustomStringConvertible {
        public let description: String
    }

    public private(set) var transactions: [NaiveTransaction] = []
    /// Hashes of the values whose texts were there.
    public private(set) var texts: Set<ValueHash> = []
    /// What each name stood for in this log.
    public private(set) var chains: [TransactionName: ChainHash] = [:]
    private var origins: [ChainHash: Origin] = [:]

    public init() {}

    /// Takes up the next transaction as it travels. Its chain hash is computed from what it says.
    /// - Throws: `Unreadable` when it names what did not come before it.
    public mutating func append(_ transaction: Transaction) throws {
        let name = transaction.name
        func chain(_ named: TransactionName) throws(Unreadable) -> ChainHash {
            if let known = chains[named] { return known }
            throw Unreadable(description: "\(name) names \(named), which did not come before it")
        }
        var previous = try transaction.previous.map { try chain($0) }
        if previous == nil, name.sequence > 1 {
            previous = try chain(TransactionName(origin: name.origin, sequence: name.sequence - 1))
        }
        let own = try ChainHash(of: transaction, after: previous) { (named) throws(Unreadable) in
            try chain(named)
        }
        let origin = previous.flatMap { origins[$0] } ?? transaction.root ?? name.origin
        var changes: [NaiveTransaction.Change] = []
        for record in transaction.records {
            for change in record.fields {
                if change.value.text != nil { texts.insert(change.value.hash) }
                changes.append(
                    NaiveTransaction.Change(
                        place: NaivePlace(record.id, record.kind, change.field), value: change.value.hash,
                        replaces: Set(try change.replaces.map { try chain($0) })))
            }
        }
        chains[name] = own
        origins[own] = origin
        transactions.append(
            NaiveTransaction(
                chain: own, previous: previous, origin: origin, stamp: transaction.stamp,
                isByHand: !transaction.isByProgram, changes: changes,
                observed: Set(try transaction.observed.map { try chain($0) }),
                note: try transaction.note.map { note in
                    NaiveTransaction.Note(
                        offsetMilliseconds: note.offsetMilliseconds,
                        spans: try note.spans.map { (try chain($0.last), $0.count) })
                }, undoCount: EntryMark(in: transaction.unknown)?.undo?.count ?? 0))
    }
}
