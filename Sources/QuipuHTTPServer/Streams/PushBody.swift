internal import CQuipuMicroHTTPD
internal import QuipuThreads
internal import Synchronization

/// A body that stays open and is written to when there is something to send. Between two pieces libmicrohttpd holds
/// the connection suspended, so that it costs no thread; only `ConnectionWatchdog` looks at it.
///
/// Pieces are not queued: an offered piece replaces one that has not been sent yet. So for a peer that does not read,
/// memory holds one piece and the socket's buffer; once that is full, the connection is closed as idle.
///
/// It belongs to one response, and may be used from any thread.
public final class PushBody: Sendable {
    /// Bytes that are sent when nothing else was for a while, so that both ends notice a broken link.
    public struct Heartbeat: Sendable {
        public let bytes: [UInt8]
        /// The interval, kept to within half a second.
        public let everyMilliseconds: UInt64

        public init(bytes: [UInt8], everyMilliseconds: UInt64) {
            self.bytes = bytes
            self.everyMilliseconds = everyMilliseconds
        }
    }

    /// Unchecked: the library allows any thread to resume a connection, and `State.suspended` is set to nil under the
    /// lock before the library frees the connection.
    private struct SuspendedConnection: @unchecked Sendable {
        let connection: OpaquePointer
        let setWaiting: @Sendable (Bool) -> Void
    }

    private enum Ending {
        /// The peer can tell that this is all.
        case complete
        /// The peer must not take the body for complete, or is gone.
        case cut
    }

    private struct State {
        /// The connection, from when the answer is queued until it is over.
        var suspended: SuspendedConnection?
        var isSuspended = false
        /// The piece being sent, from `position` on, and the next one.
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

    /// - Parameter onEnd: called once when the response has ended, however it did; must not block. Not called if the
    ///   body never becomes part of a response.
    public init(heartbeat: Heartbeat? = nil, onEnd: @escaping @Sendable (PushBody) -> Void = { _ in }) {
        self.heartbeat = heartbeat
        self.onEnd = onEnd
    }

    /// Sends a piece as soon as the peer reads.
    public func offer(_ bytes: [UInt8]) {
        state.withLock { state in
            state.next = bytes
            Self.wake(&state)
        }
    }

    /// Ends the body once the last piece is sent. Pieces offered later are ignored.
    public func end() { end(as: .complete) }

    /// Ends the body at once, incomplete. For a peer that is gone.
    func cut() { end(as: .cut) }

    private func end(as ending: Ending) {
        state.withLock { state in
            if state.ending != .cut { state.ending = ending }
            Self.wake(&state)
        }
    }

    /// Offers a heartbeat if one is due and nothing else is being sent.
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

/// Called by libmicrohttpd, on the connection's thread.
extension PushBody {
    /// The response is about to be queued.
    ///
    /// - Parameter setWaiting: called with true when this side begins to wait for a piece, with false when it sends
    ///   one.
    func begin(on connection: OpaquePointer, setWaiting: @escaping @Sendable (Bool) -> Void) {
        state.withLock { state in
            state.suspended = SuspendedConnection(connection: connection, setWaiting: setWaiting)
            state.lastSentMilliseconds = Monitor.nowMilliseconds()
        }
    }

    /// libmicrohttpd has finished the response.
    func finish() {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            // Never suspended here: libmicrohttpd does not end a suspended connection.
            state.suspended = nil
            state.isSuspended = false
            return !state.isOver
        }
        if isFirst { onEnd(self) }
    }

    /// The number of bytes written; 0 if there is nothing now, and then the connection is suspended. Otherwise one of
    /// libmicrohttpd's two end marks.
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
                state.suspended?.setWaiting(false)
                return count
            }
            guard state.ending == nil, let suspended = state.suspended else { return quipu_MHD_end_of_stream }
            state.isSuspended = true
            suspended.setWaiting(true)
            MHD_suspend_connection(suspended.connection)
            return 0
        }
    }
}
