/// The changes of one command, applied as a whole or not at all everywhere.
///
/// `records` are sorted by (id, kind) and the fields of each by name, as UTF-8; no field occurs twice. Names in
/// `replaces` and `observed` are sorted by chain hash only inside the chain hash itself.
public struct Transaction: Sendable, Equatable {
    public var name: TransactionName
    /// The preceding transaction of the same author, if the name does not imply it: only in the first transaction of
    /// a derived name.
    public var previous: TransactionName?
    /// The original origin, if neither the name nor a preceding transaction implies it: only in a branch start that
    /// begins its chain.
    public var root: Origin?
    public var stamp: Stamp
    public var author: String
    public var isByProgram: Bool
    public var records: [RecordChanges]
    /// What a delete observed of the record and of its dependents.
    public var observed: [TransactionName]
    public var note: ClockNote?
    /// Members of a later protocol version, relayed as received: the deterministic CBOR of their keys and values.
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

/// The changes of one transaction in one record.
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

/// A value: its canonical JSON text, or its hash if the text was dropped or is sent separately.
public enum Content: Sendable, Hashable {
    case text([UInt8])
    case hash(ValueHash)

    public var hash: ValueHash {
        switch self {
        // The value of every element of a set; a third of all values.
        case .text(let text): text == JSONLiteral.true ? JSONLiteral.trueHash : ValueHash(of: text)
        case .hash(let hash): hash
        }
    }

    public var text: [UInt8]? {
        if case .text(let text) = self { text } else { nil }
    }
}

/// An author's correction of its own stamps: every one that `spans` cover is too high by `offsetMilliseconds`.
public struct ClockNote: Sendable, Equatable {
    /// `count` transactions of a chain, ending with `last`.
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
