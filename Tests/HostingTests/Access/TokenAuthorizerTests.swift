import QuipuHTTPServer
import QuipuHosting
import QuipuReplication
import QuipuStorage
import Support
import Synchronization
import Testing

@testable import QuipuHosting

/// Tokens in memory, and how often each was noted to be used.
private final class TokensInMemory: TokenStore {
    let tokens = Mutex<[AccessToken]>([])
    let notes = Mutex<[Int64]>([])

    func isInUse() -> Bool { tokens.withLock { !$0.isEmpty } }
    func list() -> [AccessToken] { tokens.withLock { $0 } }
    func find(_ id: TokenID) -> AccessToken? { list().first { $0.id == id } }
    func add(_ token: AccessToken) { tokens.withLock { $0.append(token) } }
    func revoke(_ id: TokenID, atMilliseconds now: Int64) -> Bool {
        tokens.withLock { tokens in
            guard let index = tokens.firstIndex(where: { $0.id == id }) else { return false }
            tokens[index].revokedAt = now
            return true
        }
    }
    func noteUse(of id: TokenID, atMilliseconds now: Int64) { notes.withLock { $0.append(now) } }
    func charge(_ taken: QuotaAmount, to id: TokenID, onDay day: Int64) -> QuotaAmount { taken }
}

@Suite struct TokenAuthorizerTests {
    private let store = TokensInMemory()
    private let world = FakeWorld()

    private func authorizer(_ adjust: (inout TokenAuthorizer.Settings) -> Void = { _ in }) -> TokenAuthorizer
    {
        var settings = TokenAuthorizer.Settings()
        adjust(&settings)
        return TokenAuthorizer(store, settings: settings, environment: world.environment())
    }

    @discardableResult
    private func token(
        _ seed: UInt8, _ scope: AccessToken.Scope, expiresAt: Int64? = nil
    ) -> TokenSecret {
        let secret = TokenSecret(bytes: [UInt8](repeating: seed, count: 32))
        store.add(
            AccessToken(
                id: secret.hash.id, hash: secret.hash, scope: scope, createdAt: 0, expiresAt: expiresAt))
        return secret
    }

    private func head(_ secret: String?, from address: String = "192.0.2.1", _ more: [(String, String)] = [])
        -> HTTPRequestHead
    {
        let fields = (secret.map { [("Authorization", $0)] } ?? []) + more
        return HTTPRequestHead(
            method: "POST", path: "/", headers: .init(fields.map { (name: $0.0, value: $0.1) }),
            remoteAddress: address)
    }

    private func bearer(_ secret: TokenSecret) -> String { "Bearer " + secret.text }

    private func refusal(
        _ authorizer: TokenAuthorizer, _ head: HTTPRequestHead, _ route: Route = .sync(archive: "press")
    )
        -> Problem?
    {
        do {
            _ = try authorizer.admit(head, to: route)
            return nil
        } catch {
            return error as? Problem
        }
    }

    @Test func `a token opens its archive with its role, and an owner may create it`() throws {
        let authorizer = authorizer()
        for (seed, role) in zip([1, 2, 3] as [UInt8], Role.allCases) {
            let secret = token(seed, .archive("press", role))
            let caller = try authorizer.admit(head(bearer(secret)), to: .sync(archive: "press"))
            #expect(caller.role == role && caller.mayCreate == (role == .owner))
            #expect(caller.name == secret.hash.id.text)
        }
        let admin = token(9, .server)
        #expect(try authorizer.admit(head(bearer(admin)), to: .sync(archive: "anything")).mayCreate)
    }

    @Test func `without a valid token, existing and missing archives get the same answer`() throws {
        let authorizer = authorizer()
        token(1, .archive("press", .owner))
        for credentials in [
            nil, "Bearer quipu_no", bearer(TokenSecret(bytes: .init(repeating: 7, count: 32))),
        ] {
            let answers = ["press", "nowhere"].map {
                refusal(authorizer, head(credentials), .sync(archive: $0))
            }
            #expect(answers[0]?.status == 401)
            #expect(answers[0]?.headers.contains { $0 == ("WWW-Authenticate", "Bearer") } == true)
            #expect(try bytes(answers[0]) == bytes(answers[1]))
        }
    }

