internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// Answers to questions, which change nothing.
extension Responder {
    /// The requested chain hashes of transactions that are held here.
    static func probed(_ names: [TransactionName], of store: Store) throws -> [UInt8] {
        try store.reading {
            let own = try store.log.knowledge()
            var header = try MessageHeader(describing: store, knowing: own)
            header.tellBranchStarts(of: own)
            header.probed = try names.compactMap { try store.log.entry(of: $0) }
            return try MessageWriter(header: header).finish(MessageEnd(hasMore: true, ends: []))
        }
    }

    /// Compares what is known here with a caller's ranges.
    /// - Parameter state: a past state of this replica that is asked about; nil for the current one.
    static func answer(
        _ question: KnowledgeQuestion, at state: MessageHeader.AgreedState?, from store: Store
    ) throws -> [UInt8] {
        try store.reading {
            var known = try store.log.knowledge()
            var header = try MessageHeader(describing: store, knowing: known)
            header.wants = []
            if let state {
                known = try store.log.knowledge(at: Int64(clamping: state.position))
                header.needsWholeVector = state.position > header.position || known.hash != state.vectorHash
                (header.position, header.vectorHash) = (state.position, state.vectorHash)
            }
            if !header.needsWholeVector {
                let ranges = KnowledgeRanges(known, nonce: question.nonce)
                if question.outline.isEmpty {
                    header.answer = ranges.answer(question.ranges, roomBytes: answerBytes)
                } else {
                    header.briefAnswer = ranges.briefAnswer(question.outline, roomBytes: answerBytes)
                }
            }
            return try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        }
    }

    /// Bytes of ranges and entries in a header.
    private static let answerBytes = 48 << 10

    /// Digests of parts of the archive.
    static func digests(of ranges: [MessageHeader.Range], in store: Store) throws -> [UInt8] {
        try store.reading {
            var header = try MessageHeader(describing: store, knowing: store.log.knowledge())
            for range in ranges {
                let own = try store.ranges.content(
                    of: HandleRange(first: Int64(clamping: range.first), last: Int64(clamping: range.last)))
                header.rangeDigests.append(.init(digest: own.digest, headCount: UInt64(own.headCount)))
                header.contentDigests.append(own.contentDigest)
            }
            return try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        }
    }
}
