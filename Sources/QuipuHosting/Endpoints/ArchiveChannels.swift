internal import QuipuHTTPServer
package import QuipuReplication
internal import QuipuThreads
internal import Synchronization

/// The channels of all watched archives, and the limit on watchers.
package final class ArchiveChannels: Sendable {
    private struct State {
        var channels: [String: ArchiveChannel] = [:]
        var watcherCount = 0
        /// Of those, the threads that wait.
        var waitingCount = 0
    }

    /// Each holds one of the threads that make responses.
    private static let maximumWaiting = 32

    private let backend: any ArchiveBackend
    private let maximumWatchers: Int
    private let heartbeat: PushBody.Heartbeat
    private let isWelcome: @Sendable (_ caller: String?) -> Bool
    private let state = Mutex(State())

    /// - Parameter isWelcome: whether an admitted caller may still receive events.
    package init(
        backend: any ArchiveBackend, maximumWatchers: Int, heartbeatMilliseconds: Int,
        isWelcome: @escaping @Sendable (_ caller: String?) -> Bool = { _ in true }
    ) {
        self.backend = backend
        self.isWelcome = isWelcome
        self.maximumWatchers = maximumWatchers
        // A comment: it keeps the connection alive and is no event.
        heartbeat = PushBody.Heartbeat(
            bytes: Array(":\n\n".utf8), everyMilliseconds: UInt64(max(1, heartbeatMilliseconds)))
    }

    /// The number of watchers of all archives.
    package var watcherCount: Int { state.withLock { $0.watcherCount } }

    /// Announces a change to the watchers of an archive. `mark` is read only if there are watchers.
    package func announce(
        _ name: String, repeating: Bool = false, reading mark: () throws -> ArchiveMark
    ) rethrows {
        guard let channel = state.withLock({ $0.channels[name] }) else { return }
        channel.announce(try mark(), repeating: repeating)
    }

    /// Adds a watcher, and returns the body that its events are written to until either side ends it.
    ///
    /// - Parameters:
    ///   - known: the id of the last event that it received; ignored if it is not one of this archive's.
    ///   - current: reads the archive's mark.
    /// - Throws: `Problem` if there are too many watchers, or what `current` threw.
    func watch(
        _ name: String, by caller: Caller, known: String?, current: () throws -> ArchiveMark
    ) throws -> PushBody {
        let body = PushBody(heartbeat: heartbeat) { [weak self] body in self?.leave(name, body) }
        let channel = try join(name, body, of: caller.name)
        do {
            channel.greet(body, current: try current(), known: known)
        } catch {
            leave(name, body)
            throw error
        }
        return body
    }

    /// Waits on this thread until `hasCome` says that something has come, which is asked at first and after each change.
    ///
    /// - Parameters:
    ///   - isStopping: asked a few times a second; true ends the wait.
    ///   - current: reads the archive's mark.
    /// - Throws: `Problem` if too many wait; what the closures throw.
    func awaitNews(
        of name: String, by caller: Caller, milliseconds: Int, isStopping: () -> Bool,
        current: () throws -> ArchiveMark, until hasCome: () throws -> Bool
    ) throws {
        if try milliseconds <= 0 || hasCome() { return }
        let bell = Bell()
        let channel = try join(name, bell, of: caller.name)
        defer { leave(name, bell) }
        channel.announce(try current())
        let end = Monitor.nowMilliseconds() + UInt64(milliseconds)
        while true {
            let count = bell.count
            // What came before the bell was there rings no bell.
            if try hasCome() { return }
            while bell.count == count {
                let now = Monitor.nowMilliseconds()
                if now >= end || isStopping() { return }
                bell.wait(beyond: count, untilMilliseconds: min(end, now + Self.lookMilliseconds))
            }
        }
    }

    private static let lookMilliseconds: UInt64 = 250

    private func join(_ name: String, _ watcher: some ArchiveWatcher, of caller: String?) throws
        -> ArchiveChannel
    {
        try state.withLock { state in
            let waits = watcher is Bell
            guard state.watcherCount < maximumWatchers, !waits || state.waitingCount < Self.maximumWaiting
            else {
                throw Problem.tooManyWatchers
            }
            state.watcherCount += 1
            if waits { state.waitingCount += 1 }
            let known = state.channels[name]
            let channel = known ?? ArchiveChannel(isWelcome: isWelcome)
            state.channels[name] = channel
            channel.add(watcher, of: caller)
            if known == nil { backend.follow(name, into: channel) }
            return channel
        }
    }

    private func leave(_ name: String, _ watcher: some ArchiveWatcher) {
        state.withLock { state in
            guard let channel = state.channels[name] else { return }
            state.watcherCount -= 1
            if watcher is Bell { state.waitingCount -= 1 }
            channel.remove(watcher)
            guard channel.isEmpty else { return }
            state.channels[name] = nil
            backend.unfollow(name)
        }
    }
}

/// Counts the events that a waiting thread should look at.
final class Bell: ArchiveWatcher {
    private let monitor = Monitor()
    private let rung = Atomic(0)

    var count: Int { rung.load(ordering: .acquiring) }

    func offer(_ event: [UInt8]) { _ = monitor.change { rung.add(1, ordering: .acquiringAndReleasing) } }

    func end() { offer([]) }

    func wait(beyond known: Int, untilMilliseconds: UInt64) {
        _ = monitor.wait(untilMilliseconds: untilMilliseconds) { count != known }
    }
}
