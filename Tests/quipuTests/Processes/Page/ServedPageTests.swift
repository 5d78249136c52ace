import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// The page and records on a server with tokens.
    struct ServedPageTests {
        private let place: TemporaryFolder
        private let server: ServedRoot

        init() throws {
            place = try TemporaryFolder()
            let office = try Machine("office/press", in: place)
            try office.quipu("init", "--name", "press")
            _ = try office.add(title: "Water")
            server = try ServedRoot(place.path(of: "office"))
        }

        private func client(_ role: String?, name: String = "Luis Vega") throws -> PageClient {
            var client = PageClient(port: server.port, host: "127.0.0.1:\(server.port)")
            guard let role else { return client }
            let words = ["token", "add", "--root", place.path(of: "office"), "--name", name]
            let made = try QuipuProcess.run(
                words + (role == "admin" ? ["--admin"] : ["--archive", "press", "--role", role]),
                in: place.path)
            #expect(made.exitCode == 0, "\(made)")
            client.secret = made.output.split(separator: "\n").first.map(String.init)
            return client
        }

        @Test func `without tokens the page is open to its own user, who is the author of edits`() throws {
            let client = try client(nil)
            #expect(
                try client.ask("GET", "//press").head.header("Content-Type")?.hasPrefix("text/html") == true)
            #expect(try client.ask("GET", "//v1/session").json["mode"]?.string == "open")
            #expect(try client.ask("GET", "/records").json["total"]?.integer == 1)
            #expect(try client.ask("GET", "/remotes").status == 404)
            #expect(try client.ask("GET", "/status").json["mirrors"]?.array?.isEmpty == true)
        }

        @Test func `a reader token reads, a writer token edits under its name, and others are refused`()
            throws
        {
            let (reader, writer) = (try client("reader"), try client("writer"))
            var stranger = reader
            stranger.secret = nil
            #expect(try stranger.ask("GET", "//press").status == 200)
            #expect(try stranger.ask("GET", "/records").status == 401)
            #expect(try stranger.ask("POST", "//v1/session", body: "{\"code\":\"x\"}").status == 404)
            let session = try reader.ask("GET", "//v1/session").json
            #expect(session["mode"]?.string == "token" && session["archive"]?.string == "press")
            #expect(session["role"]?.string == "reader" && session["author"]?.string == "Luis Vega")

            #expect(try reader.ask("GET", "/records").status == 200)
            let body = "{\"kind\":\"note\",\"fields\":{\"text\":\"x\"}}"
            for (method, path) in [
                ("POST", "/records"), ("POST", "/edits"), ("POST", "/import"), ("DELETE", "/records/x"),
            ] {
                let refused = try reader.ask(method, path, body: body)
                #expect(refused.status == 403 && refused.problem == "read-only", "\(method) \(path)")
            }
            #expect(try reader.ask("POST", "/tickets", body: "{\"attachment\":\"nothing\"}").status == 404)
            #expect(try writer.ask("POST", "/records", body: body).status == 201)
            #expect(
                try writer.ask("GET", "/log?limit=1").json["entries"]?[0]?["author"]?.string == "Luis Vega")
            #expect(try writer.ask("GET", "/remotes").status == 404)
            var other = writer
            other.root = "/v1/archives/other"
            #expect(try other.ask("GET", "/records").status == 404)
        }

        @Test func `concurrent edits by two people conflict over HTTP too`() throws {
            let (luis, maya) = (try client("writer"), try client("writer", name: "Maya Lin"))
            let list = try luis.ask("GET", "/records").json["records"]
            let id = try #require(list?[0]?["uuid"]?.string)
            let seen = try luis.ask("GET", "/records/\(id)").tag
            #expect(try luis.patch(id, "{\"title\":\"High water\"}", seen: seen).status == 200)
            #expect(try maya.patch(id, "{\"title\":\"Low water\"}", seen: seen).status == 412)
            #expect(
                try maya.patch(id, "{\"title\":\"Low water\"}", seen: seen, "Prefer: keep-both").status == 200
            )
            let choices = try luis.ask("GET", "/conflicts/\(id)/title").json["choices"]?.array ?? []
            #expect(Set(choices.compactMap { $0["author"]?.string }) == ["Luis Vega", "Maya Lin"])
        }

        @Test
        func `behind a proxy the page is reached at the public URL, and no page of another place reaches it`()
            throws
        {
            let proxied = try ServedRoot(
                place.path(of: "office"), options: ["--public-url", "https://archive.example.org/quipu/"])
            var client = PageClient(port: proxied.port, host: "archive.example.org")
            let own = ["Origin: https://archive.example.org", "Sec-Fetch-Site: same-origin"]
            let shell = try client.ask("GET", "//press")
            #expect(shell.status == 200)
            // The proxy serves it below a path, which the server does not know.
            #expect(!shell.head.text.contains("\"/page/") && shell.head.text.contains("\"page/app.js\""))
            #expect(try client.ask("GET", "//v1/session", own).status == 200)
            #expect(try client.ask("GET", "/records", own).json["total"]?.integer == 1)
            let body = "{\"kind\":\"note\",\"fields\":{\"text\":\"x\"}}"
            #expect(try client.ask("POST", "/records", own, body: body).status == 201)
            for foreign in [
                "Origin: https://evil.example", "Origin: http://archive.example.org", "Origin: null",
                "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: cross-site",
            ] {
                #expect(try client.ask("POST", "/records", [foreign], body: body).status == 403, "\(foreign)")
                #expect(try client.ask("GET", "/records", [foreign]).status == 403, "\(foreign)")
            }
            client.host = "evil.example"
            #expect(try client.ask("GET", "/records").status == 421)
            #expect(try client.ask("GET", "//press").status == 421)
        }
    }
}
