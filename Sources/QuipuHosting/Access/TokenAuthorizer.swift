internal import QuipuCausality
package import QuipuHTTPServer
package import QuipuStorage
internal import Synchronization

/// Admits callers with a valid token (RFC 6750). Responses do not reveal which archives exist: without a valid token
/// all look alike, and with one, archives that it does not open look like missing ones.
package struct TokenAuthorizer: Authorizer {
    package struct Settings: Sendable {
        /// Take the caller's address from the proxy.
        package var isBehindProxy = false
        /// Allow everything as long as no token was ever created: for a server that only its own machine reaches.
        package var isOpenWithoutTokens = false
        /// The rate limit of one token, and of one address without a token; nil for no limit. Four seconds' worth may
        /// come at once.
        package var requestsPerSecond: Int? = 100

        package init() {}
    }

    private let store: any TokenStore
    private let settings: Settings
    private let environment: Environment
    private let requests: RateLimiter?
    private let failures: RateLimiter
    private let uses: TokenUseRecorder
    /// Once a token was created, every request needs one.
    private let isKnownInUse = Latch()

    package init(_ store: any TokenStore, settings: Settings = Settings(), environment: Environment = .system)
    {
        self.store = store
        self.settings = settings
        self.environment = environment
        requests = settings.requestsPerSecond.map {
            RateLimiter(perSecond: Double($0), atOnce: 4 * $0, maximumKeys: 4_096)
        }
        // Twenty at once, then one in three seconds. This does not limit guessing, which 256 random bits prevent, but
        // the cost of wrong tokens.
        failures = RateLimiter(perSecond: 1.0 / 3, atOnce: 20, maximumKeys: 4_096)
        uses = TokenUseRecorder(store)
    }

    package func admit(_ head: HTTPRequestHead, to route: Route) throws -> Caller {
        switch route {
        case .health, .readiness: return Caller(name: nil, role: .reader, mayCreate: false)
        default: break
        }
        if try isOpen() {
            return Caller(name: nil, role: .owner, mayCreate: true)
        }
        let address = ClientAddress(of: head, isBehindProxy: settings.isBehindProxy)
        let token = try validToken(shownIn: head, from: address)
        if let wait = requests?.take(token.id.text, now: .now) { throw Problem.tooManyRequests(wait) }
        return try caller(token, to: route)
    }

    package func isOpen() throws -> Bool { try settings.isOpenWithoutTokens && !isInUse() }

    /// An error counts as no: the next event is checked again.
    package func isWelcome(_ caller: String?) -> Bool {
        guard let caller else { return settings.isOpenWithoutTokens && (try? isInUse()) == false }
        guard let id = TokenID(caller), let token = try? store.find(id) else { return false }
        return token.state(atMilliseconds: environment.nowMilliseconds()) == .valid
    }

    private func caller(_ token: AccessToken, to route: Route) throws -> Caller {
        let author = token.label ?? "token \(token.id.text)"
        switch (token.scope, route.archive) {
        case (.server, _):
            return Caller(name: token.id.text, role: .owner, mayCreate: true, author: author)
        case (.archive(let name, let role), let asked) where name == asked || route == .session:
            return Caller(
                name: token.id.text, role: role, mayCreate: role == .owner, author: author, archive: name)
        case (.archive, let asked?):
            throw Problem.noSuchArchive(asked)
        case (.archive, nil):
            throw Problem.forbidden
        }
    }

    private func validToken(shownIn head: HTTPRequestHead, from address: ClientAddress) throws -> AccessToken
    {
        guard let text = Self.credentials(in: head) else {
            if let wait = requests?.take(address.key, now: .now) { throw Problem.tooManyRequests(wait) }
            throw Problem.unauthorized("A token is needed here")
        }
        guard let hash = TokenSecret(text)?.hash, let token = try store.find(hash.id),
            token.hash.isEqual(to: hash)
        else { throw refusal("This token is not known here", to: address) }
        let now = environment.nowMilliseconds()
        switch token.state(atMilliseconds: now) {
        case .valid: break
        case .expired: throw refusal("This token has expired", to: address)
        case .revoked: throw refusal("This token was revoked", to: address)
        }
        uses.note(token, atMilliseconds: now)
        return token
    }

    /// A valid token from the same address is admitted all the same: many people may share one.
    private func refusal(_ title: String, to address: ClientAddress) -> Problem {
        failures.take(address.key, now: .now).map { Problem.tooManyFailures($0) } ?? .unauthorized(title)
    }

    /// The token in the `Authorization` field; nil if there is no such field, or more than one.
    static func credentials(in head: HTTPRequestHead) -> String? {
        let fields = head.headers.values(of: "Authorization")
        guard fields.count == 1 else { return nil }
        let words = fields[0].split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }

    private func isInUse() throws -> Bool {
        if isKnownInUse.isSet { return true }
        guard try store.isInUse() else { return false }
        isKnownInUse.set()
        return true
    }
}

/// A flag that is set once.
private final class Latch: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
