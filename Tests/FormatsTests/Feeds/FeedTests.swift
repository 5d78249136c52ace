import QuipuFormats
import Testing

@Suite struct FeedTests {
    private func read(_ text: String, address: String? = nil) throws -> Reading {
        var options = SourceOptions()
        options.address = address
        return try Reading(openSource(ByteSource(bytes: Array(text.utf8), name: "memory"), options))
    }

    @Test func `an RSS item is read with its whole text, its summary and its guid`() throws {
        let reading = try read(FeedSamples.rss)
        let item = try #require(reading.items.first)
        #expect(item.text("title") == "Floods & mills")
        #expect(item.text("url") == "https://valley.example/floods?a=1&b=2")
        #expect(item.text("author") == "Ana Quispe")
        #expect(item.text("date") == "2024-05-06T07:08:09+00:00")
        #expect(item.tags == ["Water", "History"])
        #expect(
            item.text("body")
                == "On Monday the river rose.\n\nNobody was [hurt](https://valley.example/hurt).")
        #expect(item.text("abstract") == "The river rose.")
        #expect(item.foreignID == "https://valley.example/?p=17")
        #expect(item.producer == "feed:https://valley.example/feed/")
        #expect(item.text("language") == "en-GB")
        #expect(item.text("publisher") == "The Valley Paper")
        #expect(item.text("x-slash:comments") == "4")
        #expect(item.text("x-enclosure")?.contains("https://valley.example/a.mp3") == true)
    }

    @Test
    func `an RSS item without a link takes its address from the guid`()
        throws
    {
        let item = try #require(try read(FeedSamples.rss).items.last)
        #expect(item.text("url") == "https://valley.example/notes/2")
        #expect(item.text("title") == "A note without a title.")
        #expect(item.text("derived/title") == "true")
        #expect(item.text("body") == "A note without a title. It goes on boldly.")
        #expect(item.text("author") == "Ben Ruiz")
        #expect(item.text("date") == "2024-05-07T10:00:00-05:00")
    }

    @Test func `RSS 1.0 and 0.91 are read, with entities that XML does not know and bare ampersands`() throws
    {
        let rdf = try #require(try read(FeedSamples.rdf).items.first)
        #expect(rdf.text("title") == "Acequias")
        #expect(rdf.text("date") == "2024-05-06")
        #expect(rdf.text("author") == "Quispe, Ana")
        #expect(rdf.text("publisher") == "Journal of Water")
        #expect(rdf.producer == "feed:https://journal.example/")
        let old = try read(FeedSamples.old)
        #expect(
            old.items.compactMap { $0.text("url") } == [
                "http://old.example/1", "http://old.example/2?x=1&y=2",
            ])
        #expect(old.items.first?.text("body")?.hasPrefix("One — ") == true)
    }

    @Test func `an Atom entry takes its own fields and those of its feed`() throws {
        let reading = try read(FeedSamples.atom)
        let first = try #require(reading.items.first)
        #expect(first.text("url") == "https://blog.example/2024/crecida")
        #expect(first.text("author") == "Inés Mamani")
        #expect(first.text("date") == "2024-05-06T07:08:09-05:00")
        #expect(first.modified == "2024-05-07T00:00:00Z")
        #expect(first.text("language") == "es")
        #expect(first.tags == ["Agua"])
        #expect(first.text("body") == "El lunes creció el río.\n\n- uno\n- dos")
        #expect(first.text("publisher") == "Cuaderno de agua")
        #expect(first.producer == "feed:https://blog.example/feed.atom")
        let second = try #require(reading.items.last)
        #expect(second.text("title") == "1 < 2 & 3")
        #expect(second.text("body") == nil)
        #expect(second.text("abstract") == "Solo un resumen.")
        #expect(second.text("author") == "Ben Ruiz")
    }

    @Test func `an Atom 0.3 feed with escaped markup and base64 is read`() throws {
        let item = try #require(try read(FeedSamples.oldAtom).items.first)
        #expect(item.text("title") == "A & B")
        #expect(item.text("body") == "First.\n\nSecond.")
        #expect(item.text("date") == "2003-12-13T08:29:29-04:00")
        #expect(item.producer == "feed:http://atom.example/")
    }

    @Test func `a JSON feed is read with HTML or text, and its relative links are resolved`() throws {
        let reading = try read(FeedSamples.json)
        #expect(
            reading.items.compactMap { $0.text("url") } == [
                "https://json.example/2024/one", "https://elsewhere.example/two",
            ])
        let first = try #require(reading.items.first)
        #expect(first.text("body") == "First.\n\nSecond.")
        #expect(first.text("author") == "Ana Quispe")
        #expect(first.tags == ["water"])
        #expect(first.producer == "feed:https://json.example/feed.json")
        #expect(reading.items.last?.foreignID == "2")
        #expect(reading.items.last?.text("body") == "Only text.\n\nTwo paragraphs.")
        #expect(reading.items.last?.text("date") == "2024-05-07T00:00:00Z")
    }

    @Test func `a feed that does not name itself has the address that it was fetched from`() throws {
        let text = "<rss><channel><item><title>x</title><link>/a/b</link></item></channel></rss>"
        let item = try #require(try read(text, address: "https://fetched.example/feeds/all.xml").items.first)
        #expect(item.producer == "feed:https://fetched.example/feeds/all.xml")
        #expect(item.text("url") == "https://fetched.example/a/b")
        #expect(try read(text).items.first?.producer == nil)
        #expect(try read(text).items.first?.text("x-link") == "/a/b")
    }

    @Test(arguments: [
        ("Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09Z"),
        ("06 May 24 07:08 UT", "2024-05-06T07:08:00Z"),
        ("2024-05-06", "2024-05-06"), ("2024-05-06T07:08:09.5+05:30", "2024-05-06T07:08:09.5+05:30"),
        ("2024-05-06 07:08:09", "2024-05-06"),
        ("Monday, May 6, 2024 07:08:09 PST", "2024-05-06T07:08:09-08:00"),
        ("Mon May  6 07:08:09 2024", "2024-05-06"), ("20240506T070809Z", "2024-05-06T07:08:09Z"),
    ])
    func `dates in the formats of feeds are read`(written: String, date: String) throws {
        let text = "<rss><channel><item><title>x</title><pubDate>\(written)</pubDate></item></channel></rss>"
        #expect(try read(text).items.first?.text("date") == date)
    }

    @Test func `feeds that are ill-formed are read as far as they go`() throws {
        let unclosed = try read(
            "<rss><channel><item><title>One<link>https://x.example/1</link></item><item><title>Two</title></item>"
        )
        #expect(unclosed.items.compactMap { $0.text("title") } == ["One", "Two"])
        #expect(unclosed.items.first?.text("url") == "https://x.example/1")
        let prefixed = try read(
            "<?xml version='1.0'?><rss><channel><item><dc:creator>Ana</dc:creator><title>T</title></item></channel></rss>"
        )
        #expect(prefixed.items.first?.text("author") == "Ana")
        let wrong = try read(
            "<feed xmlns='http://wrong.example/'><entry><title>T</title><link href='https://x.example/'/></entry></feed>"
        )
        #expect(wrong.items.first?.text("url") == "https://x.example/")
    }

    @Test(arguments: [
        ("<item><title>One</title><link>https://p.example/1</link>", "is not closed"),
        ("<item><title>One</title><description><![CDATA[ it rose </description></item>", "is not closed"),
        ("<item><title>One</title><description><p>it <b>rose</description></item>", ""),
    ])
    func `a feed item that is not closed does not lose the items after it`(item: String, remark: String)
        throws
    {
        let rest = (2...4).map { "\n<item><title>\($0)</title><link>https://p.example/\($0)</link></item>" }
        let text =
            "<rss version=\"2.0\"><channel><title>P</title>" + item + rest.joined() + "</channel></rss>"
        let reading = try Reading(text)
        #expect(reading.items.map { $0.text("title") } == ["One", "2", "3", "4"])
        #expect(reading.remarks.count == (remark.isEmpty ? 0 : 1))
        #expect(reading.remarks.allSatisfy { $0.contains(remark) })
        let cut = try Reading(String(text.dropLast(70)))
        #expect(cut.items.map { $0.text("title") } == ["One", "2", "3"])
        #expect(
            cut.rejections.map(\.reason) == ["it ends inside <item>, which was left out: the file is cut off"]
        )
    }

    @Test func `scripts and script links of a feed are left out`() throws {
        let text = """
            <rss><channel><item><title>&lt;script&gt;alert(1)&lt;/script&gt;T</title><link>javascript:alert(1)</link>
            <description>&lt;iframe src="x"/&gt;Text &lt;script&gt;alert(2)&lt;/script&gt;&lt;a href="javascript:x"&gt;more&lt;/a&gt;
            </description></item></channel></rss>
            """
        let item = try #require(try read(text).items.first)
        #expect(item.text("title") == "T")
        #expect(item.text("url") == nil)
        #expect(item.text("body") == "Text more")
    }

    @Test func `a feed with an entity bomb or deep nesting is read to its end`() throws {
        let entities = (1...9).map { "<!ENTITY e\($0) \"\(String(repeating: "&e\($0 - 1);", count: 10))\">" }
            .joined()
        let bomb =
            "<!DOCTYPE rss [<!ENTITY e0 \"x\">\(entities)]><rss><channel><item><title>&e9;T</title></item></channel></rss>"
        #expect(try read(bomb).items.first?.text("title")?.utf8.count ?? 0 < 100)
        let deep = String(repeating: "<div>", count: 10_000)
        let nested =
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><content type='xhtml'>\(deep)x</content></entry></feed>"
        #expect(try read(nested).items.first?.text("title") == "T")
    }

    @Test func `a feed of 100,000 items is read`() throws {
        let items = (0..<100_000).map { "<item><guid>\($0)</guid><title>Title \($0)</title></item>" }.joined()
        var reader = try openSource(
            ByteSource(bytes: Array("<rss><channel>\(items)</channel></rss>".utf8), name: "memory"))
        var count = 0
        while let event = try reader.next() {
            if case .item = event { count += 1 }
        }
        #expect(count == 100_000)
    }

    @Test func `a file that is not a feed is refused as a whole`() {
        #expect(throws: InterchangeError.self) { try Reading("<html><body>x</body></html>", as: .feed) }
        #expect(throws: InterchangeError.self) { try Reading("just words", as: .feed) }
    }

    @Test(arguments: FeedSamples.all)
    func `a cut feed gives no additional items, and reading a damaged one terminates`(sample: String) throws {
        try Damage.cut(Array(sample.utf8), as: .feed)
        Damage.change(Array(sample.utf8), as: .feed)
    }
}
