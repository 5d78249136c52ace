import Foundation
import Support
import Testing

extension Processes {
    /// A web page open in a browser of this machine is none of its owner's programs, whatever it makes the browser ask.
    struct StrangerTests {
        private let place: TemporaryFolder
        private let root: String
        private static let paths = [
            "GET /healthz", "GET /readyz", "GET /metrics", "GET /nothing", "HEAD /healthz",
            "GET /v1/archives/press/snapshot", "GET /v1/archives/press/events",
            "POST /v1/archives/press/sync", "POST /v1/archives/press/missing-blobs",
            "GET /v1/archives/press/blobs/\(String(repeating: "a", count: 64))",
            "PUT /v1/archives/press/blobs/\(String(repeating: "a", count: 64))",
            "OPTIONS /v1/archives/press/sync", "OPTIONS *", "DELETE /v1/archives/press/snapshot",
        ]

        init() throws {
            place = try TemporaryFolder()
            root = place.path(of: "office")
            let office = try Machine("office/press", in: place)
            try office.quipu("init", "--name", "press")
            _ = try office.add(title: "The source is Kim")
        }

        /// - Parameter fields: with `PORT` for the server's own port.
        private func status(
            _ line: String, _ fields: [String], at server: ServedRoot, version: String = "1.1"
        )
            throws -> Int?
        {
            let talk = try #require(HTTPConversation(port: server.port))
            let head = fields.map { $0.replacing("PORT", with: "\(server.port)") + "\r\n" }.joined()
            talk.send("\(line) HTTP/\(version)\r\n\(head)\r\n")
            return talk.reply(isToHead: line.hasPrefix("HEAD"))?.status
        }

        @Test func `requests with a foreign host name are refused on every route`() throws {
            let server = try ServedRoot(root)
            for path in Self.paths {
                for name in ["evil.example:PORT", "evil.example", "press.localhost:PORT"] {
                    #expect(
                        try status(path, ["Host: \(name)", "Content-Length: 0"], at: server) == 421, "\(path)"
                    )
                }
            }
        }

        @Test func `requests from pages of other sites are refused on every route`() throws {
            let server = try ServedRoot(root)
            for path in Self.paths {
                for field in [
                    "Origin: http://evil.example", "Origin: null", "Origin: https://127.0.0.1:PORT",
                    "Origin: http://127.0.0.1", "Origin: http://localhost:PORT",
                    "Origin: http://127.0.0.1:PORT.evil",
                    "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: ",
                    "Origin: http://127.0.0.1:PORT\r\nOrigin: http://evil.example",
                    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site",
                ] {
                    let fields = ["Host: 127.0.0.1:PORT", field, "Content-Length: 0"]
                    #expect(try status(path, fields, at: server) == 403, "\(path) \(field)")
                }
            }
        }

        @Test(arguments: [
            "127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT",
        ])
        func `the server answers to its own host names in any case`(name: String) throws {
            let server = try ServedRoot(root)
            #expect(try status("GET /healthz", ["Host: \(name)"], at: server) == 200)
            let own = ["Host: \(name)", "Origin: http://\(name)", "Sec-Fetch-Site: same-origin"]
            #expect(try status("GET /healthz", own, at: server) == 200)
            #expect(try status("GET /healthz", ["Host: \(name)", "Sec-Fetch-Site: none"], at: server) == 200)
        }

        @Test(arguments: [
            "127.0.0.1:1", "127.0.0.1", "localhost", "127.0.0.1:", "127.0.0.1:0PORT", "127.0.0.1:+PORT",
            "localhost.:PORT", "127.0.0.1.:PORT", "0.0.0.0:PORT", "127.1:PORT", "127.0.0.2:PORT",
            "2130706433:PORT",
            "[::]:PORT", "[::ffff:127.0.0.1]:PORT", "[::ffff:7f00:1]:PORT", "[0:0:0:0:0:0:0:1]:PORT",
            "::1:PORT",
            "user@127.0.0.1:PORT", "127.0.0.1:PORT, evil.example", "evil.example,127.0.0.1:PORT", "",
        ])
        func `host names that resemble the server's own are refused`(name: String) throws {
            let server = try ServedRoot(root)
            #expect(try status("GET /healthz", ["Host: \(name)"], at: server) == 421, "\(name)")
        }

