import Testing

@testable import QuipuNaturalKeys

/// Frozen vectors: record ids in archives depend on every one. Add to them; never change one.
@Suite struct CanonicalURLTests {
    static let vectors: [(String, String)] = [
        ("http://example.org", "https://example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("  HTTPS://Example.ORG/Path  ", "https://example.org/Path"),
        ("http://www.example.org/a/", "https://example.org/a"),
        ("https://www.example.org.", "https://example.org/"),
        ("https://www.com/", "https://www.com/"),
        ("https://www.www.example.org/", "https://example.org/"),
        ("https://www2.example.org/", "https://www2.example.org/"),
        ("http://example.org:80/a", "https://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:443/a", "https://example.org/a"),
        ("http://example.org:8080/a", "https://example.org:8080/a"),
        ("http://example.org:08080/a", "https://example.org:8080/a"),
        ("http://example.org:/a", "https://example.org/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org#part?x=1", "https://example.org/"),
        ("https://example.org?x=1", "https://example.org/?x=1"),
        ("https://example.org/a/./b/../c/", "https://example.org/a/c"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/a/%2E%2e/b", "https://example.org/b"),
        ("https://example.org/a/..", "https://example.org/"),
        ("https://example.org/a//b///", "https://example.org/a//b"),
        ("https://example.org/%7euser/%c3%a9%2f", "https://example.org/~user/%C3%A9%2F"),
        ("https://example.org/é ü", "https://example.org/%C3%A9%20%C3%BC"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%zz", "https://example.org/%25zz"),
        ("https://example.org/%2525", "https://example.org/%2525"),
        ("https://example.org/a|b", "https://example.org/a%7Cb"),
        ("https://example.org/a?utm_source=x&b=2&a=1&UTM_Medium=y", "https://example.org/a?b=2&a=1"),
        ("https://example.org/a?fbclid=1", "https://example.org/a"),
        ("https://example.org/a?gclid=1&mc_cid=2&mc_eid=3&igshid=4&id=5", "https://example.org/a?id=5"),
        ("https://example.org/a?%75tm_source=x", "https://example.org/a"),
        ("https://example.org/a?&&x=1&", "https://example.org/a?x=1"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?q=a+b%20c&u=http://x/?y", "https://example.org/a?q=a+b%20c&u=http://x/?y"),
        ("https://example.org/a?utmost=1&ref=2", "https://example.org/a?utmost=1&ref=2"),
        ("https://example.org/case?ref=20/00123/FUL", "https://example.org/case?ref=20/00123/FUL"),
        ("https://example.org/a?x=1&REF=Twitter&ref=&ref=news.example.org", "https://example.org/a?x=1"),
        (
            "https://example.org/a?ncid=rss&authuser=0&smid=tw-share&at_medium=RSS&ref=rss",
            "https://example.org/a"
        ),
        ("https://example.org/a?at_custom1=x&at_campaign=y&AT_BBC_team=z&at=1", "https://example.org/a?at=1"),
        ("https://example.org/a?hsa_acc=1&__hstc=2&_kx=3&xtor=RSS-8&maca=en-rss", "https://example.org/a"),
        (
            "https://example.org/a?source=1&cid=2&from=3&share=4",
            "https://example.org/a?source=1&cid=2&from=3&share=4"
        ),
        (
            "https://example.org/watch?v=1&feature=share&si=2",
            "https://example.org/watch?v=1&feature=share&si=2"
        ),
        ("https://www.youtube.com/watch?v=1&feature=share&si=2&t=3", "https://youtube.com/watch?v=1&t=3"),
        ("https://m.youtube.com:8080/watch?v=1&si=2", "https://m.youtube.com:8080/watch?v=1"),
        ("https://notyoutube.com/watch?v=1&si=2", "https://notyoutube.com/watch?v=1&si=2"),
        ("https://www.theguardian.com/a?CMP=share_btn_tw&page=2", "https://theguardian.com/a?page=2"),
        ("https://example.org/forum/#!forum/dev", "https://example.org/forum#!forum/dev"),
        ("https://example.org/#!about", "https://example.org/#!about"),
        ("http://example.org/index.html#book/1/read/16", "https://example.org/index.html#book/1/read/16"),
        ("https://example.org/app?x=1#/page/2/", "https://example.org/app?x=1#/page/2"),
        ("https://example.org/app#/page?id=2&utm_source=x", "https://example.org/app#/page?id=2"),
        ("https://example.org/app#/caf%c3%a9/%7e|", "https://example.org/app#/caf%C3%A9/~%7C"),
        ("https://example.org/app#/", "https://example.org/app"),
        ("https://example.org/app#!/", "https://example.org/app"),
        ("https://example.org/app#!", "https://example.org/app"),
        ("https://example.org/a#section-2", "https://example.org/a"),
        ("https://example.org/a#?x=b/c", "https://example.org/a"),
        ("https://example.org/a#utm_source=b/c", "https://example.org/a"),
        ("https://example.org/a#:~:text=and/or", "https://example.org/a"),
        ("https://example.org/a#/b:~:text=c", "https://example.org/a#/b"),
        ("https://EXÄMPLE.org/", "https://exämple.org/"),
        ("https://exa\u{308}mple.org/", "https://exämple.org/"),
        ("https://xn--exmple-cua.org/", "https://exämple.org/"),
        ("https://www.XN--MNCHEN-3YA.de:8080/a", "https://münchen.de:8080/a"),
        ("https://news.xn--80aswg.xn--p1ai/", "https://news.сайт.рф/"),
        ("https://xn--fiq228c5hs.com/", "https://中文网.com/"),
        // None that is Punycode, and one that would be written otherwise.
        ("https://xn--/", "https://xn--/"),
        ("https://xn--a/", "https://xn--a/"),
        ("https://xn--99999999999999999999.org/", "https://xn--99999999999999999999.org/"),
        ("https://ex%C3%A4mple.org/", "https://exämple.org/"),
        ("http://[2001:DB8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("http://[::1]:80", "https://[::1]/"),
        ("http://127.0.0.1/x", "https://127.0.0.1/x"),
    ]

    @Test(arguments: vectors)
    func `a URL has one canonical form`(given: String, expected: String) {
        let canonical = CanonicalURL.canonicalize(given)
        #expect(canonical.map { Array($0.utf8) } == Array(expected.utf8), "\(canonical ?? "nil")")
    }

    @Test(arguments: vectors)
    func `the canonical form of a URL is its own canonical form`(given: String, expected: String) {
        #expect(CanonicalURL.canonicalize(expected) == expected)
    }

    @Test(arguments: [
        "", "example.org", "//example.org/", "ftp://example.org/", "mailto:a@example.org", "http://",
        "https:///a",
        "http://?x", "https://exa mple.org/", "https://example.org:99999/", "https://example.org:8o/",
        "https://[::1/", "https://[]/", "https://[zz^]/", "https://a%00b/", "https://a%ffb/",
        "https://a%2fb/",
        "https://a<b/", "https://example.org/a\nb", "javascript:alert(1)", "https://.", "https://user@",
        "https://..", "https://a../", "https://.a/", "https://a..b/",
        "https://" + String(repeating: "a", count: CanonicalURL.maximumBytes),
    ])
    func `a text that is not a web address has no canonical form`(given: String) {
        #expect(CanonicalURL.canonicalize(given) == nil)
    }

    /// All texts of so many of these pieces at most.
    private static func texts(of pieces: [String], atMost count: Int) -> [String] {
        var all = [""]
        var longest = all
        for _ in 0..<count {
            longest = longest.flatMap { text in pieces.map { text + $0 } }
            all += longest
        }
        return all
    }

    @Test func `the fast path for ordinary addresses matches the full rules`() {
        let hosts = Self.texts(of: ["www.", "www", "a", ".", "-b", "C", "1:"], atMost: 4)
        let paths = Self.texts(of: ["/", "a", ".", "..", "%41", "~", "B", "?x", "#", "é", " "], atMost: 3)
        var addresses = Self.vectors.map(\.0)
        for scheme in ["http://", "https://", "HTTPS://", "ftp://"] {
            for host in hosts { addresses += ["/", "/a", "/a/b.html"].map { scheme + host + $0 } }
            for path in paths { addresses += ["www.a.org", "a"].map { scheme + $0 + path } }
        }
        var ordinary = 0
        for address in addresses {
            guard let found = OrdinaryURL.canonicalize(address) else { continue }
            ordinary += 1
            #expect(found == CanonicalURL.canonicalizeByTheRules(address), "\(address)")
        }
        #expect(ordinary > 1_000)
    }

    @Test(arguments: [
        ("https://example.org/a?ref=20/1", ["https://example.org/a"]),
        ("https://xn--mnchen-3ya.de/a", ["https://xn--mnchen-3ya.de/a"]),
        ("https://münchen.de/a?ref=x1", ["https://münchen.de/a", "https://xn--mnchen-3ya.de/a"]),
        ("https://example.org/a?ref=rss", []), ("https://example.org/a/b", []), ("mailto:a@example.org", []),
    ])
    func `the forms of earlier versions are told where they differ`(address: String, former: [String]) {
        #expect(CanonicalURL.formerForms(address) == former)
    }

    /// Where each parameter is held against each label, it takes hours.
    @Test(.timeLimit(.minutes(10)), arguments: ["a.", "youtube.com.", "com."])
    func `an address of thousands of labels and parameters is canonical at once`(label: String) {
        let host = String(repeating: label, count: 30_000 / label.utf8.count) + "youtu.be"
        let address =
            "https://" + host + "/?" + Array(repeating: "b", count: 15_000).joined(separator: "&")
        #expect(CanonicalURL.canonicalize(address + "&si=1") == address)
    }
}
