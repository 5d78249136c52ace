import QuipuFormats
import Testing

@Suite struct ENEXTests {
    static let clipped = """
        <note><title>The river rose</title><content><![CDATA[<?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE en-note SYSTEM "http://xml.evernote.com/pub/enml2.dtd">
        <en-note><div>On Monday the river rose.</div><div><br/></div><div><en-todo checked="true"/>Mend the acequia</div>
        <div><en-todo/>Write to <a href="https://example.org/ben">Ben</a></div>
        <en-crypt cipher="AES" length="128">c2VjcmV0</en-crypt><en-media type="image/png" hash="ab"/></en-note>]]></content>
        <created>20240506T070809Z</created><updated>20240507T080000Z</updated><tag>water</tag><tag>to do</tag>
        <note-attributes><author>Ana Quispe</author><source>web.clip</source>
        <source-url>https://valley.example/river</source-url><latitude>-13.5</latitude></note-attributes>
        <resource><data encoding="base64">iVBO
        Rw0K</data><mime>image/png</mime><resource-attributes><file-name>../../river.png</file-name></resource-attributes></resource>
        </note>
        """

    static let plain =
        "<note><title>Typed</title><content><![CDATA[<en-note>One &amp; two<br/>three</en-note>]]></content></note>"
    static let untitled =
        "<note><title></title><content><![CDATA[<en-note><div>Only text. More.</div></en-note>]]></content></note>"
    static let empty = "<note><title>Empty</title><content></content><tag>x</tag></note>"
    static let identified =
        "<note><guid>5f1c</guid><title>With an id</title><content>&lt;en-note&gt;x&lt;/en-note&gt;</content></note>"

    static func export(_ notes: [String]) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE en-export SYSTEM "http://xml.evernote.com/pub/evernote-export4.dtd">
        <en-export export-date="20240601T000000Z" application="Evernote" version="10">\(notes.joined())</en-export>
        """
    }

    static let whole = export([clipped, plain, untitled, empty, identified])

    @Test func `a clipped note is an article with its address, and its picture an attachment`() throws {
        let reading = try Reading(Self.whole)
        #expect(reading.rejections.isEmpty)
        let item = try #require(reading.items.first)
        #expect(item.text("title") == "The river rose")
        #expect(item.text("url") == "https://valley.example/river")
        #expect(item.text("author") == "Ana Quispe")
        #expect(item.text("date") == "2024-05-06T07:08:09Z")
        #expect(item.modified == "20240507T080000Z")
        #expect(item.tags == ["water", "to do"])
        #expect(item.text("x-latitude") == "-13.5")
        let body = try #require(item.text("body"))
        #expect(body.hasPrefix("On Monday the river rose."))
        #expect(body.contains("Mend the acequia") && body.contains("[Ben](https://example.org/ben)"))
        #expect(body.contains("[encrypted]") || body.contains("\\[encrypted\\]"))
        #expect(!body.contains("c2VjcmV0"))
        #expect(reading.items[1].kind == "attachment")
        #expect(reading.items[1].text("name") == "river.png")
        #expect(reading.items[1].relations.file == .bytes([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]))
        #expect(reading.items[1].relations.parent == item.relations.key)
    }

    @Test func `notes without a title, a text or an address are articles too`() throws {
        let articles = try Reading(Self.whole).items.filter { $0.kind == "article" }
        #expect(
            articles.compactMap { $0.text("title") } == [
                "The river rose", "Typed", "Only text.", "Empty", "With an id",
            ])
        #expect(articles[1].text("body") == "One & two\nthree")
        #expect(articles[2].text("derived/title") == "true")
        #expect(articles[4].foreignID == "5f1c" && articles[4].producer == "evernote")
        #expect(articles[1].producer == nil)
    }

    @Test func `a note is imported even if one of its resources is too long`() throws {
        let data = String(repeating: "AAAA", count: 12 << 20)
        let note =
            "<note><title>Big</title><content/><resource><data encoding=\"base64\">\(data)</data></resource></note>"
        let reading = try Reading(Self.export([note, Self.plain]))
        #expect(reading.items.compactMap { $0.text("title") } == ["Big", "Typed"])
        #expect(reading.rejections.first?.reason.contains("too long") == true)
    }

    @Test func `a file that is not an Evernote export is refused as a whole`() {
        #expect(throws: InterchangeError.self) { try Reading("<rss><channel/></rss>", as: .enex) }
    }

    @Test func `a cut Evernote export gives no additional notes, and reading a damaged one terminates`()
        throws
    {
        try Damage.cut(Array(Self.whole.utf8), as: .enex)
        Damage.change(Array(Self.whole.utf8), as: .enex)
    }
}
