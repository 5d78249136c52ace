internal import QuipuStorage
internal import Synchronization

/// A pool of connections to one archive, each used by one thread at a time; some idle ones are kept.
final class OpenStores: Sendable {
    /// Unchecked: the holder of a connection is its only user.
    private struct Kept: @unchecked Sendable {
        let store: Store
    }

    private static let mostKept = 4

    let folder: ArchiveFolder
    private let access: Archive.Access
    private let environment: Environment
    private let entry: String?
    private let kept = Mutex<[Kept]>([])

    /// - Parameter entry: words of the entry of the log that edits belong to; `store` has it already.
    init(_ store: sending Store, _ access: Archive.Access, entry: String? = nil) {
        self.entry = entry
        folder = store.folder
        environment = store.environment
        self.access = access
        let first = Kept(store: store)
        kept.withLock { $0 = [first] }
    }

    /// Unix time in milliseconds, as this machine believes it to be.
    var nowMilliseconds: Int64 { environment.nowMilliseconds() }

    func with<Result>(_ body: (Store) throws -> Result) throws -> Result {
        let taken = kept.withLock { $0.popLast() }
        let store = try taken?.store ?? open()
        let result = try body(store)
        // One that failed may be in any state, and is not used again.
        let used = Kept(store: store)
        kept.withLock { if $0.count < Self.mostKept { $0.append(used) } }
        return result
    }

    private func open() throws -> Store {
        let store = try Store(opening: folder, mode: access.mode, environment: environment)
        if let entry { store.beginEntry(entry) }
        return store
    }
}
