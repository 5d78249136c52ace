internal import Replication
internal import Storage
internal import Synchronization

/// An archive whose own database is all there is of it, used by one request at a time.
///
/// `@unchecked Sendable`: the store is reached through `withStore` alone, which holds the lock.
final class StoredArchive: HostedArchive, @unchecked Sendable {
    private let lock = Mutex(())
    private let store: Store
    private let conflicts = Atomic(0)

    let folder: ArchiveFolder

    init(_ store: sending Store) {
        folder = store.folder
        conflicts.store((try? store.openConflicts) ?? 0, ordering: .relaxed)
        self.store = store
    }

    var openConflicts: Int { conflicts.load(ordering: .relaxed) }

    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
        try lock.withLock { _ in try body(store) }
    }

    func answer(_ message: consuming IncomingMessage, isReadOnly: Bool) throws -> Responder.Reply {
        let brings = !message.transactions.isEmpty
        var message: IncomingMessage? = message
        return try withStore { store in
            let reply = try Responder.reply(to: message.take()!, from: store, isReadOnly: isReadOnly)
            // What the reply acknowledges stays so, whatever becomes of a number for watchers.
            if brings, let count = try? store.openConflicts { conflicts.store(count, ordering: .relaxed) }
            return reply
        }
    }
}
