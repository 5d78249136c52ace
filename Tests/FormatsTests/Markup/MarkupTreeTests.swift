import Testing

@testable import QuipuFormats

@Suite struct MarkupTreeTests {
    private func xml(_ text: String) throws -> MarkupTree { try MarkupTree.xml(Array(text.utf8)) }

    @Test func `elements have local names and namespaces and attributes and text`() throws {
        let tree = try xml(
            "<a:feed xmlns:a=\"urn:a\" xmlns:m=\"urn:m\"><a:title m:lang=\"es\" lang=\"en\">T &amp; x</a:title><b/></a:feed>"
        )
        let root = try #require(tree.root)
        #expect(root.name == "feed" && root.namespace == "urn:a" && root.prefix == "a")
        let title = try #require(root.child("title"))
        #expect(title.text == "T & x")
        #expect(title.attribute("lang") == "en")
        #expect(title.attribute("lang", in: "urn:m") == "es")
        #expect(root.children.map(\.name) == ["title", "b"])
        #expect(title.parent == root)
    }

    @Test func `unknown entities and bare ampersands in XML keep their text`() throws {
        let root = try #require(
            try xml("<r><l>https://x.org/?a=1&b=2&copy=3</l><t>A&nbsp;&mdash;&#150;AT&T &foo; 1 < 2</t></r>")
                .root)
        #expect(root.child("l")?.text == "https://x.org/?a=1&b=2&copy=3")
        #expect(root.child("t")?.text == "A\u{A0}——".replacing("——", with: "—–") + "AT&T &foo; 1 < 2")
    }

    @Test func `an element that is not closed ends with the one it is in`() throws {
        let root = try #require(try xml("<r><item><title>One</item><item><t>Two</t></i></item></r>").root)
        #expect(root.all("item").map(\.text) == ["One", "Two"])
    }

    @Test func `CDATA is text and document types and entities of their own are passed over`() throws {
        let tree = try xml(
            "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"x>\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><r>&b;<![CDATA[<i>&amp;]]></r>"
        )
        #expect(tree.root?.text == "&b;<i>&amp;")
    }

    @Test func `ten thousand elements inside one another are read and far more are refused`() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "<d>", count: count) + "x" + String(repeating: "</d>", count: count)
        }
        #expect(try xml(nested(10_000)).root?.text == "x")
        let page = try MarkupTree.html(utf8: Array(nested(10_000).replacing("d>", with: "div>").utf8))
        #expect(page.document.text == "x")
        #expect(ReadingText.of(page.document, base: nil) == "x")
        #expect(throws: MarkupFailure.self) { try xml(nested(30_000)) }
    }

    @Test func `HTML is read as browsers read it`() throws {
        let tree = try MarkupTree.html(
            utf8: Array(
                """
                <!doctype html><title>A &hellip; b</title><script>var a = "<p>no</p>";</script>
                <p>One<p>Two &copy 5 &commat; <a href="?a=1&b=2&amp;c=3">x</a><wbr>y</p><svg><text>no</text><svg></svg></svg>
                <script type="application/ld+json">{"a": "<b>&amp;"}</script><p onclick="x()">Three
                """.utf8))
        #expect(tree.first("title") == "A … b")
        #expect(tree.document.all("p").map(\.text).count == 3)
        #expect(tree.document.first("a")?.attribute("href") == "?a=1&b=2&c=3")
        #expect(tree.document.all("p")[1].text.contains("© 5 @"))
        #expect(tree.document.first("script")?.text == "{\"a\": \"<b>&amp;\"}")
        #expect(!tree.document.text.contains("no"))
        #expect(tree.document.all("p")[2].attribute("onclick") == nil)
    }

    @Test func `a cut document is read as far as it goes`() throws {
        let page = Array(
            "<html><body><p class=\"a\">One &amp; two</p><!-- c --><ul><li>x</li></ul></body></html>".utf8)
        let feed = Array("<r a=\"1\"><i><t>x &amp; y</t><![CDATA[z]]></i><!-- c --><i/></r>".utf8)
        for end in 0...page.count { _ = try MarkupTree.html(utf8: Array(page.prefix(end))) }
        for end in 0...feed.count { _ = try MarkupTree.xml(Array(feed.prefix(end))) }
    }
}

extension MarkupTree {
    fileprivate func first(_ name: String) -> String? { document.first(name)?.text }
}
