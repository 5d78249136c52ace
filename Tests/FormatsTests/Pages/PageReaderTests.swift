import Testing

@testable import QuipuFormats

@Suite struct PageReaderTests {
    private func fields(_ html: String) throws -> [String: String] {
        let reading = try Reading(html)
        #expect(reading.rejections.isEmpty)
        return try #require(reading.fields.first)
    }

    @Test func `a news page becomes an article with what JSON-LD says of it`() throws {
        let reading = try Reading(PageSamples.news)
        let fields = try #require(reading.fields.first)
        #expect(reading.items.count == 1)
        #expect(fields["title"] == #""The old sluice opens again""#)
        #expect(fields["author"] == #"["Ben Ruiz","Chloé Roux"]"#)
        #expect(fields["date"] == #""2024-05-06T07:08:09+02:00""#)
        #expect(fields["publisher"] == #""The Valley Post""#)
        #expect(fields["abstract"] == #""After three days of rain & worry.""#)
        #expect(fields["language"] == #""en-GB""#)
        #expect(fields["x-extraction"] == #""1""#)
        #expect(reading.items[0].tags == ["Water", "river", "floods"])
        #expect(reading.items[0].modified == "2024-05-07")
        let body = try #require(try reading.items[0]["body"].map { try JSONText.decode($0) })
        #expect(body == PageSamples.text)
    }

    @Test
    func `a page saved by SingleFile has its original address and day, and links are resolved against it`()
        throws
    {
        let fields = try fields(PageSamples.singleFile)
        #expect(fields["url"] == #""https://blog.example.org/2023/wasser#main""#)
        #expect(fields["x-saved"]?.contains("May 07 2024") == true)
        #expect(fields["title"] == #""Wasser im Mai""#)
        #expect(fields["language"] == #""de""#)
        let body = try #require(fields["body"])
        #expect(body.contains("[im alten Eintrag](https://blog.example.org/2022/fluss)"))
        #expect(body.contains("Der Fluss am Morgen"))
        #expect(!body.contains("Hidden words") && !body.contains("base64"))
    }

    @Test func `a journal's page has its authors and DOI and tables as lines`() throws {
        let fields = try fields(PageSamples.journal)
        #expect(fields["title"] == #""Sediment after floods: a review""#)
        #expect(fields["author"] == #"["Ana Quispe","Chloé Roux"]"#)
        #expect(fields["date"] == #""2021-03""#)
        #expect(fields["doi"] == #""10.1234/rivers.2021.5""#)
        #expect(fields["body"]?.contains(#"Year | Depth\n1974 | 2.1"#) == true)
        #expect(fields["body"]?.hasPrefix("\"## 1. Introduction\\n\\nThe river rose") == true)
    }

    @Test func `in an old page in windows-1252, two line breaks start a paragraph`() throws {
        let bytes = PageSamples.old.unicodeScalars.flatMap { scalar -> [UInt8] in
            switch scalar {
            case "“": [0x93]
            case "”": [0x94]
            default: [UInt8(scalar.value)]
            }
        }
        let reading = try Reading(bytes)
        let body = try #require(reading.fields.first?["body"])
        #expect(body.contains(#"1974.\n\n“We had a choice"#))
        #expect(body.hasSuffix(#"spring. Café.""#))
        #expect(reading.remarks == ["it is windows-1252 and was converted to UTF-8"])
    }

    @Test func `a page's author and day are found in its text if nothing else gives them`() throws {
        let fields = try fields(PageSamples.blog)
        #expect(fields["author"] == #"["Ana Quispe"]"#)
        #expect(fields["date"] == #""2022-05-04""#)
        #expect(fields["url"] == #""https://ana.example.net/notes/rain""#)
        #expect(fields["body"]?.contains("By Ana") == false)
    }

    @Test func `a page without an article has the text of the page`() throws {
        let fields = try fields(PageSamples.index)
        #expect(fields["body"] == #""- [One](https://example.org/1)\n- [Two](https://example.org/2)""#)
    }

