import QuipuHTTPServer
import Testing

@testable import QuipuHosting

/// What a browser may ask of a server of `quipu open`, by the header fields that no page can set.
@Suite struct BrowserDoorTests {
    private let filter = BrowserRequestFilter(host: "127.0.0.1", isEncrypted: false, label: "q12345678")

    private func answer(
        _ fields: [(String, String)], host: String = "q12345678.localhost:8420", method: String = "GET",
        isShell: Bool = false
    ) -> String {
        let head = HTTPRequestHead(
            method: method, path: "/", headers: .init([("Host", host)] + fields), localPort: 8_420)
        do {
            try filter.check(head, isOpen: false, isShell: isShell)
            return "ok"
        } catch {
            return (error as? Problem)?.word ?? "?"
        }
    }

    private func navigation(_ site: String) -> [(String, String)] {
        [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]
    }

    @Test(arguments: [
        "q12345678.localhost:8420", "Q12345678.LOCALHOST:8420", "127.0.0.1:8420", "localhost:8420",
        "[::1]:8420",
    ])
    func `requests that name the server's own host are answered`(host: String) {
        #expect(answer([], host: host) == "ok")
    }

    @Test(arguments: [
        "q12345679.localhost:8420", "q12345678.localhost.:8420", "q12345678.localhost:8421",
        "q12345678.localhost",
        "x.q12345678.localhost:8420", "localhost.:8420", "0.0.0.0:8420", "[::ffff:127.0.0.1]:8420",
        "evil.test:8420",
    ])
    func `any other name is refused, although a secret is required`(host: String) {
        #expect(answer([], host: host) == "foreign-host")
    }

    @Test func `from another site only a navigation to the shell is answered`() {
        for site in ["cross-site", "same-site"] {
            #expect(answer(navigation(site), isShell: true) == "ok")
            #expect(answer(navigation(site)) == "foreign-origin")
            #expect(answer(navigation(site), method: "POST", isShell: true) == "foreign-origin")
            #expect(answer([("Sec-Fetch-Site", site)], isShell: true) == "foreign-origin")
            let framed = [
                ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"),
            ]
            #expect(answer(framed, isShell: true) == "foreign-origin")
            let fetched = [
                ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "document"),
            ]
            #expect(answer(fetched, isShell: true) == "foreign-origin")
        }
    }

    @Test func `requests of the page's own origin are answered, and those of another port are refused`() {
        #expect(answer([("Origin", "http://q12345678.localhost:8420")]) == "ok")
        for origin in [
            "http://q12345678.localhost:8421", "https://q12345678.localhost:8420", "http://localhost:8420",
            "http://evil.test", "null",
        ] {
            #expect(answer([("Origin", origin)]) == "foreign-origin", "\(origin)")
            #expect(
                answer(navigation("cross-site") + [("Origin", origin)], isShell: true) == "foreign-origin")
        }
    }
}
