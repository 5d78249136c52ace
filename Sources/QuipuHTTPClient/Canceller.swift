internal import CQuipuCurl
internal import Synchronization

/// Cancels a session's requests from another thread: the current one, at once, and all later ones.
public final class Canceller: Sendable {
    /// Unchecked: any thread may wake the handle (curl_multi_wakeup(3)), and its owner removes it from here, under
    /// the lock, before it is cleaned up.
    private struct Waiting: @unchecked Sendable {
        var handle: UnsafeMutableRawPointer?
    }

    private let waiting: Mutex<Waiting>
    private let flag = Atomic(false)

    init(waking handle: UnsafeMutableRawPointer?) { waiting = Mutex(Waiting(handle: handle)) }

    public func cancel() {
        flag.store(true, ordering: .releasing)
        waiting.withLock { waiting in
            if let handle = waiting.handle { curl_multi_wakeup(handle) }
        }
    }

    public var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// The handle is about to go.
    func forget() { waiting.withLock { $0.handle = nil } }
}
