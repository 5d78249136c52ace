internal import QuipuCBOR
internal import QuipuThreads
internal import QuipuWire
internal import Synchronization

/// A message that was sent and its reply. It runs on its own thread if the transport supports that; otherwise it has
/// completed when the initializer returns.
final class PendingRequest {
    /// A complete reply.
    struct CompleteReply: ~Copyable {
        var incoming: IncomingMessage
        var cost: TransportCost
        /// Time from the first byte sent to the last byte received.
        var passedMilliseconds: Int64
    }

    private let operation: RequestOperation
    private let thread: JoinableThread?

    init(
        of message: [UInt8], over transport: any Transport, nowMilliseconds: @escaping @Sendable () -> Int64
    ) throws(WireError) {
        operation = try RequestOperation(of: message, over: transport, nowMilliseconds: nowMilliseconds)
        thread =
            transport.pipelining == .onOwnThread ? JoinableThread { [operation] in operation.run() } : nil
        if thread == nil { operation.run() }
    }

    /// A request that is no longer needed ends with the next bytes that arrive; afterwards the transport is free
    /// again.
    deinit {
        operation.cancel()
        thread?.join()
    }

    /// Waits for the reply, and passes on proved segments now and then, also when the reply is interrupted.
    /// - Parameters:
    ///   - late: called once if the reply takes longer than `time`, before it is complete.
    ///   - take: applies a segment; false if this one and all later ones must wait for the end of the reply.
    /// - Throws: the error of the transport, of the reply's reader, or of `take`. To be called once.
    func waitForReply(
        lateAfterMilliseconds time: Int64, _ late: () -> Void,
        taking take: (MessageHeader, IncomingMessage.Segment) throws -> Bool
    ) throws -> CompleteReply {
        var mayTake = true
        func takeArrived() throws {
            while mayTake, let (header, segment) = operation.firstSegment() {
                mayTake = try take(header, segment)
                if mayTake { operation.dropFirstSegment() }
            }
        }
        if let thread {
            let started = Monitor.nowMilliseconds()
            let lateAt = started + UInt64(max(0, time))
            var isLate = false
            var takenAt = started
            while true {
                let deadline = min(isLate ? .max : lateAt, takenAt + Self.takingMilliseconds)
                if operation.isOver(atMilliseconds: deadline) { break }
                takenAt = Monitor.nowMilliseconds()
                if !isLate, takenAt >= lateAt {
                    isLate = true
                    late()
                }
                try takeArrived()
            }
            thread.join()
        }
        do { return try operation.completeReply() } catch {
            try takeArrived()
            throw error
        }
    }

    /// The interval between two commits of what has arrived. Each costs a sync of the disk, and what is not committed
    /// is lost if the process ends.
    private static let takingMilliseconds: UInt64 = 250
}

/// The state that the request's thread owns; the request's end waits for the thread.
///
/// `@unchecked Sendable`: until the request has joined the thread, the thread alone uses the transport, `outcome` and
/// `passedMilliseconds`; `state` guards `hasEnded` and `incoming`; the rest is immutable.
private final class RequestOperation: @unchecked Sendable {
    private struct Cancelled: Error {}

    private let transport: any Transport
    private let message: [UInt8]
    private let nowMilliseconds: @Sendable () -> Int64
    private let isCancelled = Atomic(false)
    private let state = Monitor()
    private var hasEnded = false
    private var incoming: IncomingMessage?
    private var outcome: Result<TransportCost, any Error>?
    private var passedMilliseconds: Int64 = 0

    init(
        of message: [UInt8], over transport: any Transport, nowMilliseconds: @escaping @Sendable () -> Int64
    ) throws(WireError) {
        self.transport = transport
        self.message = message
        self.nowMilliseconds = nowMilliseconds
        incoming = try IncomingMessage()
    }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    func run() {
        let started = nowMilliseconds()
        outcome = Result {
            try transport.exchange(message) { bytes in
                if isCancelled.load(ordering: .relaxed) { throw Cancelled() }
                try state.locked { Result { () throws(WireError) in try incoming?.feed(bytes) } }.get()
            }
        }
        passedMilliseconds = max(0, nowMilliseconds() - started)
        state.change { hasEnded = true }
    }

    /// Waits until it has ended, or until that time on `Monitor`'s clock.
    func isOver(atMilliseconds deadline: UInt64) -> Bool {
        state.wait(untilMilliseconds: deadline) { hasEnded }
    }

    /// The items before the first checkpoint, if that has arrived.
    func firstSegment() -> (MessageHeader, IncomingMessage.Segment)? {
        state.locked {
            guard let header = incoming?.header, let segment = incoming?.firstSegment else { return nil }
            return (header, segment)
        }
    }

    func dropFirstSegment() { state.locked { incoming?.dropFirstSegment() } }

    func completeReply() throws -> PendingRequest.CompleteReply {
        guard let outcome = outcome.take() else { preconditionFailure("the reply can be taken once") }
        let cost = try outcome.get()
        guard let incoming = incoming.take() else { preconditionFailure("the reply can be taken once") }
        return PendingRequest.CompleteReply(
            incoming: incoming, cost: cost, passedMilliseconds: passedMilliseconds)
    }
}
