import Glibc

/// The end of a pipe at which a test reads what a program writes.
struct ReadingEnd: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var hasEnded = false
    let descriptor: Int32

    /// Programs inherit neither end (`Spawning`): one that lives on would keep the pipe open.
    static func pipe() throws -> (reader: ReadingEnd, writer: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw ChildProgram.Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ReadingEnd(descriptor: ends[0]), ends[1])
    }

    /// - Parameter descriptor: one that does not block.
    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Takes what is there; does not wait.
    mutating func readOnce() {
        guard !hasEnded else { return }
        var block = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(descriptor, &block, block.count)
        if count == 0 { hasEnded = true }
        if count > 0 { bytes += block[..<count] }
    }

    /// Whether something is there to be read.
    var isReadable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLIN) != 0
    }

    /// Whether no writer is left.
    var isAtEnd: Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return hasEnded || poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP) != 0
    }

    /// Waits until one of them has something or has ended; false when the time is over.
    static func wait(for ends: [ReadingEnd], milliseconds: Int32) -> Bool {
        var entries = ends.filter { !$0.hasEnded }.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        let count = poll(&entries, nfds_t(entries.count), milliseconds)
        return count > 0 || count < 0 && errno == EINTR
    }

    func close() { Glibc.close(descriptor) }
}
