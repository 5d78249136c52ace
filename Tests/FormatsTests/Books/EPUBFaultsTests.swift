import QuipuFormats
import Testing

/// What a book lacks or hides is said.
@Suite struct EPUBFaultsTests {
    private func package(
        identifier: String = "urn:uuid:7a1c", items: String = "", order: String = "", id: String = "id"
    ) -> String {
        """
        <package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="\(id)">
        <metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Book</dc:title>
        <dc:identifier id="id">\(identifier)</dc:identifier></metadata>
        <manifest><item id="one" href="a &amp; b.xhtml" media-type="application/xhtml+xml"/>\(items)</manifest>
        <spine><itemref idref="one"/>\(order)</spine></package>
        """
    }

    private func book(_ package: String, _ more: [(name: String, bytes: [UInt8])] = []) -> [UInt8] {
        let head = EPUBSample.entries().filter {
            $0.name == "mimetype" || $0.name == "META-INF/container.xml"
        }
        return PackedBytes.zip(
            head + [("OEBPS/content.opf", Array(package.utf8))]
                + (more.isEmpty ? [("OEBPS/a & b.xhtml", EPUBSample.chapter("Book", "<p>One.</p>"))] : more))
    }

    @Test func `a chapter whose name has a character that XML escapes is read`() throws {
        let reading = try Reading(book(package()))
        #expect(reading.items.first?.text("body") == "One.")
        #expect(reading.rejections.isEmpty && reading.remarks.isEmpty)
    }

    @Test func `a chapter that says by its media type alone that it is XHTML is read as that`() throws {
        let chapter =
            "<html><head><title/><script src=\"a.js\"/></head><body><p>Read <![CDATA[all]]>.</p></body></html>"
        let reading = try Reading(book(package(), [("OEBPS/a & b.xhtml", Array(chapter.utf8))]))
        #expect(reading.items.first?.text("body") == "Read all.")
    }

    @Test func `each chapter of the order that is not taken is named`() throws {
        let items = """
            <item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/><item id="map" href="map.svg" media-type="image/svg+xml"/>
            """
        let order = "<itemref idref=\"gone\"/><itemref idref=\"map\"/><itemref idref=\"nowhere\"/>"
        let reading = try Reading(book(package(items: items, order: order)))
        #expect(reading.items.first?.text("body") == "One.")
        #expect(reading.rejections.map(\.reason).count == 1)
        #expect(reading.rejections.first?.reason.hasPrefix("OEBPS/gone.xhtml: ") == true)
        #expect(reading.remarks.count == 2)
        #expect(reading.remarks.contains { $0.contains("OEBPS/map.svg is image/svg+xml") })
        #expect(reading.remarks.contains { $0.contains("nowhere") })
    }

    @Test func `a book that is encrypted throughout is refused, whatever its list says of how`() throws {
        let noise = (0..<500).map { UInt8(128 + $0 * 37 % 128) }
        let encryption = """
            <encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>
            <enc:EncryptionMethod Algorithm="http://ns.adobe.com/pdf/enc#RC"/><enc:CipherData>
            <enc:CipherReference URI="OEBPS/a%20&amp;%20b.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>
            """
        let chapter = (name: "OEBPS/a & b.xhtml", bytes: noise)
        let listed = try Reading(
            book(package(), [chapter, ("META-INF/encryption.xml", Array(encryption.utf8))]))
        let unlisted = try Reading(book(package(), [chapter]))
        for reading in [listed, unlisted] {
            #expect(reading.items.isEmpty)
            #expect(reading.rejections.first?.reason.contains("encrypted (DRM)") == true)
        }
    }

    @Test(arguments: [
        ("none", false), ("unknown", false), ("0", false), ("BookId", false),
        ("urn:uuid:00000000-0000", false),
        ("urn:uuid:", false), ("N/A", false), ("urn:uuid:7a1c", true), ("978-3-16-148410-0", true),
        ("https://example.org/books/water", true), ("calibre:55", false), ("calibre:5512", true),
    ])
    func `an identifier that many books have is none`(identifier: String, isOne: Bool) throws {
        let item = try #require(try Reading(book(package(identifier: identifier))).items.first)
        #expect(item.foreignID == (isOne ? identifier : nil))
        #expect(item.producer == (isOne ? "epub" : nil))
        #expect(item.text("x-identifier") == (isOne ? nil : identifier))
    }

    @Test func `the mark of a note does not run into the word before it`() throws {
        let chapter = """
            <html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><p>A text<a epub:type="noteref"
            href="#n1">1</a> and<sup><a role="doc-noteref" href="#n2">*</a></sup>, [<a href="#n">3</a>] and <a epub:type="noteref"
            href="#n3">[4]</a>.</p></body></html>
            """
        let reading = try Reading(book(package(), [("OEBPS/a & b.xhtml", Array(chapter.utf8))]))
        let body = try #require(reading.items.first?.text("body"))
        #expect(body.replacing("\\", with: "") == "A text[1] and[*], [3] and [4].")
    }
}
