internal import QuipuCanonicalJSON
public import QuipuCausality
internal import QuipuNaturalKeys

/// The values that an import has for one record.
public struct ImportItem: Sendable {
    /// Given by a lossless export; otherwise found or derived.
    public var id: RecordID?
    public var kind: String
    /// Canonical JSON by field. A title that is made up has `derived/title` beside it.
    public var fields: [(name: String, json: [UInt8])]
    /// Under which id its producer knows it.
    public var source: ItemSource?
    /// When the producer says that it last changed it, as it wrote it.
    public var modified: String?
    /// The collections that an article goes into by its source: for each name all that have it, the one that takes new
    /// members first.
    public var collections: [[RecordID]] = []

    /// More collections of one item are passed over.
    public static let maximumCollections = 100

    /// Room for what the archive itself notes with an item: what its source gave, and the collection it goes into.
    private static let notedBytes = 16 << 10
    /// What a field takes at most beside its name and its value.
    private static let mostBesides = 256

    /// Whether its record fits into a transaction, also where each field replaces an import before it.
    public var fitsIntoTransaction: Bool {
        let bound = Limits.transactionBytes - Limits.authorBytes - Self.notedBytes
        let bytes = fields.reduce(kind.utf8.count) { $0 + $1.name.utf8.count + $1.json.count }
        if bytes + (fields.count + 1) * Self.mostBesides <= bound { return true }
        let earlier = TransactionName(origin: Origin(rawValue: 0), sequence: 1)
        let changes = fields.map {
            FieldChange(field: $0.name, value: .text($0.json), replaces: [earlier, earlier])
        }
        let record = RecordChanges(id: id ?? RecordID(rawValue: 0), kind: kind, fields: changes)
        return record.largestSizeOnTheWire <= bound
    }

    public init(
        id: RecordID? = nil, kind: String, fields: [(name: String, json: [UInt8])], source: ItemSource? = nil,
        modified: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.fields = fields
        self.source = source
        self.modified = modified
    }

    /// Whether its title is made up from its text.
    var hasDerivedTitle: Bool {
        fields.contains { $0.name == "derived/title" && $0.json == JSONLiteral.true }
    }
}

/// A producer's own id of an item. Ids of one scope compare; ids of different scopes neither agree nor disagree.
public struct ItemSource: Sendable, Hashable {
    /// Longer ones are told by their hash: the scope is part of a field's name, and the id stands in a value.
    private static let maximumBytes = 200

    /// Whose ids these are: a producer and its library or feed, or for plain files the collection.
    public let scope: String
    public let id: String

    public init(scope: String, id: String) {
        self.scope = Self.bounded(scope.isEmpty || scope == "-" ? "plain" : scope)
        self.id = Self.bounded(id)
    }

    private static func bounded(_ text: String) -> String {
        if text.utf8.count <= maximumBytes { return text.nfc }
        return "blake2b:" + ValueHash(of: Array(text.utf8)).hexadecimal
    }

    /// Keys of BibTeX entries and citation keys of CSL. Each writer makes them from a name and a year, and chooses others for the
    /// same works.
    private static let citationScope = "citation"

    /// Whether neither a producer nor a collection is known that keeps these ids apart. Another file may have the same one for
    /// something else: a citation key, the number of a row, `intro`.
    var isUnscoped: Bool { isCitationKey || scope == "plain" }

    /// Two writers have two keys for one work, so that keys which differ say nothing.
    var isCitationKey: Bool { scope == Self.citationScope }

    /// Whether a citation key is a number, or one of a file's references, as `55` and `ref7`: without four letters in a row.
    var isNumbered: Bool {
        isCitationKey
            && !id.split(whereSeparator: { !$0.isLetter }).contains { $0.prefix(4).count == 4 }
    }

    /// The field in which a record remembers what the item gave.
    package var field: String { SourceMemory.prefix + scope }
}

/// The effect of importing one item.
public enum ImportEffect: Sendable, Equatable {
    case created(RecordID)
    case updated(RecordID)
    case unchanged(RecordID)
    /// The source's item was in this state before, and another state was read since: an old file. Nothing was written.
    case outdated(RecordID)
    /// The record is deleted, and an import never restores: nothing was written.
    case stayedDeleted(RecordID)

    public var id: RecordID {
        switch self {
        case .created(let id), .updated(let id), .unchanged(let id), .outdated(let id),
            .stayedDeleted(let id):
            id
        }
    }
}

/// What became of one item, and what of it was not taken.
public struct ImportOutcome: Sendable, Equatable {
    public var effect: ImportEffect
    /// Fields whose values were left, because an earlier item of the run gave the record others.
    public var leftFields: [String] = []
}

/// State of one import run that is kept from batch to batch.
public struct ImportRun: Sendable {
    /// Collections of the one name that articles are put into; new members join the first.
    public var collections: [RecordID]
    /// Whether a state of a source that was read before is taken as its newest.
    public var takesOldStates: Bool
    /// Whether records that were deleted are restored when an item is about them.
    public var restoresDeleted = false
    /// How many were.
    public internal(set) var restored = 0
    /// The records that items of the run have named: later items add to these what they lack, and no more.
    private var named: Set<UInt64> = []
    /// The sources' ids of the items that the run has read.
    private var sources: Set<Int> = []
    /// Beyond it the run no longer knows which records it has named, as that would cost memory without end.
    private static let maximumNamed = 4_000_000

    public init(collections: [RecordID] = [], takesOldStates: Bool = false) {
        self.collections = collections
        self.takesOldStates = takesOldStates
    }

    /// - Returns: whether no item of the run has named the record before.
    mutating func name(_ id: RecordID) -> Bool {
        let short = UInt64(truncatingIfNeeded: id.rawValue ^ id.rawValue >> 64)
        if named.count >= Self.maximumNamed { return !named.contains(short) }
        return named.insert(short).inserted
    }

    /// - Returns: whether no item of the run that had the source's id before is about the record.
    mutating func read(_ source: ItemSource, for record: RecordID) -> Bool {
        var hasher = Hasher()
        hasher.combine(source)
        hasher.combine(record)
        let short = hasher.finalize()
        if sources.count >= Self.maximumNamed { return !sources.contains(short) }
        return sources.insert(short).inserted
    }
}
