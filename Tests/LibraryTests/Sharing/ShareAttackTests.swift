import Foundation
import QuipuHTTPClient
import QuipuHTTPServer
import Support
import Synchronization
import Testing

@testable import Quipu

/// Those who do not have the code, and servers that are something else.
@Suite struct ShareAttackTests {
    private typealias Counter = ShareScene.Counter

    private let scene: ShareScene

    init() throws { scene = try ShareScene() }

    @Test func `ten wrong tokens end a share, also for the right one`() throws {
        let events = Counter()
        let share = try scene.share { $0.report = { if case .wrongCode = $0 { events.add() } } }
        defer { share.stop(graceMilliseconds: 0) }
        var configuration = HTTPSession.Configuration()
        configuration.pinnedPublicKey = try ShareKeys(share.code).pin
        let session = HTTPSession(configuration: configuration)
        for count in 1...11 {
            let response = try session.collect(
                HTTPClientRequest(
                    method: "GET", url: share.addresses[0].base + "/v1/share",
                    headers: [("Authorization", "Bearer quipu-share_\(count)")])
            ).response
            #expect(response.status == (count <= 10 ? 401 : 410))
        }
        #expect(share.state == .ended && events.count == 10)
        #expect(scene.refusal(scene.ben, share.addresses[0], share.code)?.code == .shareEnded)
    }

    @Test func `a caller with a wrong code refuses the server's key`() throws {
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        let error = scene.refusal(scene.ben, share.addresses[0], .random())
        #expect(error?.code == .wrongFingerprint && error?.isPassing == false)
        #expect(scene.refusal(scene.ben, share.addresses[0], share.code) == nil)
    }

    @Test func `a machine in the middle with another key is refused and receives no request`() throws {
        let asked = Counter()
        let middle = try scene.listener(with: .random(), answer: HTTPResponse(status: 200), counting: asked)
        defer { middle.stop(graceMilliseconds: 0) }
        #expect(scene.refusal(scene.ben, scene.address(middle.port), .random())?.code == .wrongFingerprint)
        #expect(asked.count == 0)
    }

    @Test func `a redirection is not followed`() throws {
        let code = ShareCode.random()
        let (asked, elsewhere) = (Counter(), Counter())
        let target = try scene.listener(with: code, answer: HTTPResponse(status: 200), counting: elsewhere)
        defer { target.stop(graceMilliseconds: 0) }
        let moved = HTTPResponse(
            status: 307, headers: [("Location", "https://127.0.0.1:\(target.port)/v1/share")])
        let middle = try scene.listener(with: code, answer: moved, counting: asked)
        defer { middle.stop(graceMilliseconds: 0) }
        #expect(scene.refusal(scene.ben, scene.address(middle.port), code)?.code.rawValue == "moved")
        #expect(asked.count == 1 && elsewhere.count == 0)
    }

    @Test func `a server with the right key that answers anything else shares no archive`() throws {
        let code = ShareCode.random()
        for body in [
            "", "{}", #"{"archive":"00","name":"press"}"#,
            #"{"archive":"\#(scene.ana.identifier)","name":"../x"}"#,
        ] {
            let server = try scene.listener(
                with: code, answer: HTTPResponse(status: 200, body: .bytes(Array(body.utf8))))
            defer { server.stop(graceMilliseconds: 0) }
            #expect(
                scene.refusal(scene.ben, scene.address(server.port), code)?.code.rawValue
                    == "not-a-quipu-server")
        }
    }

    @Test func `a server without TLS, and an address where nothing listens, are refused`() throws {
        let plain = try HTTPListener { _ in .respond(HTTPResponse(status: 200)) }
        #expect(
            scene.refusal(scene.ben, scene.address(plain.port), .random())?.code.rawValue
                == "not-a-quipu-server")
        plain.stop(graceMilliseconds: 0)
        let error = scene.refusal(scene.ben, scene.address(plain.port), .random())
        #expect(error?.code == .unreachable && error?.isPassing == true)
    }

    @Test func `a server that knows TLS 1.2 only is refused, though it has the right key`() throws {
        let code = ShareCode.random()
        let keys = try ShareKeys(code)
        try Data(keys.certificate.utf8).write(to: URL(fileURLWithPath: scene.folder.path + "/c.pem"))
        try Data(keys.privateKey.utf8).write(to: URL(fileURLWithPath: scene.folder.path + "/k.pem"))
        // With TLS 1.3 the same server is spoken to: it is the version that is refused, not the rest of it.
        for (version, expected) in [("-tls1_2", "TLS"), ("-tls1_3", "HTTP")] {
            let server = try ChildProgram(
                [
                    "openssl", "s_server", version, "-accept", "127.0.0.1:0", "-cert", "c.pem", "-key",
                    "k.pem", "-www",
                ],
                in: scene.folder.path, environment: QuipuProcess.environment())
            var line = try server.readLine()
            while let text = line, !text.hasPrefix("ACCEPT") { line = try server.readLine() }
            let port = try #require(line?.split(separator: ":").last.flatMap { UInt16($0) })
            var configuration = HTTPSession.Configuration()
            configuration.pinnedPublicKey = keys.pin
            let session = HTTPSession(configuration: configuration)
            let request = HTTPClientRequest(method: "GET", url: scene.address(port).base + "/v1/share")
            do throws(HTTPClientError) {
                _ = try session.collect(request)
                #expect(expected == "HTTP")
            } catch {
                #expect(expected == "TLS" && error.code == .tls, "\(error)")
            }
            #expect(
                scene.refusal(scene.ben, scene.address(port), code)?.code.rawValue == "not-a-quipu-server")
            server.kill()
        }
    }

    @Test func `a share refuses a caller that knows TLS 1.2 only`() throws {
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        for (version, succeeds) in [("-tls1_2", false), ("-tls1_3", true)] {
            let caller = try ChildProgram(
                ["openssl", "s_client", version, "-connect", "127.0.0.1:\(share.addresses[0].port)"],
                in: scene.folder.path, environment: QuipuProcess.environment()
            ).finish()
            #expect((caller.exitCode == 0) == succeeds, "\(caller.output)\(caller.errors)")
        }
    }

    @Test func `an ordinary server refuses the token of a share`() throws {
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        _ = try AccessTokens(of: scene.ana).add(.writer, for: "press")
        let server = try Server(scene.ana, at: "127.0.0.1:0")
        defer { server.stop(graceMilliseconds: 0) }
        let token = try ShareKeys(share.code).token
        for path in ["/v1/share", "/v1/archives/press/snapshot"] {
            let response = try HTTPSession().collect(
                HTTPClientRequest(
                    method: "GET", url: server.url + path, headers: [("Authorization", "Bearer " + token)])
            ).response
            #expect(response.status == 401)
        }
    }

    @Test func `the token of a share opens no other archive and no other page`() throws {
        let share = try scene.share()
        defer { share.stop(graceMilliseconds: 0) }
        let keys = try ShareKeys(share.code)
        var configuration = HTTPSession.Configuration()
        configuration.pinnedPublicKey = keys.pin
        let session = HTTPSession(configuration: configuration)
        let paths = ["archives/press/snapshot", "archives/other/snapshot", "archives/press/events"]
        for (path, status) in zip(paths + ["../metrics", "../healthz"], [200, 404, 404, 404, 404]) {
            let response = try session.collect(
                HTTPClientRequest(
                    method: "GET", url: "\(share.addresses[0].base)/v1/\(path)".replacing("/v1/..", with: ""),
                    headers: [("Authorization", "Bearer " + keys.token), ("Quipu-Replica", "test")])
            ).response
            #expect(response.status == status, "\(path)")
        }
    }
}
