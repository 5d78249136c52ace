import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What happens at each limit of a server, seen from a client: it is told, waits where it is asked to, and loses
    /// nothing.
    struct LimitTests {
        private let place: TemporaryFolder
        private let root: String
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            root = place.path(of: "office")
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
        }

        private func serve(_ options: String..., environment: [String: String] = [:]) throws -> ServedRoot {
            let server = try ServedRoot(root, options: options, environment: environment)
            try ana.quipu("remote", "add", "origin", server.url + "/press")
            return server
        }

        /// A program of the system's, from outside.
        private func run(_ words: String...) throws -> String {
            try ChildProgram(words, in: "/", environment: QuipuProcess.environment()).finish().output
        }

        private func expectProblem(
            _ answer: String, _ status: Int, _ word: String, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)", sourceLocation: sourceLocation)
            #expect(
                answer.contains("Content-Type: application/problem+json"), "\(answer)",
                sourceLocation: sourceLocation)
            #expect(
                answer.contains("urn:quipu:problem:\(word)\""), "\(answer)", sourceLocation: sourceLocation)
            #expect(answer.contains("\"detail\":"), "\(answer)", sourceLocation: sourceLocation)
        }

        /// Begins a request and does not end it, until it is let go.
        private func holdRequest(_ head: String, on server: ServedRoot) throws -> ChildProgram {
            let script =
                "exec 3<>/dev/tcp/127.0.0.1/\(server.port); printf '\(head)' >&3; echo sent; exec cat <&3"
            let program = try ChildProgram(
                ["bash", "-c", script], in: "/", environment: QuipuProcess.environment())
            #expect(try program.readLine() == "sent")
            return program
        }

        @Test
        func `an archive stops growing at its quota and can still be fetched`() throws {
            let server = try serve("--quota", "300kB")
            try ana.sync()
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", server.url + "/press", ".")
            _ = try ben.add(title: "Fog in the harbour")
            try ben.sync()
            var random = SplitMix64(seed: 5)
            let lines = GeneratedArticles.lines(200, words: 700, named: "ana", &random)
            try ana.quipu("import", try place.write(lines, to: "ana.jsonl"))
            let outcome = try ana.run(["sync"])
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(
                outcome.errors.contains("stay here: the archive has reached its size limit"), "\(outcome)")
            #expect(try ana.articleCount == 202)
            #expect(try ben.sync()["received"]?.integer == 0)
        }

        @Test
        func `a client over the rate limit is told when to retry and then succeeds`() throws {
            let token = try ana.json("token", "add", "--root", root, "--admin")["token"]?.string ?? ""
            let server = try serve("--requests-per-second", "1")
            let carrier = Machine("ana", at: ana.folder, variables: ["QUIPU_TOKEN": token])
            var warnings = ""
            for _ in 0..<8 where warnings.isEmpty {
                let outcome = try carrier.run(["sync"])
                #expect(outcome.exitCode == 0, "\(outcome)")
                warnings = outcome.errors
            }
            #expect(warnings.contains("too many requests") && warnings.contains("trying again in"))
            _ = server
        }

        @Test
        func `an overloaded server asks clients to retry before it reads their bodies, and nothing is lost`()
            throws
        {
            let server = try serve("--request-memory", "1MB")
            let held = try holdRequest(
                "POST /v1/archives/other/sync HTTP/1.1\\r\\nHost: 127.0.0.1:\(server.port)\\r\\nContent-Length: 5000000\\r\\n"
                    + "Content-Type: application/vnd.quipu.exchange\\r\\n\\r\\n",
                on: server)
            let syncing = try ana.start("sync")
            // It says that it waits; then there is room.
            #expect(try syncing.waitUntilWarned(of: "trying again in"))
            held.kill()
            _ = try held.finish()
            let outcome = try QuipuProcess.finish(syncing)
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(try ana.json("verify", "origin")["equal"]?.bool == true)
        }

        @Test
        func `connections are limited by address`() throws {
            let server = try serve("--connections-per-address", "1")
            let held = try holdRequest("GET /healthz HTTP/1.1\\r\\nHost: x\\r\\n", on: server)
            // The listening threads may take the second connection first.
            var answer = ""
            repeat {
                answer = try run("curl", "--silent", "--include", server.url + "/healthz")
            } while answer.hasPrefix("HTTP/1.1 200")
            expectProblem(answer, 429, "too-many-connections")
            held.kill()
            _ = try held.finish()
        }

        @Test
        func `refusals by the transport are problem documents`() throws {
            let server = try serve()
            let long = String(repeating: "a", count: 9_000)
            expectProblem(
                try run("curl", "-si", "-H", "X: \(long)", server.url + "/healthz"), 431, "head-too-large")
            expectProblem(
                try run(
                    "curl", "-si", "-H", "Content-Length: 99999999", "-d", "x",
                    server.url + "/v1/archives/press/sync"), 413, "too-large")
            expectProblem(
                try run("curl", "-si", "-H", "Host:", server.url + "/healthz"), 400, "bad-request")
            expectProblem(
                try run(
                    "curl", "-si", "-H", "Transfer-Encoding: gzip", "-d", "x",
                    server.url + "/v1/archives/press/sync"), 501, "not-implemented")
        }

        @Test
        func `a client that stalls is disconnected`() throws {
            let server = try serve(environment: ["QUIPU_TIMEOUT": "1"])
            for head in [
                "GET /healthz HTTP/1.1\\r\\nHost: x\\r\\n",
                "POST /v1/archives/press/sync HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 9\\r\\n"
                    + "Content-Type: application/vnd.quipu.exchange\\r\\n\\r\\nabc",
            ] {
                let held = try holdRequest(head, on: server)
                // Ends when the server cuts it; its deadline fails the test.
                #expect(try held.finish().exitCode == 0)
            }
        }
    }
}