        @Test func `a missing, duplicate or conflicting host name is refused`() throws {
            let server = try ServedRoot(root)
            let own = "Host: 127.0.0.1:PORT"
            #expect(try status("GET /healthz", [], at: server) == 400)
            #expect(try status("GET /healthz", [], at: server, version: "1.0") == 421)
            #expect(try status("GET /healthz", [own, "Host: evil.example"], at: server) == 400)
            #expect(try status("GET http://evil.example/healthz", [own], at: server) == 400)
            #expect(try status("GET http://127.0.0.1/healthz", ["Host: evil.example"], at: server) == 400)
        }

        @Test func `a program may connect through a tunnel with another port but not with another name`()
            throws
        {
            let server = try ServedRoot(root)
            func answer(_ name: String, _ more: String...) throws -> Int? {
                try status("GET /healthz", ["Host: \(name)", "Sec-Quipu: 1"] + more, at: server)
            }
            #expect(try answer("localhost:9000") == 200)
            #expect(try answer("localhost:x") == 421)
            #expect(try answer("evil.example:9000") == 421)
            #expect(try answer("localhost:9000", "Origin: http://evil.example") == 403)
        }

        @Test func `a public URL is accepted beside the server's own name, and its pages may connect`()
            throws
        {
            let server = try ServedRoot(
                root, options: ["--public-url", "https://Archive.example.org/quipu/"])
            for name in ["archive.example.org", "archive.example.org:443", "127.0.0.1:PORT"] {
                let fields = ["Host: \(name)", "Origin: https://archive.example.org"]
                #expect(try status("GET /healthz", fields, at: server) == 200, "\(name)")
            }
            #expect(try status("GET /healthz", ["Host: archive.example.org:80"], at: server) == 421)
            #expect(try status("GET /healthz", ["Host: evil.example"], at: server) == 421)
            let plain = ["Host: archive.example.org", "Origin: http://archive.example.org"]
            #expect(try status("GET /healthz", plain, at: server) == 403)
        }

        @Test func `a server with tokens accepts any host name by default and still refuses foreign pages`()
            throws
        {
            let token = try QuipuProcess.run(
                ["token", "add", "--root", root, "--admin"], in: place.path)
            #expect(token.exitCode == 0, "\(token)")
            let server = try ServedRoot(root)
            #expect(try status("GET /healthz", ["Host: archive.example.org"], at: server) == 200)
            for origin in ["http://archive.example.org", "https://archive.example.org"] {
                let fields = ["Host: archive.example.org", "Origin: \(origin)"]
                #expect(try status("GET /healthz", fields, at: server) == 200)
            }
            for path in Self.paths {
                let fields = [
                    "Host: archive.example.org", "Origin: https://evil.example", "Content-Length: 0",
                ]
                #expect(try status(path, fields, at: server) == 403, "\(path)")
            }
            try server.stop()
            let named = try ServedRoot(root, options: ["--public-url", "https://archive.example.org"])
            #expect(try status("GET /healthz", ["Host: other.example.org"], at: named) == 421)
        }

        @Test(arguments: [
            "archive.example.org", "ftp://archive.example.org", "https://", "https://a@b.example",
            "https://a.example?x",
            "https://a.example:x", "https://a.example:", "https://a.example:70000", "https://[::1",
            "https://é.example",
        ])
        func `a malformed public URL is refused before anything is served`(text: String) throws {
            let words = ["serve", "--root", root, "--listen", "127.0.0.1:0", "--public-url", text]
            let refused = try QuipuProcess.run(words, in: place.path)
            #expect(refused.exitCode == 2, "\(refused)")
        }
    }
}
