internal import CQuipuMicroHTTPD
internal import Glibc

/// A bound, listening TCP socket. It is not created by libmicrohttpd, which reports no reason when an address cannot
/// be bound.
struct ListeningSocket {
    let descriptor: Int32
    let port: UInt16

    init(host: String, port: UInt16) throws(HTTPServerError) {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let resolved = getaddrinfo(host, String(port), &hints, &first)
        guard resolved == 0 else {
            throw HTTPServerError(
                code: .addressUnavailable, address: address, reason: String(cString: gai_strerror(resolved)))
        }
        defer { freeaddrinfo(first) }

        var failure = ENOENT
        var candidate = first
        while let current = candidate {
            let descriptor = Self.listen(on: current.pointee)
            if descriptor >= 0 {
                self.descriptor = descriptor
                self.port = Self.boundPort(of: descriptor)
                return
            }
            failure = errno
            candidate = current.pointee.ai_next
        }
        throw HTTPServerError(
            code: Self.code(for: failure), address: address, reason: String(cString: strerror(failure)))
    }

    /// The descriptor, or -1 with `errno` set.
    private static func listen(on address: addrinfo) -> Int32 {
        let kind = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { return -1 }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // A restarted server must not wait for connections in TIME_WAIT.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if address.ai_family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
        }
        if bind(descriptor, address.ai_addr, address.ai_addrlen) == 0,
            Glibc.listen(descriptor, SOMAXCONN) == 0
        {
            return descriptor
        }
        let failure = errno
        close(descriptor)
        errno = failure
        return -1
    }

    private static func boundPort(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = getsockname(descriptor, address, &size)
            }
            // The port is at the same offset in both address families.
            return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }

    private static func code(for failure: Int32) -> HTTPServerError.Code {
        switch failure {
        case EADDRINUSE: .addressInUse
        case EACCES, EPERM: .permissionDenied
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: .noResources
        default: .addressUnavailable
        }
    }
}