    @Test func `a token of another archive gets the answer for a missing archive`() throws {
        let authorizer = authorizer()
        let secret = token(1, .archive("press", .owner))
        let answer = refusal(authorizer, head(bearer(secret)), .sync(archive: "notes"))
        #expect(try bytes(answer) == bytes(Problem.noSuchArchive("notes")))
    }

    private func bytes(_ problem: Problem?) throws -> [UInt8] {
        guard case .bytes(let bytes)? = problem?.response.body else { return [] }
        return Array("\(problem?.response.headers ?? [])".utf8) + bytes
    }

    @Test func `a token that has expired or was revoked opens nothing from that moment on`() throws {
        let authorizer = authorizer()
        let short = token(1, .archive("press", .reader), expiresAt: FakeWorld.startMilliseconds + 1_000)
        let long = token(2, .archive("press", .reader))
        #expect(refusal(authorizer, head(bearer(short))) == nil)
        world.advance(milliseconds: 1_000)
        #expect(refusal(authorizer, head(bearer(short)))?.status == 401)
        #expect(refusal(authorizer, head(bearer(long))) == nil)
        _ = store.revoke(long.hash.id, atMilliseconds: 5)
        #expect(refusal(authorizer, head(bearer(long)))?.status == 401)
    }

    @Test(arguments: ["Basic YTpi", "Bearer", "Bearer ", "bearer a b", "quipu_x"])
    func `malformed credentials are refused`(credentials: String) {
        token(1, .server)
        #expect(refusal(authorizer(), head(credentials))?.status == 401)
    }

