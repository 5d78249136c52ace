internal import CQuipuCurl
internal import Synchronization

/// Ends a session's requests from another thread: the one under way, at once, and all that would follow.
public final class Canceller: Sendable {
    /// Unchecked: the library lets any thread wake the handle (curl_multi_wakeup(3)), and who owns it takes it away
    /// from here, under the lock, before it is cleaned up.
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
