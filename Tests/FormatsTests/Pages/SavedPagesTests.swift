import Testing

@testable import QuipuFormats

/// What programs that save pages make of them, and what pages say of themselves by reference.
@Suite struct SavedPagesTests {
    private static let paragraph =
        "The river rose in the night and the people of the town went up the hill, with all that they could carry."

    @Test
    func
        `of a page that SingleFile saved, shadow trees and frames are read, and what it found hidden is not`()
        throws
    {
        // Longer than an attribute of any other name may be.
        let filler = "<!--" + String(repeating: "x", count: 70_000) + "-->"
        let frame =
            "<html><head><title>No</title><meta property='og:title' content='No'></head><body><p>In the frame: \(Self.paragraph)</p>\(filler)</body></html>"
        let reading = try Reading(
            """
            <!DOCTYPE html><html lang=en><meta charset=utf-8><title>Flood</title><body><article><h1>Flood</h1><p>\(Self.paragraph)</p>
            <p class="x sf-hidden">Not shown.</p>
            <my-part><template shadowrootmode=open><p>In the shadow tree: \(Self.paragraph)</p><template><p>Inert.</p></template></template></my-part>
            <iframe srcdoc="\(frame.replacing("\"", with: "&quot;"))"></iframe><p>Last: \(Self.paragraph)</p></article></body></html>
            """)
        let item = try #require(reading.items.first)
        let body = try #require(item.text("body"))
        #expect(item.text("title") == "Flood")
        #expect(
            body.contains("In the shadow tree: The river") && body.contains("In the frame: The river")
                && body.contains("Last: The"))
        #expect(!body.contains("Not shown") && !body.contains("Inert") && !body.contains("srcdoc"))
    }

    private func message(_ header: String, charset: String = "utf-8") -> String {
        """
        \(header)
        MIME-Version: 1.0
        Content-Type: multipart/related; type="text/html"; boundary="----B"

        ------B
        Content-Type: text/html; charset=\(charset)
        Content-Transfer-Encoding: quoted-printable
        Content-Location: https://ex.org/page?a=3D1

        <html><head><title>A page</title></head><body><article><p>\(Self.paragraph) Sp=C3=A4t=
        er.</p></article></body></html>
        ------B
        Content-Type: image/png
        Content-Transfer-Encoding: base64

        iVBORw0KGgo=
        ------B
        Content-Type: text/html

        <p>A frame</p>
        ------B--

        """
    }

    @Test func `a page with its files is a page with its address, not mail`() throws {
        let saved = message(
            "From: <Saved by Blink>\nSnapshot-Content-Location: https://ex.org/a\nSubject: =?utf-8?Q?S?=\nDate: Wed, 1 Jan 2020 10:00:00 -0000"
        )
        let reading = try Reading(saved)
        #expect(reading.items.map(\.kind) == ["article"] && reading.rejections.isEmpty)
        let item = try #require(reading.items.first)
        #expect(item.text("title") == "A page")
        #expect(item.text("url") == "https://ex.org/a")
        #expect(item.text("body") == Self.paragraph + " Später.")
        #expect(item.text("author") == nil && item.foreignID == nil)
        #expect(item.text("x-saved") == "Wed, 1 Jan 2020 10:00:00 -0000")
        #expect(reading.remarks.contains { $0.contains("1 frame") })
        // As older browsers write it, which say the address of the part alone.
        let old = try Reading(
            message("From: =?utf-8?Q?Gespeichert?=\nSubject: S\nDate: Wed, 1 Jan 2020 10:00:00 -0000"))
        #expect(old.items.first?.text("url") == "https://ex.org/page?a=3D1")
        // Somebody's mail with pictures.
        let mail = try Reading(message("From: a@ex.org\nTo: b@ex.org\nSubject: S\nMessage-ID: <1@ex.org>"))
        #expect(mail.items.first?.producer == "mail")
    }

    @Test func `a page with its files without a page is refused`() throws {
        let text = """
            From: <Saved by Blink>
            Snapshot-Content-Location: https://ex.org/a.png
            MIME-Version: 1.0
            Content-Type: image/png

            iVBORw0KGgo=
            """
        #expect(try Reading(text).rejections.first?.reason.contains("MHTML") == true)
    }

    @Test
    func `authors and publishers that JSON-LD names by reference are found wherever the page describes them`()
        throws
    {
        let item = try #require(
            try Reading(
                """
                <!DOCTYPE html><html><head><title>Flood</title><script type="application/ld+json">{"@graph":[{"@type":"Article",
                "headline":"Flood","author":[{"@id":"#p1"},{"@id":"#p2"},{"@type":"Person","name":"Ben Ruiz"}],"publisher":{"@id":"#o"}},
                {"@type":"Person","@id":"#p1","name":"Jane Doe"},{"@type":"Organization","@id":"#o","name":"The Post"}]}</script>
                <script type="application/ld+json">{"@type":"Person","@id":"#p2","name":"John Roe"}</script></head>
                <body><article><p>\(Self.paragraph)</p></article></body></html>
                """
            ).items.first)
        #expect(item.texts["author"] == #"["Jane Doe","John Roe","Ben Ruiz"]"#)
        #expect(item.text("publisher") == "The Post")
    }

    @Test func `what a page says in a journal's words becomes fields, and a page without text says so`()
        throws
    {
        let reading = try Reading(
            """
            <!doctype html><html><head><title>App</title><meta name="citation_title" content="Cited">
            <meta name="citation_author" content="Berg, Jan"><meta name="citation_author" content="World Health Organization, Geneva">
            <meta name="citation_journal_title" content="J. Hydrol."><meta name="citation_abstract" content="In short.">
            <meta name="citation_doi" content="10.1000/abc.2"></head><body><div id=root></div></body></html>
            """)
        let item = try #require(reading.items.first)
        #expect(item.texts["author"] == #"["Jan Berg","World Health Organization, Geneva"]"#)
        #expect(item.text("publisher") == "J. Hydrol.")
        #expect(item.text("abstract") == "In short.")
        #expect(item.text("body") == nil)
        #expect(reading.remarks == ["no text was found in the page: only what it says of itself was taken"])
    }
}
