internal import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuReplicationHTTP
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// What a server says of itself, heard in a thread of its own that comes back whenever the link is lost.
final class RemoteNews: Sendable {
    enum Item: Sendable {
        case linked
        /// With the error that ended the link, if it was one.
        case unlinked((any Error)?)
        /// The other side holds this, or something that this version cannot name.
        case heard(ArchiveMark?)
    }

    private struct State {
        var items: [Item] = []
        var cancel: (@Sendable () -> Void)?
        var isStopping = false
    }

    private let url: ArchiveURL
    private let access: RemoteAccess
    private let environment: Environment
    private let state = Mutex(State())
    /// Readable when there are items.
    let wake: WakeUp
    private let stopping: WakeUp

    init(_ url: ArchiveURL, access: RemoteAccess, environment: Environment) throws {
        guard let wake = WakeUp(), let stopping = WakeUp() else { throw StorageError.noResources }
        (self.url, self.access, self.environment) = (url, access, environment)
        (self.wake, self.stopping) = (wake, stopping)
    }

    /// It listens until `stop`.
    func start() throws -> JoinableThread {
        guard let thread = JoinableThread({ self.run() }) else { throw StorageError.noResources }
        return thread
    }

    /// From any thread.
    func stop() {
        let cancel = state.withLock { state in
            state.isStopping = true
            return state.cancel
        }
        cancel?()
        stopping.give()
    }

    /// What was heard since the last call. Of marks only the last counts, so there are never many.
    func take() -> [Item] {
        wake.take()
        return state.withLock { state in
            defer { state.items = [] }
            return state.items
        }
    }

    private func put(_ item: Item) {
        state.withLock { state in
            if case .heard = item, case .heard = state.items.last { state.items.removeLast() }
            state.items.append(item)
        }
        wake.give()
    }

    private func run() {
        let link = EventStreamClient(url, access: access)
        let isStopping = state.withLock { state in
            state.cancel = link.cancel
            return state.isStopping
        }
        if isStopping { return }
        var backoff = ExponentialBackoff()
        var lastID: String?
        while true {
            var failure: (any Error)?
            do {
                try link.listen(after: lastID) {
                    backoff.succeeded()
                    put(.linked)
                } onEvent: { id, mark in
                    lastID = id
                    put(.heard(mark))
                }
            } catch {
                failure = error
            }
            if state.withLock({ $0.isStopping }) { return }
            put(.unlinked(failure))
            let asked = (failure as? ReplicationError)?.retryAfterSeconds.map { Int64($0) * 1_000 }
            let delay = backoff.failed(askedMilliseconds: asked, random: environment.randomBits())
            WakeUp.wait(for: [stopping.descriptor], milliseconds: delay)
        }
    }
}

extension Environment {
    func randomBits() -> UInt64 { randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
