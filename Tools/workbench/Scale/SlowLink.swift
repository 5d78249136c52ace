internal import Glibc

/// A link from this machine to one of its ports that carries so many bytes a second, each after a delay, and counts them.
///
/// It carries while a program runs, and stops when a window's bytes are used up, as where a lid is shut.
struct SlowLink {
    struct Pace {
        var bytesPerSecond: Int
        var delayMilliseconds: Int32
    }

    private struct Ends {
        var client: Int32
        var server: Int32
    }

    private static let packetBytes = 1_400

    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let pace: Pace?
    /// In both directions.
    private(set) var carriedBytes = 0

    /// - Parameters:
    ///   - target: the port that it leads to.
    ///   - pace: nil for as fast as this machine is.
    init(to target: UInt16, pace: Pace?) {
        self.target = target
        self.pace = pace
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard status else { fail("no link: \(String(cString: strerror(errno)))") }
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() { _ = Glibc.close(listener) }

    /// Carries what a program sends and gets.
    /// - Returns: whether it has ended; false where the window's bytes were used up before.
    mutating func carry(for program: ChildProcess, atMost windowBytes: Int) -> Bool {
        var left = windowBytes
        var connections: [Ends] = []
        var lastSource: Int32 = -1
        defer { for ends in connections { Self.close(ends) } }
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let sources = connections.flatMap { [$0.client, $0.server] }
            var waiting = ([program.output, listener] + sources).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&waiting, nfds_t(waiting.count), -1)
            if waiting[0].revents != 0, read(program.output, &block, block.count) <= 0 { return true }
            if waiting[1].revents != 0 { connections.append(accepted()) }
            for ready in waiting[2...] where ready.revents != 0 {
                guard let ends = connections.first(where: { $0.client == ready.fd || $0.server == ready.fd })
                else { continue }
                let count = read(ready.fd, &block, min(block.count, left))
                guard count > 0 else {
                    Self.close(ends)
                    connections.removeAll { $0.client == ends.client }
                    continue
                }
                if let pace, lastSource != ready.fd { poll(nil, 0, pace.delayMilliseconds) }
                lastSource = ready.fd
                pass(block[..<count], to: ready.fd == ends.client ? ends.server : ends.client)
                carriedBytes += count
                left -= count
                if left == 0 { return false }
            }
        }
    }

    private func accepted() -> Ends {
        let client = accept(listener, nil, nil)
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(target)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard client >= 0, status == 0 else { fail("no connection: \(String(cString: strerror(errno)))") }
        return Ends(client: client, server: server)
    }

    /// What the other end no longer takes is lost.
    private func pass(_ bytes: ArraySlice<UInt8>, to end: Int32) {
        var left = bytes
        while !left.isEmpty {
            let packet = Array(left.prefix(Self.packetBytes))
            // The link is slow here; nobody waits for anything.
            if let pace { poll(nil, 0, Int32(packet.count * 1_000 / pace.bytesPerSecond)) }
            let sent = send(end, packet, packet.count, Int32(MSG_NOSIGNAL))
            if sent <= 0 { return }
            left = left.dropFirst(sent)
        }
    }

    private static func close(_ ends: Ends) {
        _ = Glibc.close(ends.client)
        _ = Glibc.close(ends.server)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
