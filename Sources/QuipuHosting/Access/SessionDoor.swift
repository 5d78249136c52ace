internal import QuipuCausality
package import QuipuHTTPServer
internal import QuipuStorage
internal import QuipuThreads
internal import Synchronization

/// The sessions of `quipu open`: a browser that shows a one-time code gets the secret of a session, which it sends with every
/// request.
///
/// The code is in the fragment of an address, which is not part of any request, but which browsers keep in their history. So a
/// code is valid once and for a minute. A second use ends the session that it opened, since one of the two users is an intruder.
package final class SessionDoor: Authorizer {
    package static let codeLifetimeMilliseconds: Int64 = 60_000
    /// Older ones are forgotten.
    private static let maximumCodes = 64
    private static let maximumSessions = 32
    private static let randomBytes = 32

    private struct Code {
        let expiresAt: Int64
        /// The session that it opened.
        var session: UInt128?
        var isUsed = false
    }

    private struct State {
        /// By the hashes of their texts, so that a comparison tells nothing of them.
        var codes: [UInt128: Code] = [:]
        var codeOrder: [UInt128] = []
        var sessions: [UInt128] = []
        var lastUse: Int64
    }

    private let randomBytes: @Sendable (Int) -> [UInt8]
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>

    package convenience init() {
        self.init(randomBytes: Environment.system.randomBytes) { MonotonicClock.millisecondsSinceBoot() }
    }

    /// - Parameter now: milliseconds of a clock that nobody sets.
    package init(
        randomBytes: @escaping @Sendable (Int) -> [UInt8], now: @escaping @Sendable () -> Int64
    ) {
        self.randomBytes = randomBytes
        self.now = now
        state = Mutex(State(lastUse: now()))
    }

    /// A code that opens a session within the next minute.
    package func newCode() -> String {
        let text = randomText()
        let now = now()
        state.withLock { state in
            let hash = Self.hash(text)
            state.codes[hash] = Code(expiresAt: now + Self.codeLifetimeMilliseconds)
            state.codeOrder.append(hash)
            if state.codeOrder.count > Self.maximumCodes { state.codes[state.codeOrder.removeFirst()] = nil }
            state.lastUse = now
        }
        return text
    }

    /// Opens a session with a code.
    ///
    /// - Returns: its secret.
    /// - Throws: `Problem`: 410 for a code that was used or has expired, 403 for an unknown one.
    package func open(with code: String) throws -> String {
        let secret = randomText()
        let now = now()
        try state.withLock { state in
            let hash = Self.hash(code)
            guard var known = state.codes[hash] else { throw Problem.unknownCode }
            guard !known.isUsed else {
                state.sessions.removeAll { $0 == known.session }
                throw Problem.usedCode
            }
            guard known.expiresAt > now else { throw Problem.expiredCode }
            known.isUsed = true
            known.session = Self.hash(secret)
            state.codes[hash] = known
            state.sessions.append(Self.hash(secret))
            if state.sessions.count > Self.maximumSessions { state.sessions.removeFirst() }
            state.lastUse = now
        }
        return secret
    }

    /// Ends a session.
    package func end(_ secret: String) {
        state.withLock { state in state.sessions.removeAll { $0 == Self.hash(secret) } }
    }

    /// How long nothing has been asked in a session.
    package var unusedMilliseconds: Int64 {
        let now = now()
        return state.withLock { max(0, now - $0.lastUse) }
    }

    package func isOpen() -> Bool { false }

    package func admit(_ head: HTTPRequestHead, to route: Route) throws -> Caller {
        switch route {
        case .health, .readiness: return Caller(name: nil, role: .reader, mayCreate: false)
        default: break
        }
        guard let secret = TokenAuthorizer.credentials(in: head) else {
            throw Problem.unauthorized("This page belongs to one user, and nobody is signed in")
        }
        let now = now()
        let isKnown = state.withLock { state in
            guard state.sessions.contains(Self.hash(secret)) else { return false }
            state.lastUse = now
            return true
        }
        guard isKnown else { throw Problem.endedSession }
        return Caller(name: nil, role: .owner, mayCreate: false, isOwnPage: true)
    }

    private static func hash(_ text: String) -> UInt128 { BLAKE2b.hash16(text.utf8) }

    private func randomText() -> String { Hexadecimal.text(randomBytes(Self.randomBytes)) }
}
