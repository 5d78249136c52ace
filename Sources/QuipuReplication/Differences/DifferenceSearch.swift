public import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// Finds records that differ between two replicas that hold the same transactions, which is a sign of damage. It
/// requests digests of ranges of records, and narrower ranges where digests differ.
public struct DifferenceSearch: Sendable {
    public struct Finding: Sendable, Equatable {
        public var id: RecordID
        public var kind: String
        /// Both hold the same versions, and show different values.
        public var isShownOtherwise = false
    }

    /// Records that differ and that this side has; at most `maximumFindings`.
    public private(set) var findings: [Finding] = []
    /// Ranges that differ and in which this side has no record.
    public private(set) var emptyRanges = 0
    public private(set) var roundTrips = 0

    public static let maximumFindings = 100
    private static let fanOut: Int64 = 16
    /// A range with at most this number of local records is not split further.
    private static let smallCount = 1

    /// - Throws: `ReplicationError`, `StorageError`.
    public init(_ store: Store, over transport: any Transport) throws {
        var open = HandleRange.all.split(into: Self.fanOut)
        while !open.isEmpty, findings.count < Self.maximumFindings {
            let asked = open.prefix(MessageHeader.maximumRanges).sorted { $0.first < $1.first }
            open.removeFirst(asked.count)
            for (range, theirs) in zip(asked, try ask(asked, of: store, over: transport)) {
                let own = try store.ranges.content(of: range)
                if own == theirs { continue }
                let isShownOtherwise = own.digest == theirs.digest && own.headCount == theirs.headCount
                let records = try store.ranges.records(in: range)
                if records.count > Self.smallCount, range.first < range.last {
                    open += range.split(into: Self.fanOut)
                } else {
                    findings += records.map {
                        Finding(id: $0.id, kind: $0.kind, isShownOtherwise: isShownOtherwise)
                    }
                    if records.isEmpty { emptyRanges += 1 }
                }
            }
        }
    }

    private mutating func ask(
        _ ranges: [HandleRange], of store: Store, over transport: any Transport
    ) throws -> [RangeContent] {
        var header = try MessageHeader(describing: store, knowing: store.log.knowledge())
        header.ranges = ranges.map { .init(first: UInt64($0.first), last: UInt64($0.last)) }
        let message = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        var incoming = try IncomingMessage()
        roundTrips += 1
        _ = try transport.exchange(message) { try incoming.feed($0) }
        let (reply, _) = try incoming.finish()
        try reply.requireReply(about: store)
        guard reply.rangeDigests.count == ranges.count, reply.contentDigests.count == ranges.count else {
            throw ReplicationError(
                .malformed, "the other side did not send the digests of its parts of the archive",
                hint: "install the newer Quipu on both sides")
        }
        return zip(reply.rangeDigests, reply.contentDigests).map { digest, contentDigest in
            var content = RangeContent()
            content.digest = digest.digest
            content.headCount = Int(clamping: digest.headCount)
            content.contentDigest = contentDigest
            return content
        }
    }
}
