internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// Cuts connections that the library alone would keep too long. One thread looks at all of them now and then:
///
/// - *Overdue*: the library closes a connection on which nothing moves, but a byte every few seconds would
///   keep one for ever. Each carries a deadline.
/// - *Gone*: where the peer's last bytes and its end arrive together, the library reads the bytes and is not
///   woken again for the end (it waits for edges, and takes a short read for all there is), so a request cut
///   in its middle would last until the connection counts as idle.
/// - *Asleep*: over a body that stays open the library does not look at its connection at all. It gets its heartbeats
///   from here, and is woken to end where its peer is gone.
///
/// The thread that serves a connection moves its deadline and marks without any lock. A socket is shut down
/// under the table's lock; the library closes it only after `remove`, so the descriptor cannot by then be
/// another connection's.
final class ConnectionWatchdog: Sendable {
    private static let intervalMilliseconds: UInt64 = 500

    private let connections = Mutex<[ObjectIdentifier: WatchedConnection]>([:])
    private let monitor = Monitor()
    private let isStopping = Atomic(false)
    private let thread = Mutex<JoinableThread?>(nil)

    /// False if the system gives no thread. It holds this object until `stop`.
    func start() -> Bool {
        guard let started = JoinableThread({ self.run() }) else { return false }
        thread.withLock { $0 = started }
        return true
    }

    func stop() {
        monitor.change { isStopping.store(true, ordering: .relaxed) }
        thread.withLock { $0 }?.join()
    }

    func add(_ connection: WatchedConnection) {
        connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    }

    func remove(_ connection: WatchedConnection) {
        connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    private func run() {
        while true {
            let next = Monitor.nowMilliseconds() + Self.intervalMilliseconds
            if monitor.wait(untilMilliseconds: next, { isStopping.load(ordering: .relaxed) }) { return }
            let bodies = connections.withLock { Self.look(at: Array($0.values)) }
            // Not under the lock: they wake connections, and the library has locks of its own.
            for (body, isGone) in bodies {
                if isGone { body.cut() } else { body.beat(atMilliseconds: Monitor.nowMilliseconds()) }
            }
        }
    }

    /// - Returns: the bodies that stay open, and whether the peer of each is gone.
    private static func look(at connections: [WatchedConnection]) -> [(body: PushBody, isGone: Bool)] {
        let now = Monitor.nowMilliseconds()
        var bodies: [(body: PushBody, isGone: Bool)] = []
        var polled = connections.map { connection in
            // A negative descriptor is passed over.
            pollfd(fd: connection.isWaiting ? connection.descriptor : -1, events: Int16(POLLIN), revents: 0)
        }
        poll(&polled, nfds_t(polled.count), 0)
        for (connection, answer) in zip(connections, polled) {
            let hasEnded = answer.revents != 0 && connection.isAtEnd
            let isGone = connection.isOverdue(atMilliseconds: now) || connection.isGone(hasEnded: hasEnded)
            if isGone { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
            if let body = connection.openBody { bodies.append((body, isGone)) }
        }
        return bodies
    }
}
