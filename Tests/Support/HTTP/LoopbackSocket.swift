import Glibc

/// A TCP socket of this machine, closed by who holds it. Reading and writing give up after ten seconds, so that
/// a fault fails a test and does not hang it.
struct LoopbackSocket: Sendable {
    let descriptor: Int32

    private static func open() -> LoopbackSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        return LoopbackSocket(descriptor: descriptor).withLimits()
    }

    private func withLimits() -> LoopbackSocket {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        return self
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// A socket bound to a free port; connecting to it is refused until `listen`.
    static func bound() throws -> (socket: LoopbackSocket, port: UInt16) {
        let bound = open()
        var address = Self.address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(bound.descriptor, pointer, size) == 0
                    && getsockname(bound.descriptor, pointer, &size) == 0
            }
        }
        guard status else { throw ChildProgram.Failure(description: "no free port on the loopback") }
        return (bound, UInt16(bigEndian: address.sin_port))
    }

    func listen() { Glibc.listen(descriptor, 16) }

    /// nil once the listening socket is shut down.
    func accept() -> LoopbackSocket? {
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 { return LoopbackSocket(descriptor: connection).withLimits() }
            // The limit on waiting holds for accepting too, and means nothing there.
            if errno != EAGAIN && errno != EINTR && errno != ECONNABORTED { return nil }
        }
    }

    /// nil when nobody listens there.
    static func connected(to port: UInt16) -> LoopbackSocket? {
        let connection = open()
        var address = Self.address(port: port)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status == 0 { return connection }
        connection.close()
        return nil
    }

    /// What is there, at most `count` bytes; empty at the end of the connection.
    func receive(atMost count: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &block, count, 0)
        return Array(block.prefix(max(0, received)))
    }

    /// Whether all of it went out.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        var left = Array(bytes)[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            left.removeFirst(count)
        }
        return true
    }

    /// Ends the connection, and wakes another thread that waits on it.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func close() { Glibc.close(descriptor) }
}
