import Glibc

/// Counts the writes of others in a folder as they happen (inotify(7)), so that a test can strike in the midst of
/// them. Writes that come faster than they are read count once. What SQLite shares between processes (`-shm`) does
/// not count; a reader of a database makes files beside it too, so look before you watch.
public final class FolderChanges {
    private static let kinds = UInt32(IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO)
    /// Of an event: watch, mask, cookie and the length of the name that follows.
    private static let headBytes = 16

    private var end: ReadingEnd
    private var parsed = 0
    private var observed = 0

    /// - Parameter folder: it must exist.
    public init(in folder: String) throws {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        end = ReadingEnd(descriptor: descriptor)
        guard descriptor >= 0, inotify_add_watch(descriptor, folder, Self.kinds) >= 0 else {
            throw ChildProgram.Failure(
                description: "cannot watch \(folder): \(String(cString: strerror(errno)))")
        }
    }

    deinit { end.close() }

    /// So many so far.
    public var count: Int {
        while end.isReadable { end.readOnce() }
        while parsed + Self.headBytes <= end.bytes.count {
            let nameBytes = end.bytes[parsed + 12..<parsed + 16].reversed().reduce(0) { $0 << 8 | Int($1) }
            let name = end.bytes[parsed + Self.headBytes..<parsed + Self.headBytes + nameBytes]
            parsed += Self.headBytes + nameBytes
            if !name.prefix(while: { $0 != 0 }).suffix(4).elementsEqual("-shm".utf8) { observed += 1 }
        }
        return observed
    }

    /// Waits until there were so many, or the program has ended.
    /// - Returns: whether there were so many.
    public func wait(for count: Int, of program: ChildProgram) throws -> Bool {
        while true {
            if self.count >= count { return true }
            if program.hasEnded { return false }
            try program.wait(or: end)
        }
    }

    /// Waits until there were so many, or a signal is given.
    /// - Returns: whether there were so many.
    public func wait(for count: Int, or signal: Signal) -> Bool {
        while true {
            if self.count >= count { return true }
            if signal.isGiven { return false }
            _ = ReadingEnd.wait(for: [end, signal.end], milliseconds: -1)
        }
    }
}
