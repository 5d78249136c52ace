internal import QuipuCausality
package import QuipuHTTPServer
internal import QuipuReplication
internal import QuipuThreads
internal import Synchronization

/// Admits the callers of `serve --share`: those who show the one token, for a limited time, from the first replica that
/// uses it. Nothing of it is stored, so it ends with the process, and no other server knows the token.
package final class ShareAuthorizer: Authorizer {
    package struct Settings: Sendable {
        /// The text that callers show as a bearer token.
        package var token: String
        /// Admits more than one replica.
        package var allowsMany = false
        package var lifetimeMilliseconds = ShareAuthorizer.lifetimeMilliseconds
        /// Milliseconds of a clock that nobody sets and that goes on while the machine sleeps.
        package var now: @Sendable () -> Int64 = { MonotonicClock.millisecondsSinceBoot() }
        /// Receives what happens, on the thread of the request.
        package var report: @Sendable (Event) -> Void = { _ in }

        package init(token: String) { self.token = token }
    }

    package enum Event: Sendable, Equatable {
        /// The first use by a replica, with the caller's address.
        case joined(address: String)
        /// The last one that is taken ends the share.
        case wrongToken(count: Int, address: String)
    }

    package static let lifetimeMilliseconds: Int64 = 30 * 60_000
    /// After this number of wrong tokens nobody is admitted any more. Of 2^60 codes ten guesses find one with a
    /// probability of 10^-17.
    package static let maximumWrongTokens = 10
    private static let maximumReplicaBytes = 64
    /// How many replicas are reported as new.
    private static let maximumReported = 1_000

    private struct State {
        var wrongTokens = 0
        var replicas: Set<String> = []
    }

    private let settings: Settings
    private let expiresAt: Int64
    private let state = Mutex(State())

    package init(_ settings: Settings) {
        self.settings = settings
        expiresAt = settings.now() + settings.lifetimeMilliseconds
    }

    /// How long the token is still valid; 0 when it has expired.
    package var remainingMilliseconds: Int64 { max(0, expiresAt - settings.now()) }

    /// Whether too many wrong tokens have ended the share.
    package var hasEnded: Bool { state.withLock { $0.wrongTokens >= Self.maximumWrongTokens } }

    package func isOpen() -> Bool { false }

    package func admit(_ head: HTTPRequestHead, to route: Route) throws -> Caller {
        switch route {
        // An exchange needs none of these, and they would tell strangers something.
        case .health, .readiness, .metrics, .events, .shell, .page, .session, .interface:
            throw Problem.noSuchRoute
        case .share, .sync, .snapshot, .missingBlobs, .blob: break
        }
        guard let token = TokenAuthorizer.credentials(in: head) else {
            throw Problem.unauthorized("The code of quipu serve --share is needed here")
        }
        try check(token, from: head.remoteAddress)
        guard remainingMilliseconds > 0 else { throw Problem.shareExpired }
        if route != .share { try admitReplica(in: head) }
        return Caller(name: "share", role: .writer, mayCreate: false)
    }

    private func check(_ token: String, from address: String) throws {
        let isRight = ConstantTime.areEqual(Array(token.utf8), Array(settings.token.utf8))
        let count = try state.withLock { state in
            guard state.wrongTokens < Self.maximumWrongTokens else { throw Problem.shareEnded }
            if !isRight { state.wrongTokens += 1 }
            return state.wrongTokens
        }
        guard !isRight else { return }
        settings.report(.wrongToken(count: count, address: address))
        throw Problem.unauthorized("This is not the code of quipu serve --share")
    }

    /// The share belongs to the first replica that exchanges something. Asking what is shared is not yet that: who does so
    /// from another archive by mistake may try again from the right one.
    private func admitReplica(in head: HTTPRequestHead) throws {
        let fields = head.headers.values(of: ExchangeMedia.replicaField)
        guard fields.count == 1, (1...Self.maximumReplicaBytes).contains(fields[0].utf8.count) else {
            throw Problem.noReplica
        }
        let isNew = try state.withLock { state in
            if state.replicas.contains(fields[0]) { return false }
            guard settings.allowsMany || state.replicas.isEmpty else { throw Problem.shareTaken }
            guard state.replicas.count < Self.maximumReported else { return false }
            state.replicas.insert(fields[0])
            return true
        }
        if isNew { settings.report(.joined(address: head.remoteAddress)) }
    }
}

/// What `GET /v1/share` says: which archive the code is for.
package struct SharedArchive: Sendable {
    /// 32 hexadecimal digits.
    package let id: String
    /// Its name in the paths of requests.
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}
