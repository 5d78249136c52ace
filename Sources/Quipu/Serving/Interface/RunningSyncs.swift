internal import QuipuThreads
internal import Synchronization

/// Exchanges that were begun from the page, each on a thread of its own: one at a time, and the last few that have ended.
final class RunningSyncs: Sendable {
    private static let mostKept = 16

    struct Sync: Sendable {
        let remote: String
        /// Counts what has changed.
        var revision = 0
        var progress: SyncProgress?
        /// Nil while it is at work.
        var result: Result<SyncReport, QuipuError>?
    }

    private struct State {
        var syncs: [Int: Sync] = [:]
        var last = 0
    }

    private let monitor = Monitor()
    private let state = Mutex(State())

    /// - Returns: its number; nil if another is at work.
    /// - Throws: `busy` if the system gives no thread.
    func begin(with remote: String, of archive: Archive) throws(QuipuError) -> Int? {
        let number: Int? = state.withLock { state in
            guard !state.syncs.values.contains(where: { $0.result == nil }) else { return nil }
            state.last += 1
            state.syncs[state.last] = Sync(remote: remote)
            state.syncs[state.last - Self.mostKept] = nil
            return state.last
        }
        guard let number else { return nil }
        let thread = JoinableThread { [self] in
            let result: Result<SyncReport, QuipuError>
            do throws(QuipuError) {
                result = .success(
                    try archive.sync(with: .named(remote)) { progress in
                        change(number) { $0.progress = progress }
                    })
            } catch {
                result = .failure(error)
            }
            change(number) { $0.result = result }
        }
        guard let thread else {
            state.withLock { $0.syncs[number] = nil }
            throw QuipuError(.busy, "the system gives no more threads", isPassing: true)
        }
        thread.detach()
        return number
    }

    private func change(_ number: Int, _ change: (inout Sync) -> Void) {
        monitor.change {
            state.withLock { state in
                guard var sync = state.syncs[number] else { return }
                change(&sync)
                sync.revision += 1
                state.syncs[number] = sync
            }
        }
    }

    /// Nil for an unknown number, or one that is no longer kept.
    subscript(number: Int) -> Sync? { state.withLock { $0.syncs[number] } }

    /// Waits until it has changed or the time is over.
    func wait(for number: Int, milliseconds: Int) {
        guard let known = self[number], known.result == nil else { return }
        let end = Monitor.nowMilliseconds() + UInt64(max(0, milliseconds))
        _ = monitor.wait(untilMilliseconds: end) { self[number]?.revision != known.revision }
    }
}
