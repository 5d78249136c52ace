import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A mirror that is not where it was: that is said, and nothing is made or sent elsewhere without somebody's knowing.
    struct GoneMirrorTests {
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

        private func served() throws -> ServedRoot {
            let server = try ServedRoot(root)
            try ana.quipu("remote", "add", "origin", server.url + "/press")
            try ana.quipu("sync")
            return server
        }

        private func folders() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        }

        @Test func `a sync does not create an archive again that was renamed on the server, and says so`()
            throws
        {
            let server = try served()
            try FileManager.default.moveItem(atPath: root + "/press", toPath: root + "/newspapers")
            _ = try ana.add(title: "The bridge closes")
            for words in [["sync"], ["sync", "origin"], ["sync", "--records-only"]] {
                let refused = try ana.run(words + ["--json"])
                #expect(refused.exitCode == 1, "\(refused)")
                #expect(refused.error["error"]?.string == "no-such-archive")
                #expect(refused.error["message"]?.string?.contains("any more") == true)
                #expect(refused.error["hint"]?.string?.contains("--make") == true)
                #expect(try folders() == ["newspapers"])
            }
            try ana.quipu("remote", "remove", "origin")
            try ana.quipu("remote", "add", "origin", server.url + "/newspapers")
            try ana.quipu("sync")
        }

        @Test func `a sync with nothing to send reports the missing archive too`() throws {
            let server = try served()
            try FileManager.default.removeItem(atPath: root + "/press")
            #expect(try ana.refusal("sync").error == "no-such-archive")
            #expect(try folders() == [])
            _ = server
        }

        @Test func `a sync with --make creates the archive again, attachments included`() throws {
            let server = try served()
            let note = place.path(of: "note.txt")
            try "a picture".write(toFile: note, atomically: true, encoding: .utf8)
            let article = try ana.add(title: "With a file")
            try ana.quipu("attach", article, note)
            try ana.quipu("sync")
            try FileManager.default.removeItem(atPath: root + "/press")
            try ana.quipu("sync", "--make")
            let there = Machine("office", at: root + "/press")
            #expect(try there.json("verify")["attachments"]?["checked"]?.number == 1)
            try ana.quipu("verify", "origin")
            _ = server
        }

        @Test func `a first push creates the archive`() throws {
            _ = try served()
            #expect(try folders() == ["press"])
        }

        @Test(arguments: [301, 302, 307, 308])
        func `a server that has moved is named with its new address, and not followed`(status: Int) throws {
            let elsewhere = try LoopbackServer(answering: "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
            for (target, shown) in [
                ("https://archive.example.org/v1/archives/press/sync", "https://archive.example.org/press"),
                (
                    "https://archive.example.org/quipu/v1/archives/news/sync?x=1",
                    "https://archive.example.org/quipu/news"
                ),
                (elsewhere.url + "/v1/archives/press/sync", elsewhere.url + "/press"),
                ("//archive.example.org/v1/archives/press/sync", "http://archive.example.org/press"),
                ("/moved/v1/archives/press/sync", "/moved/press"),
            ] {
                let server = try LoopbackServer(
                    answering: "HTTP/1.1 \(status) Moved\r\nLocation: \(target)\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n")
                let refused = try ana.run(["sync", server.url + "/press", "--json"])
                #expect(refused.exitCode == 4, "\(refused)")
                #expect(refused.error["error"]?.string == "moved")
                #expect(refused.error["message"]?.string?.contains(shown + " ") == true, "\(refused)")
            }
        }

        @Test func `the target of a redirection is shown only if it is a valid address`() throws {
            for target in ["javascript:alert(1)", "https://user:secret@example.org/", "ftp://x", ""] {
                let server = try LoopbackServer(
                    answering: "HTTP/1.1 301 Moved\r\nLocation: \(target)\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n")
                let refused = try ana.run(["clone", server.url + "/press", place.path(of: "c"), "--json"])
                #expect(refused.exitCode == 4, "\(refused)")
                #expect(
                    refused.error["message"]?.string?.contains("does not say where") == true, "\(refused)")
                #expect(!refused.errors.contains("secret") && !refused.errors.contains("javascript"))
            }
        }

        @Test func `an archive is not accepted as its own mirror under any name`() throws {
            try FileManager.default.createSymbolicLink(
                atPath: place.path(of: "link"), withDestinationPath: ana.folder)
            for path in [".", ana.folder, ana.folder + "/.quipu", place.path(of: "link"), "../ana"] {
                #expect(try ana.refusal("remote", "add", "me", path).error == "same-archive", "\(path)")
                #expect(try ana.refusal("sync", path).error == "same-archive", "\(path)")
                #expect(try ana.refusal("verify", path).error == "same-archive", "\(path)")
            }
            #expect(try ana.quipu("doctor").output.contains("only copy"))
            // One that an earlier version took.
            try ana.quipu("remote", "add", "old", place.path(of: "nowhere"))
            try FileManager.default.createSymbolicLink(
                atPath: place.path(of: "nowhere"), withDestinationPath: ana.folder)
            let examined = try ana.quipu("doctor").output
            #expect(examined.contains("only copy") && examined.contains("'old' is this archive itself"))
        }

        @Test func `a server of the same archive is no mirror, and a server of a copy is`() throws {
            let server = try ServedRoot(place.path)
            try ana.quipu("remote", "add", "me", server.url + "/ana")
            #expect(try ana.refusal("sync").error == "same-archive")
            #expect(try ana.refusal("sync", server.url + "/ana").error == "same-archive")
            try FileManager.default.copyItem(atPath: ana.folder, toPath: place.path(of: "copy"))
            try ana.quipu("sync", server.url + "/copy")
        }
    }
}
