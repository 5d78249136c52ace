internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// Closes connections that libmicrohttpd would keep too long. One thread checks all of them periodically:
///
/// - *Overdue*: libmicrohttpd closes an idle connection, but a byte every few seconds would keep one for ever. Each
///   connection has a deadline.
/// - *Gone*: when the peer's last bytes and its end arrive together, libmicrohttpd reads the bytes and is not woken
///   again for the end (it uses edge-triggered polling, and takes a short read for all there is), so an interrupted
///   request would last until the idle timeout.
/// - *Suspended*: libmicrohttpd does not look at a connection whose body stays open. The watchdog sends its
///   heartbeats, and resumes it to end when its peer is gone.
///
/// The thread that serves a connection changes its deadline and state without a lock. A socket is shut down under the
/// table's lock; libmicrohttpd closes it only after `remove`, so the descriptor cannot belong to another connection
/// by then.
final class ConnectionWatchdog: Sendable {
    private static let intervalMilliseconds: UInt64 = 500

    private let connections = Mutex<[ObjectIdentifier: WatchedConnection]>([:])
    private let monitor = Monitor()
    private let isStopping = Atomic(false)
    private let thread = Mutex<JoinableThread?>(nil)

    /// False if the system cannot start a thread. The thread retains this object until `stop`.
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
            // Not under the lock: they resume connections, and libmicrohttpd has its own locks.
            for (body, isGone) in bodies {
                if isGone { body.cut() } else { body.beat(atMilliseconds: Monitor.nowMilliseconds()) }
            }
        }
    }

    /// - Returns: the open bodies, and whether the peer of each is gone.
    private static func look(at connections: [WatchedConnection]) -> [(body: PushBody, isGone: Bool)] {
        let now = Monitor.nowMilliseconds()
        var bodies: [(body: PushBody, isGone: Bool)] = []
        var polled = connections.map { connection in
            // `poll` ignores negative descriptors.
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
