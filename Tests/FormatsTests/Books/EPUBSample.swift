/// Books in the manner of those that programs write.
enum EPUBSample {
    static let container = """
        <?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
        <rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
        """

    static let package = """
        <?xml version="1.0" encoding="utf-8"?>
        <package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="pub-id">
        <metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
          <dc:identifier id="pub-id">urn:uuid:7a1c</dc:identifier><dc:identifier opf:scheme="ISBN">978-3-16-148410-0</dc:identifier>
          <dc:identifier>doi:10.1000/182</dc:identifier>
          <dc:title id="t1">The Acequia</dc:title><dc:title id="t2">A History of Shared Water</dc:title>
          <meta refines="#t1" property="title-type">main</meta><meta refines="#t2" property="title-type">subtitle</meta>
          <dc:creator id="c1">Ana Quispe</dc:creator><dc:creator id="c2">Ben Ruiz</dc:creator>
          <meta refines="#c1" property="role">aut</meta><meta refines="#c2" property="role">ill</meta>
          <dc:language>en</dc:language><dc:publisher>Valley Press</dc:publisher><dc:date>2019-03-01</dc:date>
          <dc:subject>Water</dc:subject><dc:subject>Law</dc:subject>
          <dc:description>&lt;p&gt;How water is shared.&lt;/p&gt;</dc:description>
          <meta property="dcterms:modified">2019-04-01T00:00:00Z</meta>
        </metadata>
        <manifest>
          <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
          <item id="two" href="text/ch%202.xhtml" media-type="application/xhtml+xml"/>
          <item id="one" href="text/ch1.xhtml" media-type="application/xhtml+xml"/>
          <item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
          <item id="note" href="text/notes.xhtml" media-type="application/xhtml+xml"/>
        </manifest>
        <spine toc="ncx"><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/><itemref idref="note" linear="no"/></spine>
        </package>
        """

    static func chapter(_ title: String, _ body: String) -> [UInt8] {
        Array(
            """
            <?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml"><head><title>\(title)</title></head><body>\(body)</body></html>
            """.utf8)
    }

    static func entries(package: String = package) -> [(name: String, bytes: [UInt8])] {
        [
            ("mimetype", Array("application/epub+zip".utf8)),
            ("OEBPS/text/ch%202.xhtml", Array("no such name".utf8)),
            ("OEBPS/text/ch 2.xhtml", chapter("Second", "<p>The water master wrote.</p><p>Late.</p>")),
            (
                "OEBPS/text/ch1.xhtml",
                chapter("x", "<h1>First</h1><p>It begins.</p><img src='a.png' alt=''/>")
            ),
            ("OEBPS/text/notes.xhtml", chapter("Notes", "<p>Not in the order.</p>")),
            ("OEBPS/nav.xhtml", chapter("Contents", "<nav><ol><li>First</li></ol></nav>")),
            ("OEBPS/content.opf", Array(package.utf8)), ("META-INF/container.xml", Array(container.utf8)),
            ("OEBPS/a.png", [0x89, 0x50]),
        ]
    }

    static var book: [UInt8] { PackedBytes.zip(entries()) }
}
