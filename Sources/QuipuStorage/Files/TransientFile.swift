internal import Glibc
internal import QuipuSQLite
internal import Synchronization

/// The name of a file in the making. It goes with this value, and with the process where a signal ends it.
final class TransientFile {
    let path: String
    private let slot: Int?
    private static let count = Atomic<Int>(0)

    /// A name beside another, short enough for every file system that has that.
    convenience init(beside path: String) {
        self.init(in: OutputPlace.folder(of: path))
    }

    init(in folder: String) {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        path = (folder == "/" ? "" : folder) + "/.quipu-\(getpid())-\(number).partial"
        slot = NamesToRemove.add(path)
    }

    deinit {
        unlink(path)
        if let slot { NamesToRemove.remove(slot) }
    }

    /// Gives the file another name, under which it stays.
    func move(to target: String) -> Bool { rename(path, target) == 0 }
}

/// Names that are removed before a signal ends the process, in memory that a signal handler may read.
private enum NamesToRemove {
    private static let capacity = 16
    /// Each slot is written by the holder of the lock, in one store, and read by the handler.
    nonisolated(unsafe) private static let slots: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
        let slots = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
        slots.initialize(repeating: nil, count: capacity)
        return slots
    }()
    private static let hasHandlers = Mutex(false)

    /// - Returns: nil where there are too many; that one would be left behind.
    static func add(_ path: String) -> Int? {
        hasHandlers.withLock { hasHandlers in
            guard let slot = (0..<capacity).first(where: { slots[$0] == nil }) else { return nil }
            slots[slot] = strdup(path)
            if !hasHandlers {
                hasHandlers = true
                for number in [SIGINT, SIGTERM, SIGHUP] { install(number) }
            }
            return slot
        }
    }

    static func remove(_ slot: Int) {
        hasHandlers.withLock { _ in
            let path = slots[slot]
            slots[slot] = nil
            free(path)
        }
    }

    /// Not if the signal is ignored, or has another handler.
    private static func install(_ number: Int32) {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil else {
            return
        }
        action.__sigaction_handler.sa_handler = { number in
            for slot in 0..<NamesToRemove.capacity {
                if let path = NamesToRemove.slots[slot] { unlink(path) }
            }
            signal(number, SIG_DFL)
            raise(number)
        }
        sigaction(number, &action, nil)
    }
}

/// Makes a renamed file's new name survive a power cut.
enum SyncedFolder {
    /// Whether a file's content is on the disk.
    static func syncFile(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        return descriptor >= 0 && fsync(descriptor) == 0
    }

    static func sync(above path: String) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot, and then have nothing to wait for.
        fsync(descriptor)
        close(descriptor)
    }
}
