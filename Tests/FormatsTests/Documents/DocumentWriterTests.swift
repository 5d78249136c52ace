import QuipuCanonicalJSON
import Testing

@testable import QuipuFormats

@Suite struct DocumentWriterTests {
    private func json(_ text: String) -> [UInt8] { JSONValue.string(text).canonicalBytes() }

    private func document(_ number: Int = 1, title: String = "High water", body: String = "The river rose.")
        -> ExportDocument
    {
        let id = "018f6b6e-7a51-7cc2-9d2c-00000000000\(number)"
        let remark = ExportRecord(
            id: "018f6b6e-7a51-7cc2-9d2c-0000000000a\(number)", kind: "annotation",
            fields: [
                ("quote", Array(#"{"exact":"river"}"#.utf8)), ("text", json("Which one?")),
                ("tags/flood", Array("true".utf8)),
            ])
        return ExportDocument(
            record: ExportRecord(
                id: id, kind: "article",
                fields: [
                    ("title", json(title)), ("body", json(body)),
                    ("author", Array(#"["Ruiz, Ana","Jo"]"#.utf8)),
                    ("date", json("2026-03-04")), ("url", json("https://example.org/?a=1&b=2")),
                    ("x-section", json("News")),
                    ("tags/river & sea", Array("true".utf8)),
                ]),
            parts: [.init(record: remark, author: "Ana", day: "2026-03-05", passage: 4..<9)],
            collections: ["Floods"])
    }

    @Test func `the checksum of a ZIP archive is the standard CRC-32`() {
        #expect(CRC32.sum(of: Array("123456789".utf8)) == 0xCBF4_3926)
    }

    @Test func `a book is a ZIP archive that begins with its media type and lists every article`() throws {
        var bytes: [UInt8] = []
        var writer = try EPUBWriter(
            title: "Press & more", identifier: "018f6b6e-7a51-7cc2-9d2c-000000000000", day: "2026-03-06"
        ) {
            bytes += $0
        }
        try writer.write(document())
        try writer.write(document(2, title: "<Low> water"))
        try writer.finish()
        #expect(bytes.starts(with: [0x50, 0x4B, 3, 4]))
        #expect(String(decoding: bytes[30..<58], as: UTF8.self) == "mimetypeapplication/epub+zip")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("<dc:title>Press &amp; more</dc:title>"))
        #expect(text.contains("<li><a href=\"article-2.xhtml\">&lt;Low&gt; water</a></li>"))
        #expect(text.contains("The <mark>river</mark><sup><a href=\"#note-1\">1</a></sup> rose."))
        #expect(text.contains("Which one?"))
        #expect(writer.lost == ["x-section": 2, "tags": 2])
    }

    @Test func `a site has a page an article, lists by collection and tag, and the words of all`() throws {
        var files: [String: String] = [:]
        var writer = SiteWriter(title: "Press") { files[$0] = String(decoding: $1, as: UTF8.self) }
        try writer.write(document())
        try writer.write(document(2, title: "Low water", body: "مياه النهر 高水"))
        try writer.finish()
        let page = try #require(files.first { $0.key.hasPrefix("articles/high-water-") }?.value)
        #expect(page.contains("href=\"https://example.org/?a=1&amp;b=2\""))
        #expect(page.contains("The <mark>river</mark>"))
        #expect(page.contains("Content-Security-Policy"))
        #expect(files["index.html"]?.contains("High water") == true)
        #expect(files.keys.count { $0.hasPrefix("tags/river-sea-") } == 1)
        #expect(files.keys.count { $0.hasPrefix("collections/floods-") } == 1)
        #expect(files["search/words-\(SiteIndex.shard(of: "river")).js"]?.contains("\"river\":[0") == true)
        #expect(files["search/words-\(SiteIndex.shard(of: "高水")).js"]?.contains("\"高水\":[1]") == true)
        #expect(files["search/titles-0.js"]?.contains("Low water") == true)
        #expect(writer.lost == ["x-section": 2])
    }

    @Test func `no link of a site or a book can run anything`() throws {
        var files: [String: String] = [:]
        var writer = SiteWriter(title: "Press") { files[$0] = String(decoding: $1, as: UTF8.self) }
        let record = ExportRecord(
            id: "018f6b6e-7a51-7cc2-9d2c-000000000001", kind: "article",
            fields: [("title", json("\"><script>")), ("url", json("javascript:alert(1)"))])
        try writer.write(ExportDocument(record: record))
        try writer.finish()
        let pages = files.filter { $0.key.hasSuffix(".html") }.values
        #expect(!pages.contains { $0.contains("href=\"javascript:") || $0.contains("><script>\"") })
        #expect(files["index.html"]?.contains("&quot;&gt;&lt;script&gt;") == true)
    }
}
