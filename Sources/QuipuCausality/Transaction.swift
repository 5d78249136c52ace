/// The changes that one command made, applied whole or not at all everywhere.
///
/// `records` are sorted by (id, kind) and each one's fields by name, as UTF-8; no field stands twice. Names in
/// `replaces` and `seen` are sorted by the chain hash of what they name only inside the chain hash itself.
public struct Transaction: Sendable, Equatable {
    public var name: TransactionName
    /// The one before it by the same author, only where the name does not tell: the first of a derived name.
    public var previous: TransactionName?
    /// The original origin, only where the name does not tell and nothing is before it: a branch start that
    /// begins its chain.
    public var root: Origin?
    public var stamp: Stamp
    public var author: String
    public var isByProgram: Bool
    public var records: [RecordChanges]
    /// What a delete saw of the record and of what hangs on it.
    public var observed: [TransactionName]
    public var note: ClockNote?
    /// Members of a later version, relayed as they came: the deterministic CBOR of their keys and values.
    public var unknown: [UInt8]

    public init(
        name: TransactionName, previous: TransactionName? = nil, root: Origin? = nil, stamp: Stamp,
        author: String,
        isByProgram: Bool,
        records: [RecordChanges], observed: [TransactionName] = [], note: ClockNote? = nil,
        unknown: [UInt8] = []
    ) {
        self.name = name
        self.previous = previous
        self.root = root
        self.stamp = stamp
        self.author = author
        self.isByProgram = isByProgram
        self.records = records
        self.observed = observed
        self.note = note
        self.unknown = unknown
    }
}

/// What one transaction changes in one record.
public struct RecordChanges: Sendable, Equatable {
    public var id: RecordID
    public var kind: String
    public var fields: [FieldChange]

    public init(id: RecordID, kind: String, fields: [FieldChange]) {
        self.id = id
        self.kind = kind
        self.fields = fields
    }
}

/// One field's new value, and the versions it replaces: the heads that its author held.
public struct FieldChange: Sendable, Equatable {
    public var field: String
    public var value: Content
    public var replaces: [TransactionName]

    public init(field: String, value: Content, replaces: [TransactionName] = []) {
        self.field = field
        self.value = value
        self.replaces = replaces
    }
}

/// A value: its canonical JSON text or, where the text was dropped or travels by itself, its hash.
public enum Content: Sendable, Hashable {
    case text([UInt8])
    case hash(ValueHash)

    public var hash: ValueHash {
        switch self {
        // What every element of a set has for its value; a third of all values are this one.
        case .text(let text): text == JSONLiteral.true ? JSONLiteral.trueHash : ValueHash(of: text)
        case .hash(let hash): hash
        }
    }

    public var text: [UInt8]? {
        if case .text(let text) = self { text } else { nil }
    }
}

/// An author's word that stamps of its own are off: every one that `spans` cover reads too high by
/// `offsetMilliseconds`.
public struct ClockNote: Sendable, Equatable {
    /// A transaction and those before it in its chain, `count` in all.
    public struct Span: Sendable, Equatable {
        public var last: TransactionName
        public var count: UInt64

        public init(last: TransactionName, count: UInt64) {
            self.last = last
            self.count = count
        }
    }

    public var offsetMilliseconds: Int64
    public var spans: [Span]

    public init(offsetMilliseconds: Int64, spans: [Span]) {
        self.offsetMilliseconds = offsetMilliseconds
        self.spans = spans
    }
}
