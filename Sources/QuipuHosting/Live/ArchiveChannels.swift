internal import QuipuHTTPServer
package import QuipuReplication
internal import Synchronization

/// The feeds of all archives that somebody watches, and how many may.
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

    /// - Parameter isWelcome: whether a caller who was let in may still be told things.
    package init(
        backend: any ArchiveBackend, maximumWatchers: Int, heartbeatMilliseconds: Int,
        isWelcome: @escaping @Sendable (_ caller: String?) -> Bool = { _ in true }
    ) {
        self.backend = backend
        self.isWelcome = isWelcome
        self.maximumWatchers = maximumWatchers
        // A comment: no event, and something that moves.
        heartbeat = PushBody.Heartbeat(
            bytes: Array(":\n\n".utf8), everyMilliseconds: UInt64(max(1, heartbeatMilliseconds)))
    }

    /// Watchers of all archives together.
    package var watcherCount: Int { state.withLock { $0.watcherCount } }

    /// Tells who watches an archive that it holds something new. Costs nothing where nobody does: `mark` is read only
    /// for watchers.
    package func announce(
        _ name: String, repeating: Bool = false, reading mark: () throws -> ArchiveMark
    ) rethrows {
        guard let channel = state.withLock({ $0.channels[name] }) else { return }
        channel.announce(try mark(), repeating: repeating)
    }

    /// A body that tells a watcher of news, until either side ends it.
    ///
    /// - Parameters:
    ///   - known: the id of the last event that it had; of no consequence where that is none of ours.
    ///   - current: what the archive holds.
    /// - Throws: `Problem` where too many watch already, or what `current` threw.
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
