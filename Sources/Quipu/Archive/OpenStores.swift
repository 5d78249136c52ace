internal import Glibc
internal import QuipuCausality
internal import QuipuFiles
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// A pool of connections to one archive, each used by one thread at a time; some idle ones are kept.
///
/// A connection keeps the file that it opened, even when its folder was removed or replaced since. What is written then would be
/// lost, or get into another archive, so each use begins with a look at what is at the path, and each write, once it has the write
/// lock, with another one.
final class OpenStores: Sendable {
    /// Unchecked: the holder of a connection is its only user.
    private struct Kept: @unchecked Sendable {
        let store: Store
        let file: File
    }

    /// Which file of this machine it is.
    private struct File: Equatable {
        let device: UInt64
        let number: UInt64

        init?(_ path: String) {
            guard let facts = FileFacts(path) else { return nil }
            (device, number) = (facts.device, facts.inode)
        }
    }

    /// A thread that is writing, and where.
    private struct Writer: Hashable {
        let path: String
        let thread: pthread_t
    }

    private static let mostKept = 4
    private static let writers = Mutex<Set<Writer>>([])

    let folder: ArchiveFolder
    private let archive: ArchiveID
    private let access: Archive.Access
    private let environment: Environment
    private let entry: String?
    private let kept = Mutex<[Kept]>([])

    /// - Parameter entry: words of the entry of the log that edits belong to; `store` has it already.
    init(_ store: sending Store, _ access: Archive.Access, entry: String? = nil) {
        self.entry = entry
        folder = store.folder
        archive = store.id
        environment = store.environment
        self.access = access
        guard let file = File(store.folder.storePath) else { return }
        let first = Self.keeping(store, file)
        kept.withLock { $0 = [first] }
    }

    /// Unix time in milliseconds, as this machine believes it to be.
    var nowMilliseconds: Int64 { environment.nowMilliseconds() }

    /// - Throws: `noArchive` where the archive is not in its folder any more, and what `body` throws.
    func with<Result>(_ body: (Store) throws -> Result) throws -> Result {
        let used = try take()
        let result = try body(used.store)
        // One that failed may be in any state, and is not used again.
        kept.withLock { if $0.count < Self.mostKept { $0.append(used) } }
        return result
    }

    /// Lends a connection to write with.
    ///
    /// - Throws: `nestedWrite` where this thread is writing already: it would wait for itself.
    func writing<Result>(_ body: (Store) throws -> Result) throws -> Result {
        let writer = Writer(path: folder.path, thread: pthread_self())
        guard Self.writers.withLock({ $0.insert(writer).inserted }) else {
            throw QuipuError(
                .nestedWrite,
                "a write to \(folder.workPath) was begun within another one, and would wait for it",
                hint: "make the edits with the transaction that the outer write has")
        }
        defer { Self.writers.withLock { _ = $0.remove(writer) } }
        return try with(body)
    }

    private func take() throws -> Kept {
        while let idle = kept.withLock({ $0.popLast() }) {
            if isInPlace(idle) { return idle }
        }
        let file = File(folder.storePath)
        let store = try Store(opening: folder, mode: access.mode, environment: environment)
        // Another file may have come to the path before it was opened, or after.
        guard store.id == archive, let file, File(folder.storePath) == file else { throw Self.isGone(folder) }
        if let entry { store.beginEntry(entry) }
        return Self.keeping(store, file)
    }

    private static func keeping(_ store: sending Store, _ file: File) -> Kept {
        let folder = store.folder
        store.requireInPlace { if File(folder.storePath) != file { throw Self.isGone(folder) } }
        return Kept(store: store, file: file)
    }

    private func isInPlace(_ kept: Kept) -> Bool { File(folder.storePath) == kept.file }

    private static func isGone(_ folder: ArchiveFolder) -> StorageError {
        StorageError(
            .noArchive, "the archive that was opened is not at \(folder.workPath) any more",
            hint: "nothing was written; open the archive again where it is now")
    }
}

/// Threads for reading and writing, outside the cooperative pool, which has one thread a processor that must not wait for a lock or
/// a disk. Their number is bounded; further calls wait in order.
final class BlockingThreads: Sendable {
    private struct State {
        var running = 0
        var waiting: ArraySlice<@Sendable () -> Void> = []
    }

    static let shared = BlockingThreads(maximum: 32)

    private let maximum: Int
    private let state = Mutex(State())

    init(maximum: Int) { self.maximum = maximum }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: Result { try body() }) }
        }
        return try outcome.get()
    }

    private func submit(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.waiting.append(work)
            guard state.running < maximum else { return false }
            state.running += 1
            return true
        }
        guard needsThread else { return }
        if let thread = JoinableThread({ self.runWaiting() }) { thread.detach() } else { runWaiting() }
    }

    private func runWaiting() {
        while let work = next() { work() }
    }

    /// Nil ends the thread.
    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            let next = state.waiting.popFirst()
            if next == nil { state.running -= 1 }
            return next
        }
    }
}
