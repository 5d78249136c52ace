import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What answers at an address may be nobody, somebody else or nonsense: nothing is lost, and it is said what
    /// to look at.
    struct BadServerTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
        }

        /// Every command that goes out to a server is refused in this way, and nothing here changes.
        private func expectRefusals(
            at url: String, _ errors: Set<String>, exit expected: Int32 = 4,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let digest = try ana.digest
            for words in [
                ["sync", url], ["sync", url, "--dry-run"], ["verify", url],
                ["clone", url, place.path(of: "clone")],
            ] {
                let outcome = try ana.run(words + ["--json"])
                #expect(outcome.exitCode == expected, "\(outcome)", sourceLocation: sourceLocation)
                let refusal = Refusal(outcome.error)
                #expect(errors.contains(refusal.error), "\(outcome)", sourceLocation: sourceLocation)
                #expect(
                    !refusal.message.isEmpty && !refusal.hint.isEmpty, "\(outcome)",
                    sourceLocation: sourceLocation)
                #expect(
                    !FileManager.default.fileExists(atPath: place.path(of: "clone/.quipu")),
                    sourceLocation: sourceLocation)
            }
            #expect(try ana.digest == digest, sourceLocation: sourceLocation)
            try ana.expectUndamaged(sourceLocation: sourceLocation)
        }

        @Test
        func `a missing server is reported as unreachable, and nothing is lost`() throws {
            let port = try UnusedPort()
            try expectRefusals(at: "http://127.0.0.1:\(port.port)/press", ["remote-unreachable"])
            let refusal = try ana.refusal("sync", "http://127.0.0.1:\(port.port)/press", exit: 4)
            #expect(
                refusal.message.contains("127.0.0.1:\(port.port)") && refusal.hint.contains("nothing is lost")
            )
        }

        @Test
        func `a web site at the configured address is not taken for a Quipu server`() throws {
            let page = "<!doctype html><title>Welcome</title><p>Please log in to the hotel's network.</p>"
            for status in ["200 OK", "404 Not Found", "500 Internal Server Error", "204 No Content"] {
                let site = try LoopbackServer(
                    answering:
                        "HTTP/1.1 \(status)\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)"
                        + "\r\nConnection: close\r\n\r\n" + page)
                try expectRefusals(at: site.url + "/press", ["not-a-quipu-server", "connection-cut"])
            }
        }

        @Test
        func `a redirection is not followed`() throws {
            let server = try ServedRoot(place.path(of: "office"))
            let site = try LoopbackServer(
                answering: "HTTP/1.1 302 Found\r\nLocation: \(server.url)/press\r\nContent-Length: 0\r\n\r\n")
            try expectRefusals(at: site.url + "/press", ["moved"])
        }

        @Test(arguments: [
            "", "220 mail.example ESMTP ready\r\n", "\0\0\0\0\0", "HTTP/1.1 200 OK\r\n", "\r\n\r\n",
        ])
        func `a server that does not speak HTTP is reported as such`(reply: String) throws {
            let site = try LoopbackServer(answering: reply)
            try expectRefusals(
                at: site.url + "/press", ["not-a-quipu-server", "connection-cut", "remote-unreachable"])
        }

        @Test
        func `garbage in the form of a reply is refused`() throws {
            var random = SplitMix64(seed: 11)
            let zstd: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
            let bodies: [[UInt8]] = [
                [], [0], zstd, zstd + (0..<500).map { _ in UInt8.random(in: .min ... .max, using: &random) },
                (0..<5_000).map { _ in UInt8.random(in: .min ... .max, using: &random) },
                [UInt8](repeating: 0xff, count: 1 << 16),
            ]
            for body in bodies {
                let head =
                    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.quipu.exchange\r\n"
                    + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
                let site = try LoopbackServer(answering: Array(head.utf8) + body)
                try expectRefusals(at: site.url + "/press", ["malformed-message", "not-a-quipu-server"])
            }
        }

        @Test
        func `a server without the archive says so`() throws {
            let server = try ServedRoot(place.path(of: "office"), options: ["--no-create"])
            try expectRefusals(at: server.url + "/press", ["no-such-archive"], exit: 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path(of: "office")) == [])
        }

        @Test
        func `an archive with another id under the same name is refused, and both stay unchanged`() throws {
            let office = try Office(articles: ["Somebody else's article"])
            let (before, theirs) = (try ana.digest, try office.ana.digest)
            let refusal = try ana.refusal("sync", office.url)
            #expect(refusal.error == "other-archive")
            #expect(try ana.refusal("sync", office.ben.folder).error == "other-archive")
            #expect(try ana.refusal("verify", office.url).error == "other-archive")
            #expect(try ana.digest == before && ana.articleCount == 1)
            try office.syncAll()
            #expect(try office.ana.digest == theirs)
        }

        @Test
        func `a malformed address is refused before any request`() throws {
            for address in [
                "ftp://127.0.0.1/press", "http://", "http://ana:secret@127.0.0.1:1/press",
                "http://127.0.0.1:1/Press!",
                "http://127.0.0.1:99999/press", "http://127.0.0.1:1/press?x=1",
            ] {
                let outcome = try ana.run(["sync", address, "--json"])
                #expect([1, 2].contains(outcome.exitCode), "\(outcome)")
                #expect(outcome.error["hint"]?.string?.isEmpty == false, "\(outcome)")
                #expect(!outcome.errors.contains("secret"), "\(outcome)")
            }
            #expect(
                try ana.refusal("remote", "add", "origin", "http://ana:secret@127.0.0.1:1/press").error
                    == "bad-location")
        }

        @Test
        func `a server listens beyond this machine only when it is told how`() throws {
            for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "nonsense", "127.0.0.1:70000"] {
                let outcome = try ana.run(["serve", "--listen", address, "--json"])
                #expect(outcome.exitCode == 2, "\(outcome)")
                #expect(outcome.error["hint"]?.string?.isEmpty == false, "\(outcome)")
            }
            let taken = try ServedRoot(place.path(of: "office"))
            let refusal = try ana.refusal("serve", "--listen", "127.0.0.1:\(taken.port)")
            #expect(refusal.error == "cannot-listen" && refusal.message.contains("\(taken.port)"))
        }
    }
}
