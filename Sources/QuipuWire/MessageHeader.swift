public import QuipuCausality

/// What opens each message of the exchange, the same both ways: who speaks, and what it knows.
public struct MessageHeader: Sendable, Equatable {
    /// The last agreement as the receiver can find it: the receiver's log position then, and the hash of the
    /// vector that both had.
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
        /// Bytes of the text that are here already.
        public var offset: UInt64

        public init(hash: ValueHash, offset: UInt64) {
            self.hash = hash
            self.offset = offset
        }
    }

    /// Records whose handles, the last 40 bits of their ids, lie between two.
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
    /// What a reader takes in one message: a header is looked at while everybody else waits.
    public static let maximumBytes = 64 << 10
    public static let maximumEntries = 1_024
    public static let maximumBranchStarts = 512
    /// Entries that a message tells, so that it stays within `maximumBytes` whatever else it says.
    public static let toldEntries = 700
    /// A longer vector is not told whole: ranges find what differs.
    public static let wholeVectorEntries = 100
    public static let maximumWants = 1_024
    public static let maximumProbes = 256
    public static let maximumRanges = 64
    /// Texts that a message asks for; of more that are missing the next one asks for others.
    public static let usualWants = 64

    public var protocolVersion = Self.protocolVersion
    public var schemaVersion: UInt64 = 1
    /// Absent from a request by someone who has no copy yet.
    public var archive: ArchiveID?
    /// The sender's clock, in Unix milliseconds, less what it was found to be off by.
    public var clockMilliseconds: Int64 = 0
    /// Whether that can be relied on: a time server keeps the clock in step, or the owner vouches for it.
    public var isClockSynchronized = false
    /// Of all that the sender knows: its vector and branch starts.
    public var vectorHash: UInt128 = 0
    public var digest = Digest()
    /// Where the sender's log ends.
    public var position: UInt64 = 0
    public var agreed: AgreedState?
    /// The sender's vector: all of it, or what changed since the agreement.
    public var entries: [Vector.Entry] = []
    public var isWholeVector = false
    /// The receiver could not tell the sender's vector from what it was sent.
    public var needsWholeVector = false
    /// All that the sender knows; left out where they have not changed since the agreement.
    public var branchStarts: [ChainHash] = []
    /// Transactions whose chain hashes the sender asks for, to find where a chain branched.
    public var probes: [TransactionName] = []
    /// Chain hashes that were asked for, or that are not what the receiver said.
    public var probed: [Vector.Entry] = []
    /// Parts of the archive whose digests are asked for, to find where two replicas differ.
    public var ranges: [Range] = []
    /// The digests asked for, in the order of the ranges.
    public var rangeDigests: [RangeDigest] = []
    /// How parts of what is known compare, where there is too much to tell.
    public var question: KnowledgeQuestion?
    public var answer: KnowledgeAnswer?
    /// To a question with an outline.
    public var briefAnswer: BriefAnswer?
    /// Origins of which the sender holds nothing, though the receiver did at the state that `agreed` names.
    public var lacks: [Origin] = []
    /// Origins of which the sender holds less than the receiver did at that state.
    public var behind: [BehindEntry] = []
    /// Of all branch starts that the sender knows, where it does not tell them: their hash.
    public var branchStartsHash: UInt128?
    public var wants: [Want] = []
    /// How many bytes of texts the sender would like to get in one message.
    public var budgetBytes: UInt64 = 0
    /// Of the messages that the sender gets, as it knows the link.
    public var compressionLevel = CompressionLevel.standard
    /// Heads whose text the sender has not got.
    public var missingTexts: UInt64 = 0
    /// Under which the receiver is to prove that it holds what it says.
    public var nonce: UInt128?
    /// That the sender holds what it says: of a reply under the caller's nonce, of a request under its own.
    public var proof: UInt128?
    /// Records that the proof asked for, or given, takes in.
    public var sampleCount: UInt64 = 0
    /// Of what is shown in the ranges asked for, in their order.
    public var contentDigests: [Digest] = []
    /// Transactions may be told to the sender by others that it has.
    public var takesReferences = false
    /// What of such it could not rebuild is to be told in full.
    public var needsFullRecords = false
    /// Of records that the sender has and has not sent yet.
    public var filter: KeyFilter?

    public init() {}
}

/// What closes a message: a message without it was cut.
public struct MessageEnd: Sendable, Equatable {
    /// There is more to send.
    public var hasMore: Bool
    /// Of each origin that the message carries transactions of, where its chain stands after them.
    public var ends: [Vector.Entry]

    public init(hasMore: Bool, ends: [Vector.Entry]) {
        self.hasMore = hasMore
        self.ends = ends
    }
}

/// What stands between header and end.
public enum MessageItem: Sendable, Equatable {
    case transaction(Transaction)
    /// Part of the canonical JSON text that has a hash.
    case text(hash: ValueHash, offset: UInt64, totalBytes: UInt64, bytes: [UInt8])
    /// A text whose hash stands in one of the transactions before it.
    case difference(TextDifference)
    /// A transaction told by others.
    case referring(ReferringTransaction)
}
