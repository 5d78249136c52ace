import QuipuFormats
import Testing

@Suite struct ForeignFormatTests {
    private func failure(_ text: String) -> InterchangeError? {
        #expect(throws: InterchangeError.self) { _ = try Reading(text) }
    }

    @Test(
        arguments: [
            ("<rdf:RDF xmlns:rdf=\"x\" xmlns:z=\"http://www.example.org\"></rdf:RDF>", "an RDF file"),
            ("<?xml version=\"1.0\"?>\n<opml version=\"2.0\"></opml>", "an OPML outline"),
            ("<?xml version=\"1.0\"?>\n<!-- a comment -->\n<records></records>", "an XML file"),
            ("<records><record>a</record></records>\n", "a piece of HTML or XML"),
            ("<svg xmlns=\"x\"></svg>", "an SVG image"),
            ("{\\rtf1\\ansi Text}", "a rich text file (RTF)"),
            ("BEGIN:VCARD\nFN:Ana\nEND:VCARD\n", "a file of contacts (vCard)"),
            ("[1, 2, 3]\n", "JSON without articles"), ("[\"a\", [\"b\"]]", "JSON without articles"),
        ] as [(String, String)])
    func `a text in another format is refused by name with a hint to import it as text`(
        text: String, name: String
    ) throws {
        let error = failure(text)
        #expect(error?.message == "this is \(name), which Quipu does not read yet")
        #expect(error?.code == .unsupportedFormat)
        #expect((error?.remedy?.kind == .importAsText) == true)
        // What somebody wants as text they get.
        #expect(try !Reading(text, as: .text).items.isEmpty)
    }

    @Test(
        arguments: [
            (Array("SQLite format 3\0".utf8), "an SQLite database"),
            ([0x1F, 0x8B, 0x08, 0x00, 1, 2, 3], "compressed with gzip"),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], "a PNG image"),
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10], "a JPEG image"), (Array("GIF89a\0\0\0".utf8), "a GIF image"),
            (Array("PK\u{3}\u{4}\0\0[Content_Types].xml\0word/document.xml".utf8), "a Word document (DOCX)"),
            (Array("PK\u{3}\u{4}\0\0a.txt".utf8), "a ZIP archive"),
            (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "a WebP image"),
            ([0x28, 0xB5, 0x2F, 0xFD, 1, 2], "compressed with zstd"),
        ] as [([UInt8], String)])
    func `a binary format is named and cannot be imported as text`(bytes: [UInt8], name: String) throws {
        for format in [nil, .text, .jsonl, .markdown] as [SourceFormat?] {
            let error = #expect(throws: InterchangeError.self) { _ = try Reading(bytes, as: format) }
            #expect(error?.message == "this is \(name), which Quipu does not read yet")
            #expect((error?.remedy?.kind == .importAsText) == false)
        }
    }

    @Test(
        arguments: [
            "<3 she wrote, and left.", "<Editor's note> The text begins here. It goes on.",
            "<ana@example.org> wrote on Monday: nothing.",
            "<b>Bold</b> words begin this text, and it goes on.",
            "< 5 per cent of them agreed.",
            "@ana said: come {now}. We did.", "@everyone, the strike begins at noon.",
            "@article is a word, not an entry.",
            "@ben(a friend, of hers) said so.",
            "Roses, tulips, and lilies.\nLilies, roses, and tulips.\nDogs, cats, and birds.\n",
            "Water, stone, air,\nfire, wind, rain,\nearth, sand, snow,\n",
            "Title, author\n\nA text follows.", "One line, with commas, and no more",
            "He came, she saw\nThey left, it rained\nWe stayed, all slept\n",
            "Dear Ana,\nI write to you, as agreed,\nBen",
            "From: Ana\nTo: Ben\nSubject: The meeting\n\nWe meet at noon.",
            "From the river to the hills: a walk.\nNote: bring water.",
            "Subject: verbs agree with it.\n\nFrom here on it gets harder.",
            "[1] Smith says so.\n\n[2] Jones does not.", "[Editor's note] Text.", "{curly} text",
            "\"Quoted,\" she said.",
            "%0 of them agreed, % means per cent.", "TY is a code.\n\nER is another.",
            "PK is a short form.", "BZh, GIF8 and ID3 are words here.", "a;b", "word\tmeaning",
            "| Not a table | of articles |\n|---|---|\n| a | b |\n",
            "RIFF, the band, played.", "1,5 million people came, 2,5 million watched.",
        ])
    func `prose is recognised as text`(text: String) throws {
        let reading = try Reading(text)
        #expect(!reading.items.isEmpty && reading.rejections.isEmpty, "\(reading.rejections)")
        #expect(reading.items.allSatisfy { $0["body"] != nil })
    }

    @Test func `other formats in a folder of Markdown are reported once, and HTML in Markdown is Markdown`()
        throws
    {
        let folder = try ScratchFolder()
        try folder.write("a.md", "<div align=\"center\">\n\n# Title\n\n</div>")
        try folder.write("b.md", "<!DOCTYPE html><html><body>page</body></html>")
        try folder.write("c.md", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0])
        try folder.write("d.md", "# D\n\na,b,c\n1,2,3\n4,5,6\n")
        let reading = try Reading(path: folder.path)
        #expect(reading.fields.map { $0["title"] } == [#""Title""#, #""D""#])
        #expect(
            reading.rejections.map(\.reason) == [
                "it is an HTML page, not Markdown",
                "it is a PNG image, not Markdown",
            ])
    }

    @Test(arguments: [
        ("news.rss", "its name is that of a feed, and what stands in it is none"),
        ("letter.eml", "its name is that of a mail message, and what stands in it is none"),
        ("refs.ris", "its name is that of a RIS file, and what stands in it is none"),
        ("page.warc", "its name is that of a web archive (WARC), and what stands in it is none"),
        ("data.xml", "this is an XML file, which Quipu does not read yet"),
        ("page.mhtml", "its name is that of a page with its files (MHTML), and what stands in it is none"),
    ])
    func `an ambiguous file has the format of its extension unless text is requested`(
        file: String, message: String
    ) throws {
        let folder = try ScratchFolder()
        try folder.write(file, "a,b\n1,2\n")
        let path = folder.path + "/" + file
        let error = #expect(throws: InterchangeError.self) { _ = try Reading(path: path) }
        #expect(error?.code == (message.hasPrefix("its") ? .wrongFormat : .unsupportedFormat))
        #expect(error?.message == message)
        #expect((error?.remedy?.kind == .importAsText) == true)
        #expect(try Reading(path: path, as: .text).items.count == 1)
        try folder.write("note.txt", "a,b\n1,2\n")
        #expect(try Reading(path: folder.path + "/note.txt").items.count == 1)
    }

    @Test func `UTF-16 is converted and a remark says so`() throws {
        let text = "{\"title\":\"Späte Ernte 😀\"}\n{\"title\":\"b\"}\n"
        let little = Array(text.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = Array(text.utf16).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, big] {
            let reading = try Reading(bytes)
            #expect(reading.fields.map { $0["title"] } == [#""Späte Ernte 😀""#, #""b""#])
            #expect(reading.remarks == ["it is UTF-16 and was converted to UTF-8"])
        }
        let long = String(repeating: "Ein Satz. ", count: 60_000)
        let reading = try Reading(
            [0xFF, 0xFE] + Array(long.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        #expect(reading.items.first?["body"]?.count == long.utf8.count - 1 + 2)
    }
}
