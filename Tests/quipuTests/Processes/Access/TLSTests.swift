import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A server that other machines reach: under TLS, with a certificate that is renewed while it runs.
    struct TLSTests {
        private let place: TemporaryFolder
        private let root: String
        private let ana: Machine
        private let ben: Machine
        private let token: String

        init() throws {
            place = try TemporaryFolder()
            root = place.path(of: "office")
            ana = try Machine("ana", in: place)
            ben = try Machine("ben", in: place)
            try ana.quipu("init", "--name", "press")
            _ = try ana.add(title: "The bridge opens")
            let outcome = try ana.run(["token", "add", "--root", root, "--admin", "--json"])
            token = try place.write(outcome.json["token"]?.string ?? "", to: "token.txt")
        }

        /// A certificate for this machine that vouches for itself, and its key.
        private func makeCertificate(_ name: String) throws -> (certificate: String, key: String) {
            let (certificate, key) = (place.path(of: name + ".pem"), place.path(of: name + ".key"))
            let words = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
                "-keyout", key, "-out", certificate,
            ]
            let ending = try ChildProgram(words, in: place.path, environment: QuipuProcess.environment())
                .finish()
            try #require(ending.exitCode == 0, "\(ending.errors)")
            return (certificate, key)
        }

        private func serve(_ pair: (certificate: String, key: String), listen: String = "127.0.0.1:0") throws
            -> ServedRoot
        {
            try ServedRoot(
                root, listen: listen, options: ["--tls-cert", pair.certificate, "--tls-key", pair.key])
        }

        /// What a new connection is shown.
        private func shownName(on port: UInt16) throws -> String {
            let script =
                "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>/dev/null | openssl x509 -noout -subject"
            return try ChildProgram(
                ["bash", "-c", script], in: "/", environment: QuipuProcess.environment()
            ).finish().output
        }

        @Test
        func `machines sync with a server under its own certificate once they trust it`() throws {
            let pair = try makeCertificate("first")
            let server = try serve(pair, listen: "0.0.0.0:0")
            #expect(server.url.hasPrefix("https://"))
            let url = "https://localhost:\(server.port)/press"
            try ana.quipu("remote", "add", "origin", url)
            try ana.quipu("remote", "login", input: token)
            let refusal = try ana.refusal("sync", exit: 4)
            #expect(refusal.hint.contains("--ca"))
            try ana.quipu("remote", "login", "--ca", pair.certificate, input: token)
            try ana.sync()
            try ben.quipu("clone", url, ".", "--login", "--ca", pair.certificate, input: token)
            try ben.sync()
            try expectSame(ana, ben)
        }

        @Test
        func `SIGHUP loads a new certificate and keeps the old one if the new one is broken`() throws {
            let (first, second) = (try makeCertificate("first"), try makeCertificate("second"))
            let paths = (certificate: place.path(of: "served.pem"), key: place.path(of: "served.key"))
            func put(_ pair: (certificate: String, key: String)) throws {
                for (from, to) in [(pair.certificate, paths.certificate), (pair.key, paths.key)] {
                    try? FileManager.default.removeItem(atPath: to)
                    try FileManager.default.copyItem(atPath: from, toPath: to)
                }
            }
            try put(first)
            let server = try serve(paths)
            #expect(try shownName(on: server.port).contains("first"))
            try put(second)
            kill(server.program.processID, SIGHUP)
            while !(try shownName(on: server.port).contains("second")) {}
            try Data("no certificate".utf8).write(to: URL(fileURLWithPath: paths.certificate))
            kill(server.program.processID, SIGHUP)
            #expect(try shownName(on: server.port).contains("second"))
            let ending = try server.stop()
            #expect(ending.exitCode == 0)
            #expect(ending.errors.contains("the certificate was reloaded"))
            #expect(ending.errors.contains("the previous certificate stays in use"))
        }

        @Test
        func `unusable certificates and keys are reported as such`() throws {
            let (first, second) = (try makeCertificate("first"), try makeCertificate("second"))
            let empty = try place.write("", to: "empty.pem")
            for (certificate, key) in [
                (first.certificate, second.key), (empty, first.key), (first.certificate, empty),
                (first.key, first.certificate), ("/nowhere.pem", first.key),
            ] {
                let outcome = try ana.run([
                    "serve", "--root", root, "--listen", "127.0.0.1:0", "--tls-cert", certificate,
                    "--tls-key",
                    key, "--json",
                ])
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(outcome.error["hint"]?.string?.isEmpty == false, "\(outcome)")
            }
            let half = try ana.run(["serve", "--root", root, "--tls-cert", first.certificate])
            #expect(half.exitCode == 2)
        }

        @Test
        func `serve answers other machines only with tokens and TLS, or behind a proxy`() throws {
            let plain = try ana.refusal("serve", "--root", root, "--listen", "0.0.0.0:0", exit: 2)
            #expect(plain.message.contains("TLS"))
            let bare = place.path(of: "bare")
            let pair = try makeCertificate("first")
            for options in [["--behind-proxy"], ["--tls-cert", pair.certificate, "--tls-key", pair.key]] {
                let outcome = try ana.run(
                    ["serve", "--root", bare, "--listen", "0.0.0.0:0", "--json"] + options)
                #expect(outcome.exitCode == 2, "\(outcome)")
                #expect(outcome.error["hint"]?.string?.contains("token add") == true, "\(outcome)")
            }
            let behind = try ServedRoot(root, listen: "0.0.0.0:0", options: ["--behind-proxy"])
            #expect(behind.url.hasPrefix("http://"))
        }
    }
}
