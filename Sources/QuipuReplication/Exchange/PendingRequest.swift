internal import QuipuThreads
internal import QuipuWire
internal import Synchronization

/// A message under way and the reply to it: on a thread of its own where the transport bears that; otherwise both are
/// over when this has been made.
final class PendingRequest {
    /// A reply that is all there.
    struct CompleteReply: ~Copyable {
        var incoming: IncomingMessage
        var cost: TransportCost
        /// Between the first byte out and the last byte in.
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

    /// What is no longer wanted ends with the next bytes that come in, and before this does: the transport is free again.
    deinit {
        operation.cancel()
        thread?.join()
    }

    /// Waits for the reply, and has what came of it taken now and then, and where it is cut.
    /// - Parameters:
    ///   - late: called once where it takes longer than a time, before it is there.
    ///   - take: takes a segment, or says that it must wait for the reply's end, with all that follows.
    /// - Throws: what the transport threw, or the reader of the reply, or `take`. Once only.
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

    /// Between two commits of what has come: each costs a sync of the disk, and whoever is cut off loses what is not in one.
    private static let takingMilliseconds: UInt64 = 250
}

/// What the thread holds of a flight, whose end waits for the thread's.
///
/// `@unchecked Sendable`: until the flight has joined the thread, it alone uses the transport, `outcome` and
/// `passedMilliseconds`; `state` guards `hasEnded` and `incoming`; the rest does not change.
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

    /// Waits for its end, until that time by `Monitor`'s clock.
    func isOver(atMilliseconds deadline: UInt64) -> Bool {
        state.wait(untilMilliseconds: deadline) { hasEnded }
    }

    /// What stands before the first checkpoint, if that much has come.
    func firstSegment() -> (MessageHeader, IncomingMessage.Segment)? {
        state.locked {
            guard let header = incoming?.header, let segment = incoming?.firstSegment else { return nil }
            return (header, segment)
        }
    }

    func dropFirstSegment() { state.locked { incoming?.dropFirstSegment() } }

    func completeReply() throws -> PendingRequest.CompleteReply {
        guard let outcome = outcome.take() else { preconditionFailure("a flight lands once") }
        let cost = try outcome.get()
        guard let incoming = incoming.take() else { preconditionFailure("a flight lands once") }
        return PendingRequest.CompleteReply(
            incoming: incoming, cost: cost, passedMilliseconds: passedMilliseconds)
    }
}
