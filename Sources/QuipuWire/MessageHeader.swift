public import QuipuCausality

/// The header of each message of the exchange, the same in both directions: who sends it, and what the sender knows.
public struct MessageHeader: Sendable, Equatable {
    /// The last agreement as the receiver can look it up: the receiver's log position then, and the hash of the
    /// common vector.
    public struct AgreedState: Sendable, Equatable {
        public var position: UInt64
        public var vectorHash: UInt128

        public init(position: UInt64, vectorHash: UInt128) {
            self.position = position
            self.vectorHash = vectorHash
        }
    }

    public struct Want: Sendable, Equatable {
        public var hash: ValueHash
        /// Bytes of the text that the sender has already.
        public var offset: UInt64
        /// A field that shows the text: a replica that has it may not find it by its hash alone. Nil if the header has no room.
        public var place: Place?

        public init(hash: ValueHash, offset: UInt64, place: Place? = nil) {
            self.hash = hash
            self.offset = offset
            self.place = place
        }
    }

    /// A field of a record.
    public struct Place: Sendable, Equatable {
        public var record: RecordID
        public var kind: String
        public var field: String

        public init(record: RecordID, kind: String, field: String) {
            (self.record, self.kind, self.field) = (record, kind, field)
        }

        /// In a header, with its index.
        public var sizeBytes: Int { 28 + kind.utf8.count + field.utf8.count }
    }

    /// Records whose handles, the last 40 bits of their ids, are in a range.
    public struct Range: Sendable, Equatable {
        public var first: UInt64
        public var last: UInt64

        public init(first: UInt64, last: UInt64) {
            self.first = first
            self.last = last
        }
    }

    public struct RangeDigest: Sendable, Equatable {
        public var digest: Digest
        public var headCount: UInt64

        public init(digest: Digest, headCount: UInt64) {
            self.digest = digest
            self.headCount = headCount
        }
    }

    public static let protocolVersion: UInt64 = 1
    /// The most bytes of a header: a header is processed while other requests wait.
    public static let maximumBytes = 64 << 10
    public static let maximumEntries = 1_024
    public static let maximumBranchStarts = 512
    /// The most entries that are sent, so that a header stays within `maximumBytes` whatever else it has.
    public static let toldEntries = 700
    /// A longer vector is not sent as a whole: ranges find what differs.
    public static let wholeVectorEntries = 100
    public static let maximumWants = 1_024
    public static let maximumProbes = 256
    public static let maximumRanges = 64
    /// Texts that a message requests; further missing ones are requested by later messages.
    public static let usualWants = 64

    public var protocolVersion = Self.protocolVersion
    public var schemaVersion: UInt64 = 1
    /// Absent in a request of a caller without a copy.
    public var archive: ArchiveID?
    /// The sender's clock, in Unix milliseconds, corrected by its known offset.
    public var clockMilliseconds: Int64 = 0
    /// Whether that is reliable: the clock is synchronized with a time server, or the owner vouches for it.
    public var isClockSynchronized = false
    /// The hash of the sender's vector and branch starts.
    public var vectorHash: UInt128 = 0
    public var digest = Digest()
    /// The position of the last transaction in the sender's log.
    public var position: UInt64 = 0
    public var agreed: AgreedState?
    /// The sender's vector: all of it, or what changed since the agreement.
    public var entries: [Vector.Entry] = []
    public var isWholeVector = false
    /// The sender could not compute the receiver's vector, which must be sent as a whole.
    public var needsWholeVector = false
    /// The sender's branch starts; left out if unchanged since the agreement.
    public var branchStarts: [ChainHash] = []
    /// Transactions whose chain hashes the sender requests, to find where a chain branched.
    public var probes: [TransactionName] = []
    /// Chain hashes that were requested, or that differ from what the receiver stated.
    public var probed: [Vector.Entry] = []
    /// Parts of the archive whose digests are requested, to find where two replicas differ.
    public var ranges: [Range] = []
    /// The requested digests, in the order of the ranges.
    public var rangeDigests: [RangeDigest] = []
    /// A comparison of ranges of vectors that are too long to send.
    public var question: KnowledgeQuestion?
    public var answer: KnowledgeAnswer?
    /// The answer to a question with an outline.
    public var briefAnswer: BriefAnswer?
    /// Origins of which the sender holds nothing, though the receiver did at the state that `agreed` names.
    public var lacks: [Origin] = []
    /// Origins of which the sender holds less than the receiver did at that state.
    public var behind: [BehindEntry] = []
    /// The hash of the sender's branch starts, if they are too many to send.
    public var branchStartsHash: UInt128?
    public var wants: [Want] = []
    /// The bytes of texts that the sender wants in one message.
    public var budgetBytes: UInt64 = 0
    /// The compression level for messages to the sender, as it knows the link.
    public var compressionLevel = CompressionLevel.standard
    /// The number of heads whose text the sender lacks.
    public var missingTexts: UInt64 = 0
    /// The nonce under which the receiver is to prove its state.
    public var nonce: UInt128?
    /// The proof of the sender's state: in a reply under the caller's nonce, in a request under its own.
    public var proof: UInt128?
    /// The number of records that the requested or given proof covers.
    public var sampleCount: UInt64 = 0
    /// Digests of the visible values in the requested ranges, in their order.
    public var contentDigests: [Digest] = []
    /// Whether the sender accepts transactions with references.
    public var takesReferences = false
    /// Whether some references could not be resolved, and those records must be sent in full.
    public var needsFullRecords = false
    /// The filter of records that the sender has and has not sent yet.
    public var filter: KeyFilter?
    /// In a request: the longest values that the sender wants as texts in transactions, in bytes; of longer ones it wants
    /// the hash and the size. In a reply: that this was done. Nil for all.
    public var inlineBytes: UInt64?
    /// The sum of the sizes that the sender was told of texts that it lacks.
    public var missingBytes: UInt64 = 0

    public init() {}
}

/// The end of a message: a message without it was interrupted.
public struct MessageEnd: Sendable, Equatable {
    /// Whether there is more to send.
    public var hasMore: Bool
    /// For each origin with transactions in the message, its chain end after them.
    public var ends: [Vector.Entry]

    public init(hasMore: Bool, ends: [Vector.Entry]) {
        self.hasMore = hasMore
        self.ends = ends
    }
}

/// An item between header and end.
public enum MessageItem: Sendable, Equatable {
    case transaction(Transaction)
    /// Part of the canonical JSON text that has a hash.
    case text(hash: ValueHash, offset: UInt64, totalBytes: UInt64, bytes: [UInt8])
    /// A text whose hash is a value in an earlier transaction.
    case difference(TextDifference)
    /// A transaction with references.
    case referring(ReferringTransaction)
}
