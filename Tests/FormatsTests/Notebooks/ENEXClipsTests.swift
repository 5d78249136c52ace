import QuipuFormats
import Testing

/// What an export of Evernote has twice, or hides.
@Suite struct ENEXClipsTests {
    private func note(_ title: String, _ content: String, _ more: String = "") -> String {
        """
        <note><title>\(title)</title><content><![CDATA[<en-note>\(content)</en-note>]]></content><tag>t</tag>\(more)
        <note-attributes><source-url>https://ex.org/a?x=1&amp;y=2</source-url></note-attributes></note>
        """
    }

    @Test func `a second clip of one page is a note on the article of the first`() throws {
        let file = "<resource><data encoding=\"base64\">aGk=</data><mime>text/plain</mime></resource>"
        let reading = try Reading(
            ENEXTests.export([
                note("One", "First excerpt"), note("Two", "Other excerpt", file),
                note("One", "First excerpt"),
            ]))
        #expect(reading.items.map(\.kind) == ["article", "note", "attachment", "article"])
        let (first, second) = (reading.items[0], reading.items[1])
        #expect(second.relations.parent == first.relations.key)
        #expect(second.text("title") == "Two" && second.text("text") == "Other excerpt")
        #expect(second.tags == ["t"] && second.text("x-url") == "https://ex.org/a?x=1&y=2")
        #expect(reading.items[2].relations.parent == first.relations.key)
        #expect(reading.remarks.count == 1 && reading.rejections.isEmpty)
        // With ids they are told apart.
        let identified = ["1", "2"].map { id in note("T", id, "<guid>\(id)</guid>") }
        #expect(try Reading(ENEXTests.export(identified)).items.map(\.kind) == ["article", "article"])
    }

    @Test func `a note that is encrypted is refused by name`() throws {
        for encoding in ["base64:aes", "base64"] {
            let secret = "<note><title>S</title><content encoding=\"\(encoding)\">RU5DMA==</content></note>"
            let reading = try Reading(ENEXTests.export([secret, ENEXTests.plain]))
            #expect(reading.items.map { $0.text("title") } == ["Typed"])
            #expect(
                reading.rejections.first?.reason.contains("encrypted (\(encoding)): decrypt it in Evernote")
                    == true)
        }
    }

    @Test func `passages that are encrypted are counted, and their hints kept`() throws {
        let content = """
            <div>Before</div><en-crypt cipher="AES" hint="the cat &amp; I">RU5DMA==</en-crypt><div>Between</div><en-crypt/><div>After</div>
            """
        let reading = try Reading(ENEXTests.export([note("N", content)]))
        let body = try #require(reading.items.first?.text("body")).replacing("\\", with: "")
        #expect(
            body.hasPrefix("Before\n\n[encrypted]") && body.contains("Between") && body.hasSuffix("After"))
        #expect(reading.items.first?.texts["x-en-crypt-hint"] == #"["the cat & I"]"#)
        #expect(
            reading.remarks.count == 1 && reading.remarks[0].contains("2 encrypted passages were left out"))
    }
}
