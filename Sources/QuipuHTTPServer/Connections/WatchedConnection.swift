internal import CQuipuMicroHTTPD
internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// What `ConnectionWatchdog` knows of a connection. Written by the thread that serves it (`suspectedTurn` by the
/// watchdog), read by both; each value stands for itself, so no order among them matters.
final class WatchedConnection: Sendable {
    let descriptor: Int32
    let address: String
    /// Why the connection is answered once and closed: it exceeds a limit, or is another user's. Nil if it is served.
    let excess: HTTPRequestError?
    /// The certificate of its TLS session: the server's when the connection began. Retained as long as the
    /// connection.
    let certificate: LoadedCertificate?

    /// On `Monitor`'s clock; `.max` for none.
    private let deadlineMilliseconds: Atomic<UInt64>
    /// Even while the server waits for the peer, odd while it processes a request or sends a response. Each change
    /// adds one.
    private let turns = Atomic<UInt64>(0)
    /// The turn at which the peer was last found to have ended.
    private let suspectedTurn = Atomic<UInt64>(.max)
    /// The open body of its response, if there is one.
    private let body = Mutex<PushBody?>(nil)

    init(
        descriptor: Int32, address: String, excess: HTTPRequestError?, certificate: LoadedCertificate?,
        deadlineSeconds: Int
    ) {
        self.descriptor = descriptor
        self.address = address
        self.excess = excess
        self.certificate = certificate
        deadlineMilliseconds = Atomic(.max)
        setDeadline(afterSeconds: deadlineSeconds)
    }

    func setDeadline(afterSeconds seconds: Int?) {
        let deadline = seconds.map { Monitor.nowMilliseconds() + UInt64($0) * 1000 }
        deadlineMilliseconds.store(deadline ?? .max, ordering: .relaxed)
    }

    var openBody: PushBody? { body.withLock { $0 } }

    func setOpenBody(_ body: PushBody?) { self.body.withLock { $0 = body } }

    /// Limits the kernel's buffer for a peer that does not read. For responses of a few lines an hour.
    func boundSendBuffer() {
        var bytes: Int32 = 16 << 10
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    func setWaiting(_ waits: Bool) {
        let turn = turns.load(ordering: .relaxed)
        if waits != turn.isMultiple(of: 2) { turns.store(turn + 1, ordering: .relaxed) }
    }

    var isWaiting: Bool { turns.load(ordering: .relaxed).isMultiple(of: 2) }

    /// Never true while the server is busy for the peer: that is not the peer's delay.
    func isOverdue(atMilliseconds now: UInt64) -> Bool {
        isWaiting && deadlineMilliseconds.load(ordering: .relaxed) <= now
    }

    /// Whether the peer had ended at the last check too, and nothing was done since. One check is not enough: bytes
    /// that the peer sent before its end may still be in libmicrohttpd.
    func isGone(hasEnded: Bool) -> Bool {
        let turn = hasEnded ? turns.load(ordering: .relaxed) : .max
        let before = suspectedTurn.exchange(turn, ordering: .relaxed)
        return hasEnded && turn == before
    }

    /// Whether the next thing to read is the end of what the peer sends.
    var isAtEnd: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }
}
