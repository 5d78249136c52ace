import QuipuFormats
import Testing

/// What is recognised and not read is refused by its name, with a way out.
@Suite struct OtherProgramsTests {
    @Test(arguments: [
        (
            "\u{FEFF}The Book (Jane Doe)\r\n- Ihre Markierung auf Seite 12 | Position 170 | Hinzugefügt am Freitag\r\n\r\nWords\r\n==========\r\n",
            "Kindle's clippings", "Readwise"
        ),
        ("<1337>\nAuthor\n  Muster\n  \nTitle\n  Book\n", "references of Ovid", "RIS"),
        ("Record.*INSPEC.*\n\nTI ~ The project\nAU ~ Prechelt, Lutz\n", "references of INSPEC", "RIS"),
        ("\nTI- The project\nAU- Prechelt, Lutz\nPY- 1992\n", "references of Copac", "RIS"),
        ("nep.repec.org\n\n\n123. Innovation races\nDate: 2005-11-07\n", "references of RePEc", "RIS"),
        ("--AU-- Name\n--ST-- Test\n--RT-- article\n------\n", "references of Biblioscape", "RIS"),
        (
            "<?xml version=\"1.0\"?><xml><records><record><source-app name=\"EndNote\" version=\"20\"/></record></records></xml>",
            "an EndNote library (XML)", "RIS"
        ),
        (
            "<?xml version=\"1.0\"?><package xmlns=\"http://www.idpf.org/2007/opf\"><metadata/></package>",
            "the package file of a book (OPF)", "EPUB"
        ),
        ("<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "references of PubMed (XML)", "PubMed"),
        ("<mods xmlns=\"http://www.loc.gov/mods/v3\"></mods>", "references in MODS", "Zotero"),
    ])
    func `a text of another program is named, and its way out`(text: String, name: String, way: String) throws
    {
        let error = #expect(throws: InterchangeError.self) { try Reading(text) }
        #expect(error?.message == "this is \(name), which Quipu does not read yet")
        #expect(error?.hint.contains(way) == true)
        #expect(try !Reading(text, as: .text).items.isEmpty)
    }

    @Test(arguments: [
        (Array("bplist00\u{D1}_WebMainResource".utf8), "a page with its files (Safari's web archive)"),
        (Array("bplist00 x".utf8), "a property list of macOS"),
        (
            Array("PK\u{3}\u{4}\0\0datapackage.json{\"profile\":\"multi-wacz-package\"}".utf8),
            "a collection of web archives (multi-WACZ)"
        ),
    ])
    func `bytes of another program are named`(bytes: [UInt8], name: String) throws {
        let error = #expect(throws: InterchangeError.self) { try Reading(bytes) }
        #expect(error?.message == "this is \(name), which Quipu does not read yet")
    }

    @Test func `a feed whose document type declares entities is a feed`() throws {
        let reading = try Reading(
            """
            <?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>
            <title>F</title><item><title>T</title><guid>1</guid></item></channel></rss>
            """)
        #expect(reading.items.first?.text("title") == "T")
    }

    @Test(arguments: [
        "The Book\n- a remark | another\n\nText.", "<5> of them came.\nTitle\n",
        "TI- is a code.\n\nProse follows.",
        "--AU-- is a field.\n\nProse.", "Record of the meeting, INSPEC.\n\nProse.",
    ])
    func `prose that looks a little like it is text`(text: String) throws {
        #expect(try !Reading(text).items.isEmpty)
    }
}
