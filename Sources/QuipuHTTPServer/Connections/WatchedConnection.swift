internal import CQuipuMicroHTTPD
internal import Glibc
internal import QuipuThreads
internal import Synchronization

/// What `ConnectionWatchdog` knows of a connection. Written by the thread that serves it (and the last suspicion
/// by the watch), read by both; each value stands for itself, so no order among them matters.
final class WatchedConnection: Sendable {
    let descriptor: Int32
    let address: String
    /// Why it is one too many, where it is.
    let excess: HTTPRequestError?
    /// What it speaks TLS under: what was the server's when it began. Held as long as it lasts.
    let certificate: LoadedCertificate?

    /// On `Monitor`'s clock; `.max` for none.
    private let deadlineMilliseconds: Atomic<UInt64>
    /// Even while the peer is waited for; odd while something is done for it, or it is sent an answer. Each
    /// change adds one.
    private let turns = Atomic<UInt64>(0)
    /// The turn at which the peer was last seen to have ended.
    private let suspectedTurn = Atomic<UInt64>(.max)
    /// The body that it sleeps over, if it does.
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

    /// What the system keeps for a peer that does not read is then little. For answers of a line now and then.
    func boundSendBuffer() {
        var bytes: Int32 = 16 << 10
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    func setWaiting(_ waits: Bool) {
        let turn = turns.load(ordering: .relaxed)
        if waits != turn.isMultiple(of: 2) { turns.store(turn + 1, ordering: .relaxed) }
    }

    var isWaiting: Bool { turns.load(ordering: .relaxed).isMultiple(of: 2) }

    /// Never while something is done for the peer: that is not its delay.
    func isOverdue(atMilliseconds now: UInt64) -> Bool {
        isWaiting && deadlineMilliseconds.load(ordering: .relaxed) <= now
    }

    /// Whether its peer had ended already when it was last asked about and nothing was done since. Once is
    /// not enough: what the peer sent before its end may be on its way through the library.
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
