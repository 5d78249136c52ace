internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// A request to stop a watch: a loop waits for it, and it ends the exchange in progress.
package final class StopRequest: Sendable {
    private struct State {
        var isGiven = false
        var endings: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Readable from the request on.
    let wake: WakeUp

    /// - Throws: `busy` where the system gives no more files.
    package init() throws {
        guard let wake = WakeUp() else { throw StorageError.noResources }
        self.wake = wake
    }

    package var isGiven: Bool { state.withLock { $0.isGiven } }

    /// Called when the request comes, from its thread; at once if it has come.
    func onStop(_ end: @escaping @Sendable () -> Void) {
        let isGiven = state.withLock { state in
            state.endings.append(end)
            return state.isGiven
        }
        if isGiven { end() }
    }

    /// From any thread.
    package func give() {
        let endings = state.withLock { state in
            state.isGiven = true
            return state.endings
        }
        wake.give()
        for end in endings { end() }
    }

    /// Runs `wait`, which returns when it is time to stop, on a detached thread.
    ///
    /// - Throws: `busy` where the system gives no more threads.
    package func giveWhenReturned(_ wait: @escaping @Sendable (_ give: () -> Void) -> Void) throws {
        if JoinableThread({ wait { self.give() } }) == nil { throw StorageError.noResources }
    }
}

extension StorageError {
    /// No thread, or no descriptor.
    static var noResources: StorageError {
        StorageError(
            .busy, "the system gives no more threads or files",
            hint: "look at the limits for threads and open files (ulimit -a)")
    }
}
