internal import Glibc
internal import Synchronization
internal import Wire

/// A message under way and the reply to it: on a thread of its own where the transport bears that; otherwise both are
/// over when this has been made.
///
/// `@unchecked Sendable`: until `land` or `deinit` has joined the thread it alone uses the transport, `incoming`,
/// `outcome` and `passedMilliseconds`; the rest does not change.
final class Flight: @unchecked Sendable {
    /// A reply that is all there.
    struct Landing: ~Copyable {
        var incoming: IncomingMessage
        var cost: TransportCost
        /// Between the first byte out and the last byte in.
        var passedMilliseconds: Int64
    }

    private struct Abandoned: Error {}

    private let transport: any Transport
    private let message: [UInt8]
    private let nowMilliseconds: @Sendable () -> Int64
    private let isAbandoned = Atomic(false)
    private var thread: pthread_t?
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
        if transport.lookahead != .onOwnThread || !takeOff() { fly() }
    }

    /// What is no longer wanted ends with the next bytes that come in.
    deinit {
        isAbandoned.store(true, ordering: .relaxed)
        join()
    }

    /// Waits for the reply.
    /// - Throws: what the transport threw, or the reader of the reply. Once only.
    func land() throws -> Landing {
        join()
        guard let outcome else { preconditionFailure("a flight lands once") }
        self.outcome = nil
        let cost = try outcome.get()
        guard let incoming = incoming.take() else { preconditionFailure("a flight lands once") }
        return Landing(incoming: incoming, cost: cost, passedMilliseconds: passedMilliseconds)
    }

    private func fly() {
        let started = nowMilliseconds()
        outcome = Result {
            try transport.exchange(message) { bytes in
                if isAbandoned.load(ordering: .relaxed) { throw Abandoned() }
                try incoming?.feed(bytes)
            }
        }
        passedMilliseconds = max(0, nowMilliseconds() - started)
    }

    /// False if the system gives no thread.
    private func takeOff() -> Bool {
        // Not retained: `deinit` joins the thread, so that this outlives it.
        let place = Unmanaged.passUnretained(self).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { place in
                if let place { Unmanaged<Flight>.fromOpaque(place).takeUnretainedValue().fly() }
                return nil
            }, place)
        if failure == 0 { self.thread = thread }
        return failure == 0
    }

    private func join() {
        if let thread = thread.take() { pthread_join(thread, nil) }
    }
}
