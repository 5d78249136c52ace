internal import Synchronization
internal import Threads
internal import Wire

/// A message under way and the reply to it: on a thread of its own where the transport bears that; otherwise both are
/// over when this has been made.
final class Flight {
    /// A reply that is all there.
    struct Landing: ~Copyable {
        var incoming: IncomingMessage
        var cost: TransportCost
        /// Between the first byte out and the last byte in.
        var passedMilliseconds: Int64
    }

    private let errand: Errand
    private let thread: JoinableThread?

    init(
        of message: [UInt8], over transport: any Transport, nowMilliseconds: @escaping @Sendable () -> Int64
    ) throws(WireError) {
        errand = try Errand(of: message, over: transport, nowMilliseconds: nowMilliseconds)
        thread = transport.lookahead == .onOwnThread ? JoinableThread { [errand] in errand.run() } : nil
        if thread == nil { errand.run() }
    }

    /// What is no longer wanted ends with the next bytes that come in, and before this does: the transport is free again.
    deinit {
        errand.abandon()
        thread?.join()
    }

    /// Waits for the reply.
    /// - Parameter late: called once where it takes longer than a time, before it is there.
    /// - Throws: what the transport threw, or the reader of the reply. Once only.
    func land(lateAfterMilliseconds time: Int64, _ late: () -> Void) throws -> Landing {
        if let thread {
            if !errand.isOver(afterMilliseconds: time) { late() }
            thread.join()
        }
        return try errand.landing()
    }
}

/// What the thread holds of a flight, whose end waits for the thread's.
///
/// `@unchecked Sendable`: until the flight has joined the thread, it alone uses the transport, `incoming`, `outcome` and
/// `passedMilliseconds`; `end` guards `hasEnded`; the rest does not change.
private final class Errand: @unchecked Sendable {
    private struct Abandoned: Error {}

    private let transport: any Transport
    private let message: [UInt8]
    private let nowMilliseconds: @Sendable () -> Int64
    private let isAbandoned = Atomic(false)
    private let end = Monitor()
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

    func abandon() { isAbandoned.store(true, ordering: .relaxed) }

    func run() {
        let started = nowMilliseconds()
        outcome = Result {
            try transport.exchange(message) { bytes in
                if isAbandoned.load(ordering: .relaxed) { throw Abandoned() }
                try incoming?.feed(bytes)
            }
        }
        passedMilliseconds = max(0, nowMilliseconds() - started)
        end.change { hasEnded = true }
    }

    /// Waits for its end, but no longer than that.
    func isOver(afterMilliseconds time: Int64) -> Bool {
        end.wait(untilMilliseconds: Monitor.nowMilliseconds() + UInt64(max(0, time))) { hasEnded }
    }

    func landing() throws -> Flight.Landing {
        guard let outcome = outcome.take() else { preconditionFailure("a flight lands once") }
        let cost = try outcome.get()
        guard let incoming = incoming.take() else { preconditionFailure("a flight lands once") }
        return Flight.Landing(incoming: incoming, cost: cost, passedMilliseconds: passedMilliseconds)
    }
}
