internal import QuipuCausality
public import QuipuStorage
internal import QuipuWire

/// A prepared reply for callers that hold the same state: most callers of a busy server have nothing to send and
/// nothing to fetch. It answers them as `Responder` would, and no others. Its owner must check that the archive has
/// not changed since.
public struct CachedReply: Sendable {
    /// How long the stored clock correction is used: it is not part of the archive's database. A peer compares clocks
    /// to the minute.
    static let maximumAgeMilliseconds: Int64 = 1_000

    private let header: MessageHeader
    private let clockOffset: Int64
    private let takenMilliseconds: Int64
    /// The key of this archive's proof.
    private let key: AgreementKey
    private let environment: Environment

    /// Prepares a reply for the archive's current state.
    public init(of store: Store) throws {
        takenMilliseconds = store.environment.nowMilliseconds()
        clockOffset = try store.clock.offset()
        environment = store.environment
        (header, key) = try store.reading {
            let own = try store.log.knowledge()
            let header = try MessageHeader(describing: store, knowing: own)
            return (header, AgreementKey(archive: store.id, knowledge: own, digest: header.digest))
        }
    }

    /// Whether the reply requests missing texts.
    public var asksForTexts: Bool { !header.wants.isEmpty }

    /// - Parameters:
    ///   - request: a complete message without items.
    ///   - nowMilliseconds: this machine's clock.
    /// - Returns: the reply's bytes; nil if the request needs `Responder`.
    public func answer(_ request: borrowing IncomingMessage, nowMilliseconds: Int64) -> [UInt8]? {
        guard request.isBare, let caller = request.header, let end = request.end, end.ends.isEmpty,
            (0...Self.maximumAgeMilliseconds).contains(nowMilliseconds.subtractingClamped(takenMilliseconds)),
            caller.protocolVersion == MessageHeader.protocolVersion,
            caller.archive == nil || caller.archive == header.archive,
            caller.vectorHash == header.vectorHash, !caller.isWholeVector, caller.asksForNothingMore
        else { return nil }
        let own = ClockReading(
            milliseconds: nowMilliseconds.subtractingClamped(clockOffset),
            isSynchronized: header.isClockSynchronized)
        let comparison = ClockComparison(own: own, other: caller.clock, as: .answerer)
        guard !comparison.moves, !comparison.isUnsettled, (try? request.finish()) != nil else { return nil }
        var header = header
        header.clock = own
        if let nonce = caller.nonce, header.isProofDue(to: caller, with: key) {
            header.prove(to: nonce, with: key, counterNonce: MessageHeader.freshNonce(environment))
        }
        guard let writer = try? MessageWriter(header: header) else { return nil }
        return try? writer.finish(MessageEnd(hasMore: false, ends: []))
    }
}

extension MessageHeader {
    fileprivate var asksForNothingMore: Bool {
        entries.isEmpty && branchStarts.isEmpty && wants.isEmpty && probes.isEmpty && probed.isEmpty
            && ranges.isEmpty && rangeDigests.isEmpty && sampleCount == 0 && question == nil && answer == nil
            && lacks.isEmpty && behind.isEmpty && inlineBytes == nil
    }
}
