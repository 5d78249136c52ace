import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Who has which token may do what, seen from the people who hold them and the one who runs the server.
    struct TokenStoryTests {
        private let place: TemporaryFolder
        private let root: String
        private let keeper: Machine
        private let ana: Machine
        private let ben: Machine

        init() throws {
            place = try TemporaryFolder()
            root = place.path(of: "office")
            keeper = try Machine("keeper", in: place)
            ana = try Machine("ana", in: place)
            ben = try Machine("ben", in: place)
            try ana.quipu("init", "--name", "press")
        }

        /// Makes a token, as who runs the server does.
        private func token(_ role: String, of archive: String = "press", _ more: String...) throws -> String {
            let words =
                ["token", "add", "--root", root, "--archive", archive, "--role", role, "--quiet"] + more
            let outcome = try keeper.run(words)
            #expect(outcome.exitCode == 0, "\(outcome)")
            return outcome.output.trimmingCharacters(in: .newlines)
        }

        private func file(_ token: String) throws -> String { try place.write(token + "\n", to: "typed.txt") }

        private func serve() throws -> ServedRoot { try ServedRoot(root) }

        /// Ana has an owner's token and has made the archive there.
        private func opened(_ titles: String...) throws -> ServedRoot {
            let owner = try token("owner", of: "press", "--name", "ana")
            let server = try serve()
            try ana.quipu("remote", "add", "origin", server.url + "/press")
            try ana.quipu("remote", "login", input: try file(owner))
            for title in titles { _ = try ana.add(title: title) }
            try ana.sync()
            return server
        }

        @Test
        func `a reader receives everything and is told that her own edits stay with her`() throws {
            let server = try opened("The bridge opens")
            try ben.quipu(
                "clone", server.url + "/press", ".", "--login", input: try file(try token("reader")))
            #expect(try ben.sync()["inSync"]?.bool == true)
            let digest = try ana.digest
            _ = try ben.add(title: "Fog in the harbour")
            _ = try ben.add(title: "Rain in the hills")
            _ = try ana.add(title: "The bridge closes")
            try ana.sync()

            let forecast = try ben.json("sync", "--dry-run")
            #expect(forecast["maySend"]?.bool == false && forecast["changesToSend"]?.integer == 0)
            #expect(forecast["bytesToSend"]?.integer == 0 && forecast["ahead"]?.integer == 2)
            #expect(try ben.quipu("sync", "--dry-run").output.contains("takes no edits from here"))
            #expect(try ana.json("sync", "--dry-run")["maySend"]?.bool == true)
            let outcome = try ben.run(["sync"])
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(outcome.errors.contains("2 edits stay here") && outcome.errors.contains("may only read"))
            let report = try ben.run(["sync", "--json"])
            #expect(report.exitCode == 1 && report.json["unsent"]?.integer == 2, "\(report)")
            #expect(try ben.articleCount == 4)
            // Nothing of hers is there.
            #expect(try ana.sync()["received"]?.integer == 0)
            #expect(try ana.digest != digest)

            // With a better token they go out.
            try ben.quipu("remote", "login", input: try file(try token("writer")))
            try ben.sync()
            try ana.sync()
            try expectSame(ana, ben)
        }

        @Test
        func `only an owner's first push creates an archive`() throws {
            let server = try serve()
            let url = server.url + "/press"
            try ana.quipu("remote", "add", "origin", url)
            for role in ["reader", "writer"] {
                try ana.quipu("remote", "login", input: try file(try token(role)))
                #expect(try ana.refusal("sync").error == "no-such-archive")
            }
            #expect(!FileManager.default.fileExists(atPath: root + "/press"))
            try ana.quipu("remote", "login", input: try file(try token("owner")))
            try ana.sync()
        }

        @Test
        func `a token of another archive reveals nothing about existing archives`() throws {
            let server = try opened("The bridge opens")
            let other = try token("owner", of: "notes")
            // Of one length, so that all but the name can be equal.
            let answers = try ["press", "prose"].map { name -> String in
                let words = [
                    "curl", "--silent", "--include", "--header", "Authorization: Bearer \(other)", "--data",
                    "x", "\(server.url)/v1/archives/\(name)/sync",
                ]
                let answer = try ChildProgram(words, in: "/", environment: QuipuProcess.environment())
                    .finish().output
                #expect(answer.hasPrefix("HTTP/1.1 404") && answer.contains(name))
                return answer.split(whereSeparator: \.isNewline)
                    .filter { !$0.hasPrefix("Date:") && !$0.hasPrefix("X-Request-Id:") }
                    .joined(separator: "\n").replacingOccurrences(of: name, with: "NAME")
            }
            #expect(answers[0] == answers[1])
        }

        @Test
        func `added and revoked tokens take effect at once on a running server`() throws {
            let server = try serve()
            let url = server.url + "/press"
            // As long as there is no token, this machine may do everything.
            try ana.quipu("remote", "add", "origin", url)
            try ana.sync()
            let owner = try token("owner")
            let refusal = try ana.refusal("sync")
            #expect(refusal.error == "unauthorized" && refusal.hint.contains("quipu remote login"))
            try ana.quipu("remote", "login", input: try file(owner))
            try ana.sync()

            let listed = try keeper.quipu("token", "list", "--root", root, "--json").lines
            let id = try #require(listed.first?["id"]?.string)
            #expect(listed.count == 1 && listed[0]["lastUsed"]?.string != nil)
            #expect(listed[0]["role"]?.string == "owner" && listed[0]["archive"]?.string == "press")
            try keeper.quipu("token", "revoke", id, "--root", root)
            #expect(try ana.refusal("sync").message.contains("revoked"))
            try ana.quipu("remote", "logout")
            #expect(try ana.refusal("sync").error == "unauthorized")
            #expect(
                try keeper.quipu("token", "list", "--root", root, "--json").lines[0]["state"]?.string
                    == "revoked")
        }

        @Test
        func `a token is stored only in its credentials file`() throws {
            let server = try opened("The bridge opens")
            let path = ana.folder + "/.quipu/credentials"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let token = try #require(try JSONParser().parse(String(text.dropLast()))["token"]?.string)
            #expect(token.hasPrefix("quipu_") && token.utf8.count == 49)
            let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(rights as? Int == 0o600)

            try ana.quipu("backup", place.path(of: "backup.sqlite"))
            #expect(!(try ana.quipu("remote", "list").output.contains(token)))
            let said = try server.stop()
            #expect(!said.output.contains(token) && !said.errors.contains(token))
            for folder in [place.path, root] {
                let files = FileManager.default.enumerator(atPath: folder)
                while let name = files?.nextObject() as? String {
                    let file = folder + "/" + name
                    if file == path || name == "typed.txt" { continue }
                    let bytes = FileManager.default.contents(atPath: file) ?? Data()
                    #expect(bytes.range(of: Data(token.utf8)) == nil, "\(file)")
                }
            }
        }

        @Test
        func `a token goes to no other server and to no other archive`() throws {
            let server = try opened("The bridge opens")
            let elsewhere = try LoopbackServer(
                answering: "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/problem+json\r\n"
                    + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
            _ = try ana.run(["sync", elsewhere.url + "/press"])
            #expect(try ana.refusal("sync", server.url + "/notes").error == "unauthorized")
            try ana.quipu("remote", "remove", "origin")
            try ana.quipu("remote", "add", "origin", server.url + "/press")
            #expect(try ana.refusal("sync").error == "unauthorized")
        }

        @Test
        func `a token is not sent over plain HTTP beyond this machine`() throws {
            try ana.quipu("remote", "add", "origin", "http://192.0.2.1/press")
            let token = try token("owner")
            #expect(
                try ana.run(["remote", "login", "--json"], input: try file(token)).error["error"]?.string
                    == "insecure-link")
            let carrier = Machine("ana", at: ana.folder, variables: ["QUIPU_TOKEN": token])
            #expect(try carrier.refusal("sync").error == "insecure-link")
            let bad = Machine("ana", at: ana.folder, variables: ["QUIPU_TOKEN": "sesame"])
            let refusal = try bad.refusal("sync", exit: 2)
            #expect(refusal.message.contains("QUIPU_TOKEN") && !refusal.message.contains("sesame"))
        }

        @Test
        func `a token in the environment is used once and not stored`() throws {
            let server = try opened("The bridge opens")
            let carrier = Machine(
                "ben", at: ben.folder, variables: ["QUIPU_TOKEN": try token("writer")])
            try carrier.quipu("clone", server.url + "/press", ".")
            try carrier.quipu("verify", "origin")
            #expect(!FileManager.default.fileExists(atPath: ben.folder + "/.quipu/credentials"))
            #expect(try ben.refusal("sync").error == "unauthorized")
        }

        @Test
        func `a server of a single archive has tokens too`() throws {
            let made = try ana.quipu("token", "add", "--role", "reader", "--json").json
            #expect(made["archive"]?.string == "press")
            let program = try ana.start("serve", "--listen", "127.0.0.1:0")
            let url = try #require(try program.readLine())
            #expect(try ben.refusal("clone", url + "/press", ".").error == "unauthorized")
            try ben.quipu(
                "clone", url + "/press", ".", "--login", input: try file(try #require(made["token"]?.string)))
            program.terminate()
            #expect(try program.finish().exitCode == 0)
            try expectSame(ana, ben)
        }

        @Test
        func `a sync with nothing to do stays under 400 bytes each way with a token`() throws {
            let server = try opened("The bridge opens")
            _ = server
            let report = try ana.sync()
            #expect(report["roundTrips"]?.integer == 1)
            #expect(try #require(report["bytesSent"]?.integer) <= 400)
            #expect(try #require(report["bytesReceived"]?.integer) <= 400)
        }

        @Test
        func `malformed token commands are refused`() throws {
            for words in [
                ["token", "add", "--root", root], ["token", "add", "--root", root, "--role", "reader"],
                ["token", "add", "--root", root, "--archive", "Press!", "--role", "reader"],
                ["token", "add", "--root", root, "--archive", "press", "--role", "reader", "--admin"],
                ["token", "add", "--root", root, "--admin", "--expires", "soon"],
                ["token", "add", "--root", root, "--admin", "--expires", "2020-01-01"],
                ["token", "add", "--root", root, "--admin", "--expires", "9999999999999w"],
                ["token", "add", "--root", root, "--admin", "--name", "two\nlines"],
            ] {
                let outcome = try keeper.run(words + ["--json"])
                #expect(outcome.exitCode == 2, "\(outcome)")
            }
            #expect(!FileManager.default.fileExists(atPath: root + "/access.sqlite"))
            let secret = try token("reader")
            let refusal = try keeper.refusal("token", "revoke", secret, "--root", root)
            #expect(refusal.error == "unknown-token" && !refusal.message.contains(secret))
        }
    }
}
