import Foundation
import QuipuHTTPClient
import QuipuHTTPServer
import Testing

@Suite struct `Requests travel over TLS` {
    private func serving() throws -> HTTPListener {
        var configuration = HTTPListener.Configuration()
        configuration.certificate = .init(chain: Loopback.certificate, key: Loopback.key)
        configuration.maximumBodyBytes = 1_000_000
        return try HTTPListener(configuration: configuration) { head in
            .accept(
                BufferedRequestHandler(limitBytes: 1_000_000) { body in
                    HTTPResponse(status: 200, body: .bytes(Array(head.path.utf8) + body))
                })
        }
    }

    private func withTrust<Result>(_ body: (HTTPSession) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pem")
        try Data(Loopback.certificate.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var configuration = HTTPSession.Configuration()
        configuration.caFile = file.path
        return try body(HTTPSession(configuration: configuration))
    }

    @Test func `TLS requests to a trusted server reuse one connection`() throws {
        let server = try serving()
        defer { server.stop() }
        try withTrust { client in
            for number in 0..<3 {
                let (response, body) = try client.collect(
                    HTTPClientRequest(
                        method: "POST", url: "https://localhost:\(server.port)/\(number)",
                        body: .bytes([UInt8](repeating: 65, count: 300_000))))
                #expect(response.status == 200)
                #expect(response.reusedConnection == (number > 0))
                #expect(body.count == 300_002)
            }
        }
    }

    @Test func `a TLS connection to an untrusted server is refused`() throws {
        let server = try serving()
        defer { server.stop() }
        let request = HTTPClientRequest(method: "GET", url: "https://localhost:\(server.port)/")
        let error = #expect(throws: HTTPClientError.self) { try HTTPSession().collect(request) }
        #expect(error?.code == .tls)
    }

    @Test func `a TLS client and a plain HTTP server refuse each other, in both directions`() throws {
        let plain = try HTTPListener { _ in .respond(HTTPResponse(status: 204)) }
        defer { plain.stop() }
        let encrypted = try serving()
        defer { encrypted.stop() }
        func code(_ url: String) -> HTTPClientError.Code? {
            do throws(HTTPClientError) {
                _ = try HTTPSession().collect(HTTPClientRequest(method: "GET", url: url))
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("https://127.0.0.1:\(plain.port)/") == .tls)
        #expect(code("http://127.0.0.1:\(encrypted.port)/") == .cut)
    }

    @Test func `a pinned key takes the place of all other trust`() throws {
        let server = try serving()
        defer { server.stop() }
        func session(pinning key: String) -> HTTPSession {
            var configuration = HTTPSession.Configuration()
            configuration.pinnedPublicKey = key
            return HTTPSession(configuration: configuration)
        }
        // Nobody vouches for the certificate, and it is for another name.
        let (own, other) = (
            "sha256//Mw6OZCh9ceT/gHEhVUGMKHbUY4FxNGGOs2g7c5QsLo4=",
            "sha256//GCR2P3A5whW3JfyW6gyRIJZLHkg5Gktvs5mob/wRJbA="
        )
        let request = HTTPClientRequest(method: "GET", url: "https://127.1:\(server.port)/")
        #expect(try session(pinning: own).collect(request).response.status == 200)
        for key in [other, "sha256//", "sha256//nonsense", "", "/nonexistent"] {
            let error = #expect(throws: HTTPClientError.self) { try session(pinning: key).collect(request) }
            #expect(error?.code == .otherKey, "\(key)")
        }
        let plain = try HTTPListener { _ in .respond(HTTPResponse(status: 204)) }
        defer { plain.stop() }
        #expect(throws: HTTPClientError.self) {
            try session(pinning: own).collect(
                HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(plain.port)/"))
        }
    }

    @Test func `part of a file is served over TLS`() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        let content = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        try Data(content).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try #require(OpenFile(path: url.path))
        var configuration = HTTPListener.Configuration()
        configuration.certificate = .init(chain: Loopback.certificate, key: Loopback.key)
        let server = try HTTPListener(configuration: configuration) { _ in
            .respond(HTTPResponse(status: 206, body: .file(file, 1000..<399_999)))
        }
        defer { server.stop() }
        try withTrust { client in
            let request = HTTPClientRequest(method: "GET", url: "https://localhost:\(server.port)/")
            let body = try client.collect(request).body
            #expect(body == Array(content[1000..<399_999]))
        }
    }

    @Test func `a TLS connection keeps its certificate when the server replaces its own`() throws {
        let server = try serving()
        defer { server.stop() }
        let request = HTTPClientRequest(method: "GET", url: "https://localhost:\(server.port)/")
        try withTrust { client in
            #expect(try client.collect(request).response.status == 200)
            let other = HTTPListener.Certificate(chain: OtherLoopback.certificate, key: OtherLoopback.key)
            let broken = [
                HTTPListener.Certificate(chain: Loopback.certificate, key: OtherLoopback.key),
                HTTPListener.Certificate(chain: "", key: OtherLoopback.key),
                HTTPListener.Certificate(chain: OtherLoopback.certificate, key: "nonsense"),
            ]
            for certificate in broken {
                #expect(throws: HTTPServerError.self) { try server.replaceCertificate(certificate) }
            }
            #expect(try withTrust { try $0.collect(request).response.status } == 200)
            try server.replaceCertificate(other)
            let (response, _) = try client.collect(request)
            #expect(response.status == 200 && response.reusedConnection)
            let error = #expect(throws: HTTPClientError.self) {
                try withTrust { try $0.collect(request) }
            }
            #expect(error?.code == .tls)
        }
    }

