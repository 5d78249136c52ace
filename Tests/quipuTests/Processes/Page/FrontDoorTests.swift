import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Who gets into the page of `quipu open`, and who does not.
    struct FrontDoorTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The source is Kim")
        }

        private static let reads = [
            "/records", "/status", "/tags", "/collections", "/log", "/changes", "/conflicts", "/annotations/",
            "/remotes", "/export", "/records/x", "/syncs/1", "/snapshot", "/events", "/attachments/x/content",
        ]
        private static let writes = [
            "POST /records", "PATCH /records/x", "DELETE /records/x", "POST /edits", "POST /import",
            "POST /syncs",
            "POST /log/x/undo", "POST /conflicts/x/title", "POST /annotations/", "PUT /annotations/x",
            "POST /tickets",
            "POST /records/x/restore", "POST /sync",
        ]

        @Test func `without the secret no route reads or writes anything of the archive`() throws {
            let page = try OpenedPage(ana)
            for path in Self.reads {
                #expect(try page.stranger.ask("GET", path).status == 401, "\(path)")
            }
            for line in Self.writes {
                let words = line.split(separator: " ").map(String.init)
                let answer = try page.stranger.ask(words[0], words[1], body: "{}")
                #expect(answer.status == 401, "\(line)")
            }
            var guess = page.stranger
            guess.secret = String(repeating: "0", count: 64)
            #expect(try guess.ask("GET", "/records").problem == "session-ended")
            #expect(try page.stranger.ask("GET", "//v1/session").status == 401)
            let shell = try page.stranger.ask("GET", "//")
            #expect(
                shell.status == 200 && !shell.head.text.contains("Kim") && !shell.head.text.contains("press"))
        }

        @Test func `a page code opens a session once, and its second use ends that session and says so`()
            throws
        {
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            let session = try client.ask("GET", "//v1/session").json
            #expect(session["mode"]?.string == "own" && session["author"]?.string == "ana")
            #expect(session["archive"]?.string == "press")
            #expect(try client.ask("GET", "/records").json["total"]?.integer == 1)
            let again = try page.stranger.ask("POST", "//v1/session", body: "{\"code\":\"\(page.code)\"}")
            #expect(again.status == 410 && again.problem == "code-used")
            #expect(again.json["title"]?.string?.contains("used before") == true)
            let after = try client.ask("GET", "/records")
            #expect(after.status == 401 && after.problem == "session-ended")
        }

        @Test func `signing out of the page ends its session`() throws {
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            #expect(try client.ask("DELETE", "//v1/session").status == 204)
            #expect(try client.ask("GET", "/records").status == 401)
        }

        @Test func `requests to any other name of the page's server are refused, even with the secret`()
            throws
        {
            let page = try OpenedPage(ana)
            var client = try page.signIn()
            for name in [
                "evil.test:PORT", "localhost.:PORT", "0.0.0.0:PORT", "[::ffff:127.0.0.1]:PORT",
                "qdeadbeef.localhost:PORT",
                "127.0.0.1:1", page.host.replacing(":\(page.port)", with: ""),
            ] {
                client.host = name.replacing("PORT", with: "\(page.port)")
                for path in ["//", "//page/app.js", "/records"] {
                    #expect(try client.ask("GET", path).status == 421, "\(name) \(path)")
                }
                #expect(try client.ask("POST", "/records", body: "{}").status == 421)
            }
        }

        @Test func `a page of another origin gets nothing by a form, a fetch or a frame`() throws {
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            let foreign = [
                ["Origin: http://evil.test"], ["Origin: null"], ["Origin: http://localhost:\(page.port)"],
                ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"],
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
            ]
            for fields in foreign {
                for path in ["//", "//page/app.js", "//press", "/records", "/snapshot"] {
                    #expect(try client.ask("GET", path, fields).status == 403, "\(fields) \(path)")
                }
                let form = try client.ask(
                    "POST", "/import?filename=x", fields, body: "a=b",
                    type: "application/x-www-form-urlencoded")
                #expect(form.status == 403)
                let code = "{\"code\":\"\(page.code)\"}"
                #expect(try page.stranger.ask("POST", "//v1/session", fields, body: code).status == 403)
            }
            // The attempts have not used the code, and a link from elsewhere leads to the shell alone.
            #expect(try client.ask("GET", "/records").status == 200)
            let link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
            #expect(try client.ask("GET", "//", link).status == 200)
            #expect(try client.ask("GET", "//press", link).status == 200)
            #expect(try client.ask("GET", "/records", link).status == 403)
            #expect(try client.ask("GET", "//page/app.js", link).status == 403)
        }

        @Test func `a form is not accepted as a file, even from the page itself`() throws {
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            for type in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                #expect(try client.ask("POST", "/import?filename=x", body: "a=b", type: type).status == 415)
            }
        }

        @Test func `every answer of the page forbids storing, sniffing, framing and sharing it`() throws {
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            for path in [
                "//", "//page/app.js", "//page/app.css", "/records", "/records/nothing", "//v1/session",
            ] {
                let answer = try client.ask("GET", path)
                #expect(answer.head.header("X-Content-Type-Options") == "nosniff", "\(path)")
                #expect(answer.head.header("Referrer-Policy") == "no-referrer", "\(path)")
                #expect(answer.head.header("Cross-Origin-Resource-Policy") == "same-origin", "\(path)")
                #expect(answer.head.header("Cache-Control") == "no-store", "\(path)")
                let policy = answer.head.header("Content-Security-Policy") ?? ""
                #expect(
                    policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                    "\(path)")
                #expect(answer.head.header("Set-Cookie") == nil)
            }
            let policy = try client.ask("GET", "//").head.header("Content-Security-Policy") ?? ""
            for rule in [
                "base-uri 'none'", "form-action 'none'", "trusted-types 'none'",
                "require-trusted-types-for 'script'",
            ] {
                #expect(policy.contains(rule), "\(rule)")
            }
            #expect(try client.ask("GET", "//").head.header("Cross-Origin-Opener-Policy") == "same-origin")
        }

        @Test func `a second quipu open finds the page that is served and gives another code`() throws {
            let page = try OpenedPage(ana)
            let found = try QuipuProcess.run(
                ["open", "--no-browser", "agua", "mala"], in: ana.folder,
                environment: ana.environment.merging(OpenedPage.places(of: ana)) { _, new in new })
            #expect(found.exitCode == 0, "\(found)")
            let line = String(found.output.split(separator: "\n").first ?? "")
            #expect(
                line.hasPrefix("http://\(page.host)/#code=") && line.hasSuffix("&q=agua%20mala"), "\(line)")
            let code = try #require(OpenedPage.code(in: line))
            #expect(code != page.code)
            _ = try page.signIn()
            _ = try page.signIn(with: code)
        }

        @Test func `a page is found again though the folder of the session's sockets has a long name`() throws
        {
            let folder = place.path(of: String(repeating: "long", count: 30))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let variables = ["XDG_RUNTIME_DIR": folder]
            let page = try OpenedPage(ana, variables: variables)
            let environment = ana.environment.merging(OpenedPage.places(of: ana)) { _, new in new }
                .merging(variables) { _, new in new }
            let found = try QuipuProcess.run(
                ["open", "--no-browser"], in: ana.folder, environment: environment)
            #expect(found.exitCode == 0 && found.output.hasPrefix("http://\(page.host)/#code="), "\(found)")
        }

        @Test func `the page of an archive keeps its name and port, and its files are private`()
            throws
        {
            let first = try OpenedPage(ana)
            let files = place.path(of: "quipu-page")
            let names = try FileManager.default.contentsOfDirectory(atPath: files)
            #expect(names.count == 1)
            for path in [files, place.path(of: "quipu"), ana.folder + "/.quipu/page"]
                + names.map({ files + "/" + $0 })
            {
                let facts = try FileManager.default.attributesOfItem(atPath: path)
                let mode = try #require(facts[.posixPermissions] as? Int)
                #expect(mode & 0o077 == 0, "\(path)")
            }
            let redirect = try String(contentsOfFile: files + "/" + names[0], encoding: .utf8)
            #expect(redirect.contains("url=http://\(first.host)/#code="))
            let (host, ending) = (first.host, try first.stop())
            #expect(ending.exitCode == 0, "\(ending)")
            #expect(!FileManager.default.fileExists(atPath: files))
            let second = try OpenedPage(ana)
            #expect(second.host == host)
        }

        @Test(.enabled(if: geteuid() == 0, "only root can become somebody else"))
        func `another user of this machine gets a refusal from the page`() throws {
            let page = try OpenedPage(ana)
            let served = try ServedRoot(place.path(of: "office"))
            let shared = try ServedRoot(place.path(of: "office"), options: ["--any-user"])
            func ask(_ port: UInt16, _ host: String, as user: Int) throws -> String {
                let script = """
                    exec 3<>/dev/tcp/127.0.0.1/\(port)
                    printf 'GET /healthz HTTP/1.1\\r\\nHost: \(host)\\r\\nConnection: close\\r\\n\\r\\n' >&3
                    cat <&3
                    """
                let program = try ChildProgram(
                    [
                        "/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups",
                        "/bin/bash",
                        "-c", script,
                    ], in: "/", environment: QuipuProcess.environment(), input: "/dev/null",
                    limitMilliseconds: ChildProgram.defaultLimitMilliseconds)
                return try program.finish().output
            }
            #expect(try ask(page.port, page.host, as: 0).contains("\"ok\""))
            for (port, host) in [(page.port, page.host), (served.port, "127.0.0.1:\(served.port)")] {
                let refusal = try ask(port, host, as: 65_534)
                #expect(refusal.contains(" 403 ") && refusal.contains("other-user"), "\(refusal)")
            }
            #expect(try ask(shared.port, "127.0.0.1:\(shared.port)", as: 65_534).contains("\"ok\""))
            // With tokens a server is for others too.
            let token = try QuipuProcess.run(
                ["token", "add", "--root", place.path(of: "office"), "--admin"], in: place.path)
            #expect(token.exitCode == 0)
            #expect(try ask(served.port, "127.0.0.1:\(served.port)", as: 65_534).contains("\"ok\""))
        }
    }
}