    @Test(arguments: [
        (
            "High water - The Valley Paper", "<meta property=\"og:site_name\" content=\"The Valley Paper\">",
            "High water"
        ),
        (
            "High water | Valley Paper", "<meta property=\"og:site_name\" content=\"The Valley Paper\">",
            "High water"
        ),
        (
            "Valley Paper » High water", "<meta name=\"application-name\" content=\"Valley Paper\">",
            "High water"
        ),
        (
            "High water · press", "<link rel=\"canonical\" href=\"https://www.press.example/high\">",
            "High water"
        ),
        (
            "High water – press.example", "<link rel=\"canonical\" href=\"https://press.example/high\">",
            "High water"
        ),
        (
            "High water — Press",
            "<script type=\"application/ld+json\">{\"@type\":\"Article\",\"publisher\":{\"name\":\"Press\"}}</script>",
            "High water"
        ),
        // What nothing calls a site is part of a short title.
        ("High water - Part two", "", "High water - Part two"),
        ("Water - Stone", "<meta property=\"og:site_name\" content=\"Press\">", "Water - Stone"),
        // A site alone is its own title.
        ("Press - Press", "<meta property=\"og:site_name\" content=\"Press\">", "Press - Press"),
    ])
    func `the site's name is removed from a page's title if the page or its address name it`(
        written: String, head: String, title: String
    ) throws {
        let html =
            "<html><head><title>\(written)</title>\(head)</head><body><p>The river rose by two metres.</p></body></html>"
        let item = try #require(try Reading(html, as: .html).items.first)
        #expect(item.texts["title"] == "\"\(title)\"")
    }

    @Test func `the address of a front page is not taken for an article that names another one`() throws {
        let fields = try fields(
            "<html><head><link rel=canonical href='https://example.org/'><meta property='og:url' content='https://example.org/a'>"
                + "</head><body><p>Text</p></body></html>")
        #expect(fields["url"] == #""https://example.org/a""#)
    }

    @Test func `scripts, forms and event handlers of a page are left out`() throws {
        let html = PageSamples.news.replacing(
            "</article>",
            with:
                "<p onclick=\"steal()\">Last. <a href=\"javascript:steal()\">x</a><iframe src=\"file:///etc/passwd\">y</iframe></p></article>"
        )
        let body = try #require(try fields(html)["body"])
        for word in ["steal", "passwd", "never shown", "Subscribe", "Share this", "comment by", "imprint"] {
            #expect(!body.contains(word), "\(word)")
        }
    }

    @Test func `the page itself is kept as an attachment on request`() throws {
        var options = SourceOptions()
        options.keepsOriginals = true
        let bytes = Array(PageSamples.blog.utf8)
        let reading = try Reading(
            openSource(ByteSource(bytes: bytes, name: "saved/rain.html"), as: nil, options))
        #expect(reading.items.map(\.kind) == ["article", "attachment"])
        #expect(reading.items[1].texts["name"] == #""rain.html""#)
        #expect(reading.items[1].relations.parent == reading.items[0].relations.key)
        #expect(reading.items[1].relations.file == .bytes(bytes))
    }

    @Test(arguments: ["", " \n", "\0\u{1}\u{2}\0\0\0"])
    func `a file that is not HTML is refused as a page`(text: String) throws {
        let error = #expect(throws: InterchangeError.self) { _ = try Reading(text, as: .html) }
        #expect(error?.hint.isEmpty == false)
    }

    @Test(arguments: [
        PageSamples.news, PageSamples.singleFile, PageSamples.journal, PageSamples.old, PageSamples.blog,
    ])
    func `a page cut anywhere is one article, which says that it seems cut, or a refusal`(html: String) throws
    {
        let bytes = Array(html.utf8)
        for end in stride(from: 1, to: bytes.count, by: 97) {
            let reading = try Reading(Array(bytes[..<end]), as: .html)
            #expect(reading.items.count <= 1 && reading.rejections.count <= 1)
            if let rejection = reading.rejections.first {
                #expect(reading.items.isEmpty != rejection.reason.hasPrefix("it seems cut: "))
            } else {
                #expect(reading.items.count == 1)
            }
        }
    }

    @Test func `ten thousand elements inside one another and a million words are read in bounded time`()
        throws
    {
        let deep = String(repeating: "<div>", count: 10_000) + "<p>Deep</p>"
        #expect(try Reading("<html><body>" + deep).fields.first?["body"] == #""Deep""#)
        let long = "<html><body>" + String(repeating: "<p>a b c d</p>", count: 50_000)
        #expect(try fields(long)["body"]?.utf8.count ?? 0 > 400_000)
    }
}
