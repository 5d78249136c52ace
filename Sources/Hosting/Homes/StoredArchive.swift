internal import Replication
internal import Storage
internal import Synchronization

/// An archive whose own database is all there is of it, used by one request at a time.
///
/// `@unchecked Sendable`: the store is reached through `withStore` alone, which holds the lock.
final class StoredArchive: HostedArchive, @unchecked Sendable {
    private let lock = Mutex(())
    private let store: Store

    let folder: ArchiveFolder

    init(_ store: sending Store) {
        folder = store.folder
        self.store = store
    }

    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
        try lock.withLock { _ in try body(store) }
    }

    func answer(_ message: consuming IncomingMessage) throws -> [UInt8] {
        var message: IncomingMessage? = message
        return try withStore { store in try Responder.answer(message.take()!, from: store) }
    }
}