    @Test func `a body that is too long is refused over TLS`() throws {
        let server = try serving()
        defer { server.stop() }
        try withTrust { client in
            let (response, _) = try client.collect(
                HTTPClientRequest(
                    method: "POST", url: "https://127.0.0.1:\(server.port)/",
                    body: .bytes([UInt8](repeating: 65, count: 1_000_001))))
            #expect(response.status == 413)
        }
    }
}

/// Another one like it.
private enum OtherLoopback {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBZjCCAQ2gAwIBAgIBAjAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCCofz+Acs0EEAxl
        aBWKuIV7lCFy+hCc+/CfpZEfKzILRZv3zqszcNuIDTOpaJHjo4nlH+wkoYpprJAV
        fyTX6AijTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0
        hwR/AAABMB0GA1UdDgQWBBQlWiJe15UybV4FG8kYHYenZtCeODAKBggqhkjOPQQD
        AgNHADBEAiBek9JPC+bprU8zvdxtCpSBvJ3PhAMELvOg1gU5+IErWwIgFkRTnP7I
        3z3STM6j5X3O60GKhWKw/I5fiLzdOePKOxE=
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyaoOrI0j8qrDZ0Mp
        3hq5Mgn8/0st3C+DJGaYRgcR+umhRANCAAQgqH8/gHLNBBAMZWgViriFe5QhcvoQ
        nPvwn6WRHysyC0Wb986rM3DbiA0zqWiR46OJ5R/sJKGKaayQFX8k1+gI
        -----END PRIVATE KEY-----
        """
}

/// A certificate that vouches for itself and for nothing but the loopback of a test, and its key, which is
/// thus no secret. Valid until 2120.
private enum Loopback {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBaDCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABE3EGOjSPbvPahq5
        N92utLLi8/0BJX72u+UC2ILzrJTDzGYElzk+I2TRtoStfRvzasPZTQkfbv+pYbcJ
        yX0jQ92jTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0
        hwR/AAABMB0GA1UdDgQWBBRq6suoyfbdoBRy/1KMyBYxEjMu+TAKBggqhkjOPQQD
        AgNJADBGAiEAwyuZhttZjd/5eH1eAwhlAUy1dMw83GOqNvhspoyE+HkCIQChwas1
        bNu9Xq+zM0nwNK1fl6aXRIO7Z3A95pKKA/SDWA==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4S0TSfkOGvMEiThr
        vJQLNRFYHnrIsnIiGNJO1++BfcmhRANCAARNxBjo0j27z2oauTfdrrSy4vP9ASV+
        9rvlAtiC86yUw8xmBJc5PiNk0baErX0b82rD2U0JH27/qWG3Ccl9I0Pd
        -----END PRIVATE KEY-----
        """
}
