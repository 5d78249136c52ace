import QuipuCausality
import QuipuHTTPServer
import Support
import Synchronization
import Testing

@testable import QuipuHosting

/// Whom `serve --share` admits, for how long and how often.
@Suite struct ShareAuthorizerTests {
    private static let token = "quipu-share_right"
    private static let sync = Route.sync(archive: "press")

    private final class Scene: Sendable {
        let now = Atomic<Int64>(5_000)
        let events = Mutex<[ShareAuthorizer.Event]>([])
    }

    private let scene = Scene()

    private func authorizer(many: Bool = false) -> ShareAuthorizer {
        var settings = ShareAuthorizer.Settings(token: Self.token)
        settings.allowsMany = many
        settings.now = { [scene] in scene.now.load(ordering: .relaxed) }
        settings.report = { [scene] event in scene.events.withLock { $0.append(event) } }
        return ShareAuthorizer(settings)
    }

    private func head(_ token: String?, replica: String? = "ana") -> HTTPRequestHead {
        let fields =
            (token.map { [(name: "Authorization", value: "Bearer " + $0)] } ?? [])
            + (replica.map { [(name: "Quipu-Replica", value: $0)] } ?? [])
        return HTTPRequestHead(
            method: "POST", path: "/", headers: .init(fields), remoteAddress: "192.0.2.7")
    }

    private func refusal(
        of authorizer: ShareAuthorizer, _ token: String? = ShareAuthorizerTests.token,
        replica: String? = "ana",
        to route: Route = ShareAuthorizerTests.sync
    ) -> String? {
        do {
            _ = try authorizer.admit(head(token, replica: replica), to: route)
            return nil
        } catch {
            return (error as? Problem)?.word ?? "\(error)"
        }
    }

    @Test func `the right token may write, and may not create an archive`() throws {
        let caller = try authorizer().admit(head(Self.token), to: Self.sync)
        #expect(caller.role == .writer && !caller.mayCreate)
        #expect(scene.events.withLock { $0 } == [.joined(address: "192.0.2.7")])
    }

    @Test func `the token is refused from the moment at which 30 minutes are over`() {
        let authorizer = authorizer()
        scene.now.add(30 * 60_000 - 1, ordering: .relaxed)
        #expect(refusal(of: authorizer) == nil && authorizer.remainingMilliseconds == 1)
        scene.now.add(1, ordering: .relaxed)
        #expect(refusal(of: authorizer) == "share-expired")
        #expect(refusal(of: authorizer, to: .share) == "share-expired")
    }

    @Test func `a second replica is refused, and the first is still admitted`() {
        let authorizer = authorizer()
        #expect(refusal(of: authorizer) == nil)
        #expect(refusal(of: authorizer, replica: "ben") == "share-taken")
        #expect(refusal(of: authorizer) == nil)
        #expect(scene.events.withLock { $0.count } == 1)
    }

    @Test func `a group uses the same token`() {
        let authorizer = authorizer(many: true)
        #expect(["ana", "ben", "caro", "ana"].allSatisfy { refusal(of: authorizer, replica: $0) == nil })
        #expect(scene.events.withLock { $0.count } == 3)
    }

    @Test func `asking what is shared does not count as a use of the code`() {
        let authorizer = authorizer()
        #expect(refusal(of: authorizer, replica: nil, to: .share) == nil)
        #expect(refusal(of: authorizer, replica: "ben", to: .share) == nil)
        #expect(refusal(of: authorizer) == nil)
    }

    @Test func `a request that does not say which replica it comes from is refused`() {
        let authorizer = authorizer()
        for replica in [nil, "", String(repeating: "a", count: 65)] {
            #expect(refusal(of: authorizer, replica: replica) == "bad-request")
        }
        #expect(scene.events.withLock { $0.isEmpty })
    }

    @Test func `ten wrong tokens end the share for everybody`() {
        let authorizer = authorizer()
        #expect(refusal(of: authorizer) == nil)
        for count in 1...10 {
            #expect(!authorizer.hasEnded)
            #expect(refusal(of: authorizer, "quipu-share_wrong\(count)") == "unauthorized")
            if count == 9 { #expect(refusal(of: authorizer) == nil) }
        }
        #expect(authorizer.hasEnded)
        #expect(refusal(of: authorizer) == "share-ended")
        #expect(refusal(of: authorizer, "quipu-share_wrong") == "share-ended")
        #expect(scene.events.withLock { $0.last } == .wrongToken(count: 10, address: "192.0.2.7"))
        #expect(scene.events.withLock { $0.count } == 11)
    }

    @Test func `a request without a token is refused and is not counted as a guess`() {
        let authorizer = authorizer()
        for _ in 0..<20 { #expect(refusal(of: authorizer, nil) == "unauthorized") }
        #expect(refusal(of: authorizer) == nil)
    }

    @Test func `a share has no routes that an exchange does not need`() {
        let authorizer = authorizer()
        for route in [Route.health, .readiness, .metrics, .events(archive: "press")] {
            #expect(refusal(of: authorizer, to: route) == "no-such-route")
        }
        #expect(!authorizer.isOpen())
    }

    @Test func `the token of a share does not read as a token secret`() {
        #expect(TokenSecret("quipu-share_" + String(repeating: "0", count: 64)) == nil)
    }
}
