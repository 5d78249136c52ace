internal import CQuipuMicroHTTPD
internal import QuipuThreads
internal import Synchronization

/// A body that stays open and is written when there is news, by whoever has some. Between two pieces the library
/// holds the connection suspended, so that it costs no thread and nobody looks at it but `ConnectionWatchdog`.
///
/// News are not queued: what is offered takes the place of what was offered before and did not go out yet. So a peer
/// that does not read holds one piece here and what the system takes for its socket; once that is full, the
/// connection is closed as one on which nothing moves.
///
/// It belongs to one answer. May be used from any thread.
public final class PushBody: Sendable {
    /// Sent where nothing else was for a while, so that both ends notice a link that is gone.
    public struct Heartbeat: Sendable {
        public let bytes: [UInt8]
        /// Kept to half a second.
        public let everyMilliseconds: UInt64

        public init(bytes: [UInt8], everyMilliseconds: UInt64) {
            self.bytes = bytes
            self.everyMilliseconds = everyMilliseconds
        }
    }

    /// Unchecked: the library allows to resume a connection from any thread, and `State.sleeper` is emptied under
    /// the lock before the library forgets the connection.
    private struct SuspendedConnection: @unchecked Sendable {
        let connection: OpaquePointer
        let watched: WatchedConnection?
    }

    private enum Ending {
        /// The peer can tell that this is all.
        case complete
        /// The peer must not take what it has for all; or it is gone.
        case cut
    }

    private struct State {
        /// The connection, from when the answer is queued until it is over.
        var suspended: SuspendedConnection?
        var isSuspended = false
        /// What is going out, from `position` on, and what follows it.
        var piece: [UInt8] = []
        var position = 0
        var next: [UInt8] = []
        var ending: Ending?
        var isOver = false
        var lastSentMilliseconds: UInt64 = 0
    }

    private let heartbeat: Heartbeat?
    private let onEnd: @Sendable (PushBody) -> Void
    private let state = Mutex(State())

    /// - Parameter onEnd: called once, when the answer has ended, however it did; must not wait. Not called if the
    ///   body never becomes an answer's.
    public init(heartbeat: Heartbeat? = nil, onEnd: @escaping @Sendable (PushBody) -> Void = { _ in }) {
        self.heartbeat = heartbeat
        self.onEnd = onEnd
    }

    /// To be sent as soon as the peer takes it.
    public func offer(_ bytes: [UInt8]) {
        state.withLock { state in
            state.next = bytes
            Self.wake(&state)
        }
    }

    /// Ends the body once what was offered is sent; without effect after that.
    public func end() { end(as: .complete) }

    /// Ends it at once, in mid-body. For a peer that is gone.
    func cut() { end(as: .cut) }

    private func end(as ending: Ending) {
        state.withLock { state in
            if state.ending != .cut { state.ending = ending }
            Self.wake(&state)
        }
    }

    /// Offers a heartbeat if one is due and nothing else is under way.
    func beat(atMilliseconds now: UInt64) {
        guard let heartbeat else { return }
        state.withLock { state in
            let isDue = state.lastSentMilliseconds + heartbeat.everyMilliseconds <= now
            guard isDue, state.isSuspended, state.next.isEmpty else { return }
            state.next = heartbeat.bytes
            Self.wake(&state)
        }
    }

    private static func wake(_ state: inout State) {
        guard state.isSuspended, let suspended = state.suspended else { return }
        state.isSuspended = false
        MHD_resume_connection(suspended.connection)
    }
}

/// The library's side, on the connection's thread.
extension PushBody {
    /// The answer is about to be queued.
    func begin(on connection: OpaquePointer, watched: WatchedConnection?) {
        state.withLock { state in
            state.suspended = SuspendedConnection(connection: connection, watched: watched)
            state.lastSentMilliseconds = Monitor.nowMilliseconds()
        }
    }

    /// The library is done with the answer.
    func finish() {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            // Never suspended here: the library ends no connection in its sleep.
            state.suspended = nil
            state.isSuspended = false
            return !state.isOver
        }
        if isFirst { onEnd(self) }
    }

    /// The number of bytes written; 0 where there is nothing now, and the connection is suspended then. One of the
    /// library's two ends otherwise.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        state.withLock { state in
            if state.ending == .cut { return quipu_MHD_end_with_error }
            if state.position == state.piece.count {
                (state.piece, state.position, state.next) = (state.next, 0, [])
            }
            let count = min(buffer.count, state.piece.count - state.position)
            if count > 0 {
                buffer.copyBytes(from: state.piece[state.position..<state.position + count])
                state.position += count
                if state.position == state.piece.count { (state.piece, state.position) = ([], 0) }
                state.lastSentMilliseconds = Monitor.nowMilliseconds()
                state.suspended?.watched?.setWaiting(false)
                return count
            }
            guard state.ending == nil, let suspended = state.suspended else { return quipu_MHD_end_of_stream }
            state.isSuspended = true
            suspended.watched?.setWaiting(true)
            MHD_suspend_connection(suspended.connection)
            return 0
        }
    }
}
