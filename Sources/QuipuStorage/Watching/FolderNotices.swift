internal import Glibc

/// Tells in which archives' folders something is being written, by whatever process (inotify(7)). It comes at the
/// write and not at the commit, and is no proof of either: who is told looks into the archive.
///
/// Only what a writer does counts. A reader makes and removes files beside a database too, so that to look would
/// otherwise be a reason to look again.
public final class FolderNotices: Sendable {
    /// One of the folders that are watched.
    public struct Watch: Sendable, Hashable {
        fileprivate let number: Int32
    }

    private static let kinds = UInt32(IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR)
    /// Where each commit is written first; and the database itself, which only a reader's clearing up modifies, but
    /// which may be put in place whole.
    private static let log = Array("archive.sqlite-wal".utf8)
    private static let database = Array("archive.sqlite".utf8)
    /// Of an event: watch, mask, cookie and the length of the name that follows.
    private static let headBytes = 16

    /// Readable when there are notices.
    public let descriptor: Int32

    /// Nil if the system gives no more of them; the watcher must then poll.
    public init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Nil where there is no such folder, or the system watches no more of them. The same folder is the same watch.
    public func add(_ folder: ArchiveFolder) -> Watch? {
        let number = inotify_add_watch(descriptor, folder.path, Self.kinds)
        return number < 0 ? nil : Watch(number: number)
    }

    public func remove(_ watch: Watch) { inotify_rm_watch(descriptor, watch.number) }

    /// The watches with something new since the last call; nil when so much happened that the system lost count: any
    /// of them may have.
    public func take() -> Set<Watch>? {
        var found: Set<Watch> = []
        var hasLost = false
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &block, block.count)
            if count <= 0 { return hasLost ? nil : found }
            block.withUnsafeBytes { block in
                var start = 0
                while start + Self.headBytes <= count {
                    let number = block.loadUnaligned(fromByteOffset: start, as: Int32.self)
                    let kind = block.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
                    let nameBytes = Int(block.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
                    let name = block[start + Self.headBytes..<start + Self.headBytes + nameBytes]
                        .prefix { $0 != 0 }
                    if kind & UInt32(IN_Q_OVERFLOW) != 0 { hasLost = true }
                    let isReplaced = kind & UInt32(IN_MOVED_TO) != 0
                    if name.elementsEqual(isReplaced ? Self.database : Self.log) {
                        found.insert(Watch(number: number))
                    }
                    start += Self.headBytes + nameBytes
                }
            }
        }
    }
}

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
        // An interrupted wait returns early, and its caller waits again.
        _ = poll(&polled, nfds_t(polled.count), limit)
    }
}
