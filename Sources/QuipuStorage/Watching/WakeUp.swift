internal import Glibc

/// Wakes a thread that waits in `poll` for other things too.
public final class WakeUp: Sendable {
    /// Readable once `give` was called, until `take`.
    public let descriptor: Int32
    private let writer: Int32

    /// Nil where the system gives no descriptors.
    public init?() {
        var ends: (Int32, Int32) = (-1, -1)
        let failed = withUnsafeMutableBytes(of: &ends) { ends in
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            return socketpair(AF_UNIX, kind, 0, ends.bindMemory(to: Int32.self).baseAddress) != 0
        }
        if failed { return nil }
        (descriptor, writer) = ends
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// From any thread.
    public func give() {
        var byte: UInt8 = 0
        // Where no byte fits in any more, enough are there.
        _ = send(writer, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    public func take() {
        var block = [UInt8](repeating: 0, count: 256)
        while read(descriptor, &block, block.count) == block.count {}
    }

    /// Waits until one of the descriptors can be read, or the time is over. Negative descriptors are passed over.
    public static func wait(for descriptors: [Int32], milliseconds: Int64?) {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let limit = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        // Whoever is interrupted looks around and comes back.
        _ = poll(&polled, nfds_t(polled.count), limit)
    }
}
