import QuipuFormats
import Testing

@Suite struct EPUBTests {
    @Test func `a book is one article, its chapters in the order of reading`() throws {
        let reading = try Reading(EPUBSample.book)
        #expect(reading.rejections.isEmpty)
        let item = try #require(reading.items.first)
        #expect(item.text("title") == "The Acequia: A History of Shared Water")
        #expect(item.text("author") == "[\"Ana Quispe\"]" || item.text("author") == "Ana Quispe")
        #expect(item.text("body") == "# First\n\nIt begins.\n\n# Second\n\nThe water master wrote.\n\nLate.")
        #expect(item.text("date") == "2019-03-01")
        #expect(item.text("language") == "en")
        #expect(item.text("publisher") == "Valley Press")
        #expect(item.text("abstract") == "How water is shared.")
        #expect(item.tags == ["Water", "Law"])
        #expect(item.text("doi") == "10.1000/182" || item.text("doi") == "doi:10.1000/182")
        #expect(item.text("x-isbn") == "978-3-16-148410-0")
        #expect(item.text("x-contributor") == "Ben Ruiz")
        #expect(item.foreignID == "urn:uuid:7a1c")
        #expect(item.modified == "2019-04-01T00:00:00Z")
    }

    @Test func `an EPUB from a stream reads the same as from a file`() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("book", EPUBSample.book)
        let item = try #require(try Reading(path: path).items.first)
        #expect(item.texts == (try Reading(EPUBSample.book)).items.first?.texts)
    }

    @Test func `an EPUB 2 book with its package in the root and without a reading order is read`() throws {
        let package = """
            <package version="2.0" unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"
            xmlns:opf="http://www.idpf.org/2007/opf"><dc:title>Old book</dc:title>
            <dc:creator opf:role="aut" opf:file-as="Quispe, Ana">Ana Quispe</dc:creator><dc:identifier id="id">978</dc:identifier>
            <dc:date opf:event="conversion">2020</dc:date><dc:date opf:event="publication">1999</dc:date></metadata>
            <manifest><item id="a" href="a.html" media-type="text/html"/><item id="b" href="b.html" media-type="text/html"/>
            </manifest></package>
            """
        let bytes = PackedBytes.zip([
            ("mimetype", Array("application/epub+zip".utf8)),
            ("b.html", EPUBSample.chapter("B", "<p>Two.</p>")),
            ("a.html", EPUBSample.chapter("Old book", "<p>One.</p>")), ("book.opf", Array(package.utf8)),
        ])
        let item = try #require(try Reading(bytes).items.first)
        #expect(item.text("body") == "One.\n\n# B\n\nTwo.")
        #expect(item.text("date") == "1999")
    }

    @Test func `an encrypted book is refused by name, one with encrypted fonts is read`() throws {
        func encryption(_ algorithm: String, _ file: String) -> (name: String, bytes: [UInt8]) {
            let text = """
                <encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><enc:EncryptedData
                xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptionMethod Algorithm="\(algorithm)"/><enc:CipherData>
                <enc:CipherReference URI="\(file)"/></enc:CipherData></enc:EncryptedData></encryption>
                """
            return ("META-INF/encryption.xml", Array(text.utf8))
        }
        let locked =
            EPUBSample.entries() + [
                encryption("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "OEBPS/text/ch1.xhtml")
            ]
        let reading = try Reading(PackedBytes.zip(locked))
        #expect(reading.items.isEmpty)
        #expect(reading.rejections.first?.reason.contains("encrypted (DRM)") == true)
        let fonts = EPUBSample.entries() + [encryption("http://www.idpf.org/2008/embedding", "OEBPS/f.otf")]
        #expect(try Reading(PackedBytes.zip(fonts)).items.count == 1)
    }

    @Test func `the book itself is kept on request`() throws {
        var options = SourceOptions()
        options.keepsOriginals = true
        let reading = try Reading(
            openSource(ByteSource(bytes: EPUBSample.book, name: "../books/acequia.epub"), options))
        #expect(reading.items.map(\.kind) == ["article", "attachment"])
        #expect(reading.items.last?.text("name") == "acequia.epub")
        #expect(reading.items.last?.relations.file == .bytes(EPUBSample.book))
        #expect(reading.items.last?.relations.parent == reading.items.first?.relations.key)
    }

    @Test func `missing chapters, compression bombs and unsafe names in an EPUB lose only themselves`() throws
    {
        var entries = EPUBSample.entries()
        entries.removeAll { $0.name.hasSuffix("ch 2.xhtml") }
        entries += [
            ("OEBPS/bomb.xhtml", [UInt8](repeating: 0x20, count: 20 << 20)), ("../../evil.xhtml", [1]),
        ]
        let reading = try Reading(PackedBytes.zip(entries))
        #expect(reading.items.first?.text("body") == "# First\n\nIt begins.")
        #expect(reading.rejections.count == 3)
    }

    @Test func `a book without its package file is refused`() throws {
        let bytes = PackedBytes.zip([("mimetype", Array("application/epub+zip".utf8)), ("a.html", [1])])
        #expect(try Reading(bytes).rejections.first?.reason.contains("no package file") == true)
    }

    @Test func `reading a truncated or damaged EPUB terminates`() throws {
        try Damage.cut(EPUBSample.book, as: .epub)
        Damage.change(EPUBSample.book, as: .epub)
    }
}
