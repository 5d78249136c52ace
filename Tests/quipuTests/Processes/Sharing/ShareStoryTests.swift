import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// `serve --share`, and what people type on the other machine.
    struct ShareStoryTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let ben: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("add", "article", "title=Fog in the harbour")
            ben = Machine("ben", at: place.path(of: "ben"))
            try ana.quipu("clone", ".", ben.folder)
        }

        /// Starts a share, and returns the words to type on the other machine, without `quipu`.
        private func share(
            _ options: String..., on machine: Machine? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> (program: ChildProgram, words: [String]) {
            let program = try (machine ?? ana).start(["serve", "--share"] + options)
            let line = try #require(try program.readLine(), sourceLocation: sourceLocation)
            let words = line.split(separator: " ").map(String.init)
            #expect(
                words.count == 5 && words.prefix(3) == ["quipu", "sync", "--share"],
                sourceLocation: sourceLocation)
            return (program, Array(words.dropFirst()))
        }

        @Test func `the command that serve --share prints is all that the other side needs`() throws {
            try ben.quipu("add", "article", "title=The bridge opens")
            let (program, words) = try share("--listen", "127.0.0.1:0")
            let synced = try ben.run(words)
            #expect(synced.exitCode == 0 && synced.output.contains("in sync with 127.0.0.1:"), "\(synced)")
            try expectSame(ana, ben)
            #expect(try ana.articleCount == 2)
            // Typed in capitals and without hyphens, and into an archive that is not there yet.
            let code = words[3].uppercased().replacing("-", with: "")
            let refused = try ben.refusal("clone", "--share", words[2], code, "caro")
            #expect(refused.error == "share-taken" && refused.hint.contains("--many"))
            program.send(SIGINT)
            let ending = try program.finish()
            #expect(
                ending.exitCode == 0 && ending.errors.contains("127.0.0.1 has used the code"), "\(ending)")
            let gone = try ben.refusal("sync", "--share", words[2], words[3], exit: 4)
            #expect(
                gone.error == "remote-unreachable" && gone.hint.contains("Wi-Fi")
                    && gone.hint.contains("firewall"))
        }

        @Test func `clone --share makes a mirror without a remote`() throws {
            let (program, words) = try share("--listen", "127.0.0.1:0", "--many")
            let made = try ben.quipu("clone", "--share", words[2], words[3], "caro")
            #expect(
                made.output.contains("cloned \(words[2]) into") && made.output.contains("in sync"), "\(made)")
            #expect(made.errors.contains("it has no remote"), "\(made)")
            let caro = Machine("caro", at: ben.folder + "/caro")
            #expect(try caro.json("remote", "list")["remotes"]?.array?.isEmpty ?? true)
            #expect(try ben.quipu("sync", "--share", words[2], words[3]).exitCode == 0)
            program.terminate()
            #expect(try program.finish().exitCode == 0)
        }

        @Test func `serve --share --json prints the command to type and the text of the QR code`() throws {
            let program = try ana.start("serve", "--share", "--listen", "127.0.0.1:0", "--json")
            let line = try #require(try program.readLine())
            let facts = try JSONParser().parse(line)
            let code = try #require(facts["code"]?.string)
            let address = try #require(facts["addresses"]?.array?.first?.string)
            #expect(facts["command"]?.string == "quipu sync --share \(address) \(code)")
            let scanned = try #require(facts["scan"]?.string)
            #expect(scanned == "QUIPU:\(address)/\(code.uppercased().replacing("-", with: ""))")
            #expect((1_000...1_800).contains(try #require(facts["seconds"]?.number)))
            // What a phone reads from the drawing can be typed as it is.
            try ben.quipu("sync", "--share", scanned)
            #expect(try ben.run(["sync", "--share", scanned, code]).exitCode == 2)
            #expect(try ben.refusal("clone", "--share", scanned, "caro").error == "share-taken")
            program.terminate()
            _ = try program.finish()
        }

        @Test func `a mistyped share code, address or option is refused as wrong usage`() throws {
            for (words, reason) in [
                (["--share", "192.0.2.1", "9ww7-yk3p-ya51-v"], "mistyped"),
                (["--share", "192.0.2.1"], "needs the code"),
                (["--share", "192.0.2.1", "9ww7"], "13 letters"),
                (["--share", "https://x", "9ww7-yk3p-ya51-w"], "address"),
                (["--share", "192.0.2.1", "9ww7-yk3p-ya51-w", "--watch"], "--watch has no effect"),
            ] {
                let outcome = try ben.run(["sync"] + words)
                #expect(outcome.exitCode == 2 && outcome.errors.contains(reason), "\(outcome)")
            }
            for words in [
                ["--many"], ["--share", "--root", "."], ["--share", "--tls-cert", "x", "--tls-key", "y"],
            ] {
                #expect(try ana.run(["serve"] + words).exitCode == 2)
            }
        }

        @Test func `a wrong code is refused by the caller, and ten guesses end the share`() throws {
            let (program, words) = try share("--listen", "127.0.0.1:0")
            let refusal = try ben.refusal("sync", "--share", words[2], "9ww7-yk3p-ya51-w")
            #expect(refusal.error == "wrong-fingerprint" && refusal.hint.contains("nothing was sent"))
            for _ in 0..<10 {
                _ = try ChildProgram(
                    [
                        "curl", "--insecure", "-H", "Authorization: Bearer quipu-share_guess",
                        "https://\(words[2])/v1/share",
                    ],
                    in: place.path, environment: QuipuProcess.environment()
                ).finish()
            }
            let ending = try program.finish()
            #expect(ending.exitCode == 1, "\(ending)")
            #expect(ending.errors.contains("10 wrong codes have ended the share"), "\(ending)")
        }

        @Test func `a proxy in the environment is not used`() throws {
            // Curl takes this for no address of this machine.
            let (program, words) = try share("--listen", "127.1:0")
            let proxied = Machine(
                "ben", at: ben.folder,
                variables: [
                    "https_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1",
                    "ALL_PROXY": "http://127.0.0.1:1",
                ])
            #expect(words[2].hasPrefix("127.1:"))
            let plain = try proxied.refusal("sync", "https://\(words[2])/press", exit: 4)
            #expect(plain.message.contains("port 1 "), "\(plain.message)")
            #expect(try proxied.run(words).exitCode == 0)
            program.terminate()
            _ = try program.finish()
        }

        @Test func `on a terminal serve --share draws a code to scan, and Ctrl-C leaves nothing behind`()
            throws
        {
            let before = Set(try FileManager.default.contentsOfDirectory(atPath: ana.folder + "/.quipu"))
            let terminal = try TerminalProgram(
                [QuipuProcess.path, "serve", "--share", "--listen", "127.0.0.1:0"], in: ana.folder,
                environment: QuipuProcess.environment(adding: ["QUIPU_AUTHOR": "ana", "NO_COLOR": "1"]))
            try terminal.wait(for: "Ctrl-C ends it")
            let lines = terminal.output.split(separator: "\r\n").map(String.init)
            #expect(lines[0].hasPrefix("quipu sync --share 127.0.0.1:"))
            #expect(lines.allSatisfy { $0.count <= 80 })
            if ShareStoryTests.drawsCodes {
                // 25 squares and a quiet zone of 4 on each side, two rows to a line.
                let drawn = lines.filter { $0.allSatisfy { " ▀▄█".contains($0) } }
                #expect(drawn.count == 17 && drawn.allSatisfy { $0.count == 33 }, "\(terminal.output)")
            }
            terminal.type("\u{3}")
            #expect(try terminal.finish() == 0)
            #expect(
                Set(try FileManager.default.contentsOfDirectory(atPath: ana.folder + "/.quipu")) == before)
        }

        private static let drawsCodes =
            FileManager.default.fileExists(atPath: "/usr/lib/x86_64-linux-gnu/libqrencode.so.4")

        @Test(.enabled(if: NetworkPair.isAvailable, "network namespaces need root and iproute2"))
        func `two machines in network namespaces sync with serve --share and nothing else`() throws {
            let pair = try NetworkPair(
                ["169.254.7.9/16", "192.168.43.17/24"], ["169.254.8.8/16", "192.168.43.18/24"])
            let there = Machine("ana", at: ana.folder, prefix: pair.prefixes[0])
            let here = Machine(
                "ben", at: ben.folder, prefix: pair.prefixes[1],
                variables: [
                    "HTTPS_PROXY": "http://192.168.43.99:3128", "https_proxy": "http://192.168.43.99:3128",
                ])
            try here.quipu("add", "article", "title=The bridge opens")
            let (program, words) = try share(on: there)
            // The port is the usual one, so it is not said.
            #expect(words[2] == "192.168.43.17")
            #expect(try program.waitUntilWarned(of: "this machine is also at 169.254.7.9"))
            let synced = try here.run(words)
            #expect(synced.exitCode == 0 && synced.output.contains("in sync with 192.168.43.17"), "\(synced)")
            try expectSame(ana, ben)
            // The address that the machines gave themselves reaches it too.
            try here.quipu("sync", "--share", "169.254.7.9", words[3])
            program.send(SIGINT)
            #expect(try program.finish().exitCode == 0)
            #expect(
                try here.refusal("sync", "--share", words[2], words[3], exit: 4).error == "remote-unreachable"
            )
            let alone = try NetworkPair([], [])
            let lonely = Machine("ana", at: ana.folder, prefix: alone.prefixes[0])
            #expect(try lonely.refusal("serve", "--share").error == "no-network")
        }
    }
}
