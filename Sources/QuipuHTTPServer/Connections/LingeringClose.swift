internal import CQuipuMicroHTTPD
internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// Closes connections whose peer is still sending a body that was refused. Closing them at once would make the kernel
/// answer the next bytes with a reset, which may reach the peer before it has read the response (RFC 9112, section
/// 9.6). So a duplicate of the descriptor is kept here, incoming bytes are dropped, and the duplicate is closed when
/// the peer ends or its time is up.
final class LingeringClose: Sendable {
    private struct Connection {
        let descriptor: Int32
        let deadlineMilliseconds: UInt64
        /// 0 also if the peer has ended.
        var remainingBytes = maximumBytes

        mutating func drop(into buffer: inout [UInt8]) {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            remainingBytes = count > 0 ? max(0, remainingBytes - count) : 0
        }
    }

    /// How long a peer may take to stop sending.
    private static let limitMilliseconds: UInt64 = 2000
    /// How much may be on the link when the peer stops.
    private static let maximumBytes = 16 << 20
    /// Beyond this number, connections are closed at once.
    private static let maximumConnections = 128

    private let added = Mutex<[Connection]?>([])
    /// A byte from the writer to the reader wakes the thread to look at `added`.
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let thread = Mutex<JoinableThread?>(nil)

    /// nil if the system has no descriptors left.
    init?() {
        var ends: (Int32, Int32) = (-1, -1)
        let failed = withUnsafeMutableBytes(of: &ends) { ends in
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            return socketpair(AF_UNIX, kind, 0, ends.bindMemory(to: Int32.self).baseAddress) != 0
        }
        if failed { return nil }
        (wakeReader, wakeWriter) = ends
    }

    deinit {
        close(wakeReader)
        close(wakeWriter)
    }

    /// False if the system cannot start a thread. The thread retains this object until `stop`.
    func start() -> Bool {
        guard let started = JoinableThread({ self.run() }) else { return false }
        thread.withLock { $0 = started }
        return true
    }

    /// Closes all remaining connections at once.
    func stop() {
        added.withLock { connections in
            for connection in connections ?? [] { close(connection.descriptor) }
            connections = nil
        }
        wake()
        thread.withLock { $0 }?.join()
    }

    /// Takes over a connection. The caller still closes its own descriptor.
    func take(_ descriptor: Int32) {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return }
        let deadline = Monitor.nowMilliseconds() + Self.limitMilliseconds
        let isTaken = added.withLock { connections in
            guard let count = connections?.count, count < Self.maximumConnections else { return false }
            connections?.append(Connection(descriptor: copy, deadlineMilliseconds: deadline))
            return true
        }
        if isTaken { wake() } else { close(copy) }
    }

    private func wake() {
        var byte: UInt8 = 0
        // If the buffer is full, there are enough bytes to wake the thread.
        _ = send(wakeWriter, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    private func run() {
        var connections: [Connection] = []
        defer { for connection in connections { close(connection.descriptor) } }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var polled = ([wakeReader] + connections.map(\.descriptor))
                .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            // Deadlines need no precision.
            poll(&polled, nfds_t(polled.count), connections.isEmpty ? -1 : 250)

            let now = Monitor.nowMilliseconds()
            connections = zip(connections, polled.dropFirst()).compactMap { connection, answer in
                var connection = connection
                if answer.revents != 0 { connection.drop(into: &buffer) }
                if connection.remainingBytes > 0, now < connection.deadlineMilliseconds { return connection }
                close(connection.descriptor)
                return nil
            }
            if polled[0].revents != 0 { _ = recv(wakeReader, &buffer, buffer.count, 0) }
            let fresh = added.withLock { added -> [Connection]? in
                guard let waiting = added else { return nil }
                let places = max(0, Self.maximumConnections - connections.count)
                for connection in waiting.dropFirst(places) { close(connection.descriptor) }
                added = []
                return Array(waiting.prefix(places))
            }
            guard let fresh else { return }
            connections += fresh
        }
    }
}