    @Test func `the Bearer scheme is accepted in any case, and two tokens in one request are refused`() {
        let authorizer = authorizer()
        let text = token(1, .server).text
        #expect(refusal(authorizer, head("bEARER  " + text)) == nil)
        #expect(
            refusal(authorizer, head("Bearer " + text, [("authorization", "Bearer " + text)]))?.status == 401)
    }

    @Test func `health is public, and metrics need a server token`() {
        let authorizer = authorizer()
        let (owner, admin) = (token(1, .archive("press", .owner)), token(2, .server))
        for route in [Route.health, .readiness] { #expect(refusal(authorizer, head(nil), route) == nil) }
        #expect(refusal(authorizer, head(nil), .metrics)?.status == 401)
        #expect(refusal(authorizer, head(bearer(owner)), .metrics)?.status == 403)
        #expect(refusal(authorizer, head(bearer(admin)), .metrics) == nil)
    }

    @Test func `a server without tokens is open to its own machine until the first token exists`() {
        let authorizer = authorizer { $0.isOpenWithoutTokens = true }
        #expect(refusal(authorizer, head(nil)) == nil)
        let secret = token(1, .server)
        #expect(refusal(authorizer, head(nil))?.status == 401)
        _ = store.revoke(secret.hash.id, atMilliseconds: 5)
        #expect(refusal(authorizer, head(nil))?.status == 401)
        store.tokens.withLock { $0 = [] }
        #expect(refusal(authorizer, head(nil))?.status == 401)
    }

    @Test func `wrong tokens are rate-limited by address, and a valid token from there is accepted`() throws {
        let authorizer = authorizer()
        let secret = token(1, .server)
        var problems: [Problem] = []
        for _ in 0..<30 {
            if let problem = refusal(authorizer, head("Bearer quipu_wrong")) { problems.append(problem) }
        }
        #expect(problems.first?.status == 401)
        let last = try #require(problems.last)
        #expect(last.status == 429)
        #expect(last.headers.contains { $0.0 == "Retry-After" && Int($0.1) ?? 0 > 0 })
        #expect(refusal(authorizer, head(bearer(secret))) == nil)
        #expect(refusal(authorizer, head("Bearer quipu_wrong", from: "192.0.2.2"))?.status == 401)
    }

    @Test func `behind a proxy the client's address is the last forwarded one`() {
        let authorizer = authorizer { $0.isBehindProxy = true }
        token(1, .server)
        func status(_ forwarded: String) -> Int? {
            refusal(authorizer, head("Bearer quipu_wrong", [("X-Forwarded-For", forwarded)]))?.status
        }
        for count in 0..<30 { _ = status("198.51.100.\(count), 203.0.113.5") }
        #expect(status("203.0.113.6, 203.0.113.5") == 429)
        #expect(status("203.0.113.5, 203.0.113.6") == 401)
    }

    @Test func `requests are rate-limited by token`() {
        let authorizer = authorizer { $0.requestsPerSecond = 2 }
        let (first, second) = (token(1, .server), token(2, .server))
        let statuses = (0..<20).map { _ in refusal(authorizer, head(bearer(first)))?.status }
        #expect(statuses.first == .some(nil) && statuses.last == 429)
        #expect(refusal(authorizer, head(bearer(second))) == nil)
    }

    @Test func `uses of a token are recorded once a minute`() {
        let authorizer = authorizer()
        let secret = token(1, .server)
        for _ in 0..<10 {
            _ = refusal(authorizer, head(bearer(secret)))
            world.advance(milliseconds: 10_000)
        }
        #expect(store.notes.withLock { $0.count } == 2)
    }
}

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), (" 192.0.2.1:80 ", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1:0:2"),
        ("[2001:db8:1:2::9]:443", "20:1:d:b8:0:1:0:2"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ])
    func `addresses of one customer share one key`(text: String, key: String) {
        #expect(ClientAddress.key(of: text) == key)
    }

    @Test(arguments: ["", "unknown", "_hidden", "1.2.3", "a:b", "[::1", String(repeating: "1", count: 100)])
    func `a malformed forwarded address falls back to the proxy's own`(text: String) {
        #expect(ClientAddress.key(of: text) == nil)
    }

    @Test func `a missing forwarded address falls back to the proxy's own`() {
        let head = HTTPRequestHead(
            method: "GET", path: "/",
            headers: .init([(name: "X-Forwarded-For", value: "192.0.2.1, unknown")]),
            remoteAddress: "127.0.0.1")
        #expect(ClientAddress(of: head, isBehindProxy: true).key == "127.0.0.1")
        #expect(ClientAddress(of: head, isBehindProxy: false).key == "127.0.0.1")
    }
}

@Suite struct RateLimiterTests {
    private func at(_ milliseconds: UInt64) -> MonotonicTime { .init(microseconds: milliseconds * 1_000) }

    @Test func `a burst is allowed, then a steady rate`() {
        let limiter = RateLimiter(perSecond: 2, atOnce: 3, maximumKeys: 10)
        let taken = (0..<5).map { _ in limiter.take("a", now: at(10_000)) }
        #expect(taken == [nil, nil, nil, 1, 1])
        #expect(limiter.take("a", now: at(10_499)) == 1)
        #expect(limiter.take("a", now: at(10_500)) == nil)
        #expect(limiter.take("a", now: at(10_501)) == 1)
        #expect(limiter.take("b", now: at(10_501)) == nil)
    }

    @Test func `the number of tracked keys is bounded, and keys in use are not evicted`() {
        let limiter = RateLimiter(perSecond: 0.001, atOnce: 1, maximumKeys: 100)
        #expect(limiter.take("kept", now: at(1)) == nil)
        for key in 0..<10_000 {
            _ = limiter.take("\(key)", now: at(1))
            #expect(limiter.keyCount <= 200)
        }
        let short = RateLimiter(perSecond: 0.001, atOnce: 1, maximumKeys: 100)
        #expect(short.take("kept", now: at(1)) == nil)
        for key in 0..<150 { _ = short.take("\(key)", now: at(1)) }
        #expect(short.take("kept", now: at(1)) != nil)
    }
}
