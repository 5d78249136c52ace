import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

extension Processes {
    /// What a server does when it is told to stop, and what it tells those who run it.
    struct StoppingTests {
        private let place: TemporaryFolder
        private let store: Store
        private let message: [UInt8]

        init() throws {
            place = try TemporaryFolder()
            store = try Store.create(in: place.path(of: "ana"), name: "press", environment: .system)
            _ = try store.edit(
                [
                    Edit(
                        id: RecordID(rawValue: 7), kind: "article",
                        changes: [Edit.Change(field: "title", json: Array("\"Fog\"".utf8))])
                ],
                author: "ana")
            message = try MessageRecorder.firstPush(of: store, scratch: place.path(of: "scratch"))
        }

        /// A push of which the server has the head and the first half, and waits for the rest.
        private func halfPush(to server: ServedRoot) throws -> HTTPConversation {
            let push = try #require(HTTPConversation(port: server.port))
            push.send(
                "POST /v1/archives/press/sync HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nExpect: 100-continue\r\n"
                    + "Content-Type: application/vnd.quipu.exchange\r\n"
                    + "Content-Length: \(message.count)\r\n\r\n")
            #expect(push.reply()?.status == 100)
            push.send(message.prefix(message.count / 2))
            return push
        }

        /// Tells it to stop and waits until it takes nothing new.
        private func beginStopping(_ server: ServedRoot) {
            server.program.terminate()
            while let other = HTTPConversation(port: server.port), other.get("/healthz") != nil {}
        }

        @Test
        func `a stopping server answers the running push, is no longer ready and exits with 0`() throws {
            let server = try ServedRoot(place.path(of: "office"), options: ["--grace", "60"])
            let probe = try #require(HTTPConversation(port: server.port))
            #expect(probe.get("/readyz")?.status == 200)
            let push = try halfPush(to: server)
            beginStopping(server)
            let unready = try #require(probe.get("/readyz"))
            #expect(unready.status == 503)
            #expect(unready.header("Content-Type") == "application/problem+json")
            #expect(unready.text.contains("urn:quipu:problem:stopping"))
            #expect(!server.program.hasEnded)

            push.send(message.suffix(from: message.count / 2))
            let reply = try #require(push.reply())
            #expect(reply.status == 200)
            #expect(reply.header("Connection") == "close")
            #expect(try server.program.finish().exitCode == 0)

            let again = try ServedRoot(place.path(of: "office"))
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", again.url + "/press", ".")
            #expect(try ben.digest == Machine("ana", at: place.path(of: "ana")).digest)
        }

        @Test
        func `a second signal or the end of the grace time stops the server at once`() throws {
            for options in [["--grace", "3600"], ["--grace", "0"]] {
                let server = try ServedRoot(place.path(of: "office"), options: options)
                let push = try halfPush(to: server)
                beginStopping(server)
                if options[1] != "0" { server.program.terminate() }
                #expect(try server.program.finish().exitCode == 0)
                #expect(push.reply() == nil)
                #expect(!FileManager.default.fileExists(atPath: place.path(of: "office/press")))
            }
        }

        @Test
        func `requests are logged to a redirected standard error in the requested format`() throws {
            for (options, isJSON) in [([], true), (["--log-format", "text"], false)] {
                let server = try ServedRoot(place.path(of: "office"), options: options)
                #expect(HTTPConversation(port: server.port)?.get("/healthz")?.status == 200)
                let errors = try server.stop().errors
                let lines = errors.split(separator: "\n")
                #expect(lines.count == 4, "\(errors)")
                #expect(lines.allSatisfy { ((try? JSONParser().parse(String($0))) != nil) == isJSON })
                #expect(lines.contains { $0.contains("request") && $0.contains("health") })
            }
        }

        @Test
        func `requests are logged into a file, or not at all`() throws {
            let path = place.path(of: "log")
            let server = try ServedRoot(place.path(of: "office"), options: ["--log", path, "--quiet"])
            #expect(HTTPConversation(port: server.port)?.get("/healthz")?.status == 200)
            #expect(try server.stop().errors.isEmpty)
            let log = try String(contentsOfFile: path, encoding: .utf8)
            #expect(log.contains(#""route":"health""#))

            let quiet = try ServedRoot(place.path(of: "office"), options: ["--quiet"])
            #expect(HTTPConversation(port: quiet.port)?.get("/healthz")?.status == 200)
            #expect(try quiet.stop().errors.isEmpty)
        }

        @Test
        func `an unwritable log file is refused before anything is served`() throws {
            let ana = try Machine("caro", in: place)
            try ana.refusal(
                "serve", "--root", place.path(of: "office"), "--log", place.path(of: "nowhere/log"), exit: 2)
            try ana.quipu("serve", "--root", place.path(of: "office"), "--log-format", "xml", exit: 2)
            try ana.quipu("serve", "--root", place.path(of: "office"), "--grace", "-1", exit: 2)
        }

        @Test
        func `systemd is notified when the server is ready and when it stops`() throws {
            let manager = try DatagramSocket(path: place.path(of: "notify"))
            let server = try ServedRoot(
                place.path(of: "office"), environment: ["NOTIFY_SOCKET": place.path(of: "notify")])
            #expect(manager.receive() == "READY=1")
            try server.stop()
            #expect(manager.receive() == "STOPPING=1")
        }
    }
}

/// Where a service manager listens. Reading gives up after ten seconds.
private final class DatagramSocket {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
