import QuipuHTTPClient
import QuipuHTTPServer
import Synchronization
import Testing

/// Who follows the words of a stranger's server does not ask this machine's own.
@Suite struct PrivateAddressTests {
    private final class Count: Sendable { let requests = Atomic(0) }

    /// The first are told by their text; 127.1 only by the address that it turns out to be.
    @Test(arguments: ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "0.0.0.0"])
    func `a session that refuses private addresses connects to none, however they are written`(host: String)
        throws
    {
        let count = Count()
        let server = try HTTPListener { _ in
            count.requests.add(1, ordering: .relaxed)
            return .respond(.init(status: 204))
        }
        defer { server.stop() }
        var configuration = HTTPSession.Configuration()
        configuration.refusesPrivateAddresses = true
        configuration.usesProxy = false
        let session = HTTPSession(configuration: configuration)
        let error = #expect(throws: HTTPClientError.self) {
            try session.collect(HTTPClientRequest(method: "GET", url: "http://\(host):\(server.port)/"))
        }
        #expect(error?.code == .privateAddress)
        #expect(count.requests.load(ordering: .relaxed) == 0)
    }

    @Test func `a response says whether it came from a private address`() throws {
        let server = try HTTPListener { _ in .respond(.init(status: 204)) }
        defer { server.stop() }
        let (response, _) = try HTTPSession().collect(
            HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/"))
        #expect(response.isFromPrivateAddress)
    }

    @Test func `references are resolved against the address that they stand at`() {
        let base = "https://example.org/a/b?c=1#d"
        #expect(URLReference.resolve("../e", against: base) == "https://example.org/e")
        #expect(URLReference.resolve("//other.org/x", against: base) == "https://other.org/x")
        #expect(URLReference.resolve("https://third.org", against: base) == "https://third.org/")
        #expect(URLReference.resolve("file:///etc/passwd", against: base) == "file:///etc/passwd")
        #expect(URLReference.resolve("?q=ä", against: base)?.hasPrefix("https://example.org/a/b?q=") == true)
        #expect(URLReference.resolve("x", against: "no address") == nil)
    }
}
