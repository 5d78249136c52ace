internal import Glibc

/// Keeps a port of `[::1]` from being listened on: a browser may try that address of `localhost` first, and another user could
/// answer there.
final class ReservedPort: Sendable {
    private let descriptor: Int32

    /// Nil if another process has the port. Without IPv6 there is nothing to keep.
    init?(_ port: UInt16) {
        let socket = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
        }
        if socket >= 0, result != 0, errno == EADDRINUSE {
            close(socket)
            return nil
        }
        descriptor = socket
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
