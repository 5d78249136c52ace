internal import QuipuHTTPServer
package import QuipuReplication
internal import Synchronization

/// Is told of changes of an archive.
package protocol ArchiveWatcher: AnyObject, Sendable {
    /// An event; one that was not taken yet may be replaced by a later one. Must not block.
    func offer(_ event: [UInt8])

    /// There is nothing more for it.
    func end()
}

extension PushBody: ArchiveWatcher {}

/// The clients that watch one archive, and the last event that they were sent. It does not know the backend: code
/// that learns of a change announces it here, from any thread.
package final class ArchiveChannel: Sendable {
    private struct State {
        /// The newest mark that was announced.
        var latest: ArchiveMark?
        /// Each watcher with its caller's name.
        var watchers: [ObjectIdentifier: (body: any ArchiveWatcher, caller: String?)] = [:]
    }

    private let isWelcome: @Sendable (_ caller: String?) -> Bool
    private let state = Mutex(State())

    /// - Parameter isWelcome: whether a caller may still receive events; asked before each one.
    package init(isWelcome: @escaping @Sendable (_ caller: String?) -> Bool = { _ in true }) {
        self.isWelcome = isWelcome
    }

    /// Sends an event to all watchers, unless they were sent this or a later one.
    ///
    /// - Parameter repeating: send it again: missing texts have arrived, which does not change the mark.
    package func announce(_ mark: ArchiveMark, repeating: Bool = false) {
        endUnwelcome()
        state.withLock { state in
            guard let latest = state.latest else {
                // No watcher has received an event yet.
                state.latest = mark
                return
            }
            // Marks are read before they are announced, so they may arrive out of order.
            guard mark == latest ? repeating : mark.position >= latest.position else { return }
            state.latest = mark
            let event = Self.event(mark)
            // Under the lock, so that no watcher receives the older one last.
            for watcher in state.watchers.values { watcher.body.offer(event) }
        }
    }

    func add(_ body: some ArchiveWatcher, of caller: String?) {
        state.withLock { $0.watchers[ObjectIdentifier(body)] = (body, caller) }
    }

    /// Sends a new watcher the current mark, unless it has it.
    ///
    /// - Parameters:
    ///   - current: the mark, read after the watcher was added, so that no change in between is missed.
    ///   - known: the id of the last event that the watcher received, by its own account.
    func greet(_ body: PushBody, current: ArchiveMark, known: String?) {
        announce(current)
        state.withLock { state in
            guard let latest = state.latest, latest.text != known else { return }
            body.offer(Self.event(latest))
        }
    }

    func remove(_ body: some ArchiveWatcher) {
        state.withLock { _ = $0.watchers.removeValue(forKey: ObjectIdentifier(body)) }
    }

    /// Ends the streams of callers whose token has expired or was revoked.
    private func endUnwelcome() {
        let callers = state.withLock { Set($0.watchers.values.map(\.caller)) }
        // Not under the lock: tokens are on a disk.
        let unwelcome = callers.filter { !isWelcome($0) }
        guard !unwelcome.isEmpty else { return }
        let bodies = state.withLock { state in
            let found = state.watchers.filter { unwelcome.contains($0.value.caller) }
            // They receive nothing more, not even this event.
            for key in found.keys { state.watchers[key] = nil }
            return found.values.map(\.body)
        }
        for body in bodies { body.end() }
    }

    package var isEmpty: Bool { state.withLock { $0.watchers.isEmpty } }

    /// A server-sent event (HTML standard, section 9.2).
    private static func event(_ mark: ArchiveMark) -> [UInt8] {
        Array("id: \(mark.text)\ndata: {\"position\":\(mark.position)}\n\n".utf8)
    }
}
