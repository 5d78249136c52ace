import Testing

@testable import QuipuFormats

/// XHTML has the syntax of XML, wherever it comes from.
@Suite struct XMLSyntaxTests {
    private static let after = "<p>What stands behind it is text.</p>"
    /// Elements that HTML has swallow what follows, where they end with `/>`.
    private static let selfClosing = [
        "<title/>", "<script src=\"a.js\"/>", "<style/>", "<iframe src=\"a\"/>", "<textarea/>", "<noscript/>",
        "<video src=\"a\"/>", "<audio src=\"a\"/>", "<object data=\"a\"/>", "<select/>", "<template/>",
        "<button/>",
        "<a id=\"x\"/>", "<aside/>", "<del/>", "<svg/>", "<math/>", "<canvas/>", "<dialog/>",
    ]

    private func page(_ body: String, head: String = "") -> String {
        """
        <?xml version="1.0" encoding="utf-8"?><!DOCTYPE html [<!ENTITY a "b>">]>
        <html xmlns="http://www.w3.org/1999/xhtml"><head>\(head)</head><body>\(body)</body></html>
        """
    }

    private func text(_ html: String) throws -> String {
        ReadingText.of(try MarkupTree.html(Array(html.utf8)).document, base: nil)
    }

    @Test(arguments: selfClosing) func `in XHTML an element that ends with a slash is empty`(element: String)
        throws
    {
        #expect(try text(page(element + Self.after)) == "What stands behind it is text.")
        #expect(try text(page(Self.after, head: element)) == "What stands behind it is text.")
        // Declared by its namespace alone, or by what names it.
        let named = page(element + Self.after).split(separator: "\n").last.map(String.init) ?? ""
        #expect(try text(named) == "What stands behind it is text.")
        let bytes = Array("<html><body>\(element)\(Self.after)</body></html>".utf8)
        let told = try MarkupTree.html(bytes, isXHTML: true)
        #expect(ReadingText.of(told.document, base: nil) == "What stands behind it is text.")
    }

    @Test func `in XHTML what stands in CDATA is text, and an instruction ends at its question mark`() throws
    {
        #expect(
            try text(page("<p>A <![CDATA[<i> & x]]> z</p><?php echo \"1 > 0\" ?><p>B</p>"))
                == "A <i> & x z\n\nB")
        #expect(try text(page("<p>A <![CDATA[x")).hasPrefix("A x"))
    }

    @Test func `in XHTML elements without content stay such, and are not closed once more`() throws {
        #expect(
            try text(page("<p>A<br/>B<wbr/>C</p><hr/><p>D <img src=\"a\" alt=\"a map\"/></p>"))
                == "A\nBC\n\n---\n\nD a map")
    }

    @Test func `in HTML a slash before the end of a tag says nothing, nor in XHTML behind a bare value`()
        throws
    {
        #expect(try text("<!doctype html><p>A <b/>B</b> C</p>") == "A B C")
        #expect(try text("<!doctype html><p>A</p><style/>p {}</style><p>B</p>") == "A\n\nB")
        let bare =
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><a href=https://example.org/>a link</a></body></html>"
        #expect(try text(bare).hasPrefix("[a link](https://example.org"))
    }

    @Test func `a saved page in XHTML has its text`() throws {
        let reading = try Reading(
            page(
                "<article><p>The river rose in the night and the people of the town went up the hill.</p></article>",
                head: "<title>A page</title><script type=\"text/javascript\" src=\"a.js\"/>"))
        #expect(reading.items.first?.text("title") == "A page")
        #expect(reading.items.first?.text("body")?.hasPrefix("The river rose") == true)
    }

    @Test func `no reader of XML sees a reference in an attribute`() throws {
        let tree = try MarkupTree.xml(
            Array(
                "<r a='1&amp;2' b=\"&lt;&gt;&quot;&apos;\" c=\"x?a=1&b=2&#38;c=3\" d=\"&nbsp;&eacute;\">&amp;</r>"
                    .utf8))
        let root = try #require(tree.root)
        #expect(root.attribute("a") == "1&2")
        #expect(root.attribute("b") == "<>\"'")
        #expect(root.attribute("c") == "x?a=1&b=2&c=3")
        #expect(root.attribute("d") == "\u{A0}é")
        #expect(root.text == "&")
        let feed = try Reading(
            """
            <feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="http://ex.org/feed?a=1&amp;b=2"/><entry><title>T</title>
            <id>1</id><link href="http://ex.org/p?x=1&amp;y=2"/></entry></feed>
            """)
        #expect(feed.items.first?.text("url") == "http://ex.org/p?x=1&y=2")
        #expect(feed.items.first?.producer == "feed:http://ex.org/feed?a=1&b=2")
    }
}
