internal import QuipuHTTPServer
package import QuipuReplication
internal import Synchronization

/// The channels of all watched archives, and the limit on watchers.
package final class ArchiveChannels: Sendable {
    private struct State {
        var channels: [String: ArchiveChannel] = [:]
        var watcherCount = 0
    }

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

    private func join(_ name: String, _ body: PushBody, of caller: String?) throws -> ArchiveChannel {
        try state.withLock { state in
            guard state.watcherCount < maximumWatchers else { throw Problem.tooManyWatchers }
            state.watcherCount += 1
            let known = state.channels[name]
            let channel = known ?? ArchiveChannel(isWelcome: isWelcome)
            state.channels[name] = channel
            channel.add(body, of: caller)
            if known == nil { backend.follow(name, into: channel) }
            return channel
        }
    }

    private func leave(_ name: String, _ body: PushBody) {
        state.withLock { state in
            guard let channel = state.channels[name] else { return }
            state.watcherCount -= 1
            channel.remove(body)
            guard channel.isEmpty else { return }
            state.channels[name] = nil
            backend.unfollow(name)
        }
    }
}
