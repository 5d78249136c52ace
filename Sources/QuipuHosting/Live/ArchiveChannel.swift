internal import QuipuHTTPServer
package import QuipuReplication
internal import Synchronization

/// Those who watch one archive, and what they were told last. Knows nothing of where the archive is kept: whoever
/// learns that it holds something new announces that here, from any thread.
package final class ArchiveChannel: Sendable {
    private struct State {
        /// The newest mark that anybody announced.
        var latest: ArchiveMark?
        /// The caller's name with each body.
        var watchers: [ObjectIdentifier: (body: PushBody, caller: String?)] = [:]
    }

    private let isWelcome: @Sendable (_ caller: String?) -> Bool
    private let state = Mutex(State())

    /// - Parameter isWelcome: whether a caller may still be told things; asked before each news.
    package init(isWelcome: @escaping @Sendable (_ caller: String?) -> Bool = { _ in true }) {
        self.isWelcome = isWelcome
    }

    /// Tells all watchers, unless they were told this or something later.
    ///
    /// - Parameter repeating: tell them even if they were told before: texts that were missing have come, which
    ///   changes no mark.
    package func announce(_ mark: ArchiveMark, repeating: Bool = false) {
        endUnwelcome()
        state.withLock { state in
            guard let latest = state.latest else {
                // Nobody was greeted yet.
                state.latest = mark
                return
            }
            // Marks are read before they come here, so one may overtake another.
            guard mark == latest ? repeating : mark.position >= latest.position else { return }
            state.latest = mark
            let event = Self.event(mark)
            // In the lock, so that nobody is told of the older one last.
            for watcher in state.watchers.values { watcher.body.offer(event) }
        }
    }

    func add(_ body: PushBody, of caller: String?) {
        state.withLock { $0.watchers[ObjectIdentifier(body)] = (body, caller) }
    }

    /// Tells one that was just added where the archive is, unless it knows.
    ///
    /// - Parameters:
    ///   - current: read after it was added, so that what is announced meanwhile reaches it too.
    ///   - known: the id of the last event that the watcher had, as it says.
    func greet(_ body: PushBody, current: ArchiveMark, known: String?) {
        announce(current)
        state.withLock { state in
            guard let latest = state.latest, latest.text != known else { return }
            body.offer(Self.event(latest))
        }
    }

    func remove(_ body: PushBody) {
        state.withLock { _ = $0.watchers.removeValue(forKey: ObjectIdentifier(body)) }
    }

    /// Ends the streams of those whose token has expired or was revoked since they came.
    private func endUnwelcome() {
        let callers = state.withLock { Set($0.watchers.values.map(\.caller)) }
        // Not in the lock: tokens are on a disk.
        let unwelcome = callers.filter { !isWelcome($0) }
        guard !unwelcome.isEmpty else { return }
        let bodies = state.withLock { state in
            let found = state.watchers.filter { unwelcome.contains($0.value.caller) }
            // They hear nothing any more, not even of this.
            for key in found.keys { state.watchers[key] = nil }
            return found.values.map(\.body)
        }
        for body in bodies { body.end() }
    }

    package var isEmpty: Bool { state.withLock { $0.watchers.isEmpty } }

    /// As server-sent events have it (HTML standard, section 9.2).
    private static func event(_ mark: ArchiveMark) -> [UInt8] {
        Array("id: \(mark.text)\ndata: {\"position\":\(mark.position)}\n\n".utf8)
    }
}
