import Foundation
import QuipuFormats
import Testing

/// XML and bookmarks that end too early.
@Suite struct CutDocumentTests {
    private static let feed = """
        <rss version="2.0"><channel><title>P</title><item><title>One</title><link>https://p.example/1</link></item>
        <item><title>Two</title><link>https://p.example/2</link></item></channel></rss>
        """
    private static let notes = """
        <?xml version="1.0"?><en-export><note><title>One</title><content><![CDATA[<en-note>Words.</en-note>]]></content></note>
        <note><title>Two</title><content><![CDATA[<en-note>More words, and more.</en-note>]]></content></note></en-export>
        """
    private static let library = """
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#" \
        xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <bib:Book rdf:about="#item_1"><z:itemType>book</z:itemType><dc:title>One</dc:title></bib:Book>
        <bib:Book rdf:about="#item_2"><z:itemType>book</z:itemType><dc:title>Two</dc:title></bib:Book></rdf:RDF>
        """
    private static let bookmarks = """
        <!DOCTYPE NETSCAPE-Bookmark-file-1>
        <DL><p><DT><A HREF="https://p.example/1">One</A>
        <DT><A HREF="https://p.example/2">Two</A></DL>
        """

    @Test(arguments: [
        (SourceFormat.feed, feed), (.enex, notes), (.zotero, library), (.bookmarks, bookmarks),
    ])
    func `a document that ends inside an item says so and leaves that item out`(
        format: SourceFormat, text: String
    ) throws {
        let whole = try Reading(text, as: format)
        #expect(whole.items.map { $0.texts["title"] } == ["\"One\"", "\"Two\""])
        #expect(whole.rejections.isEmpty, "\(whole.rejections)")
        let end = try #require(text.range(of: "Two")?.upperBound)
        let cut = try Reading(String(text[..<end]), as: format)
        #expect(cut.items.map { $0.texts["title"] } == ["\"One\""])
        #expect(cut.rejections.count == 1)
        #expect(cut.rejections.allSatisfy { $0.reason.hasPrefix("it ends inside") }, "\(cut.rejections)")
    }

    @Test(arguments: [
        (SourceFormat.feed, feed), (.enex, notes), (.zotero, library), (.bookmarks, bookmarks),
    ])
    func `a document that ends between its items says so`(format: SourceFormat, text: String) throws {
        let start = try #require(text.range(of: "One")?.upperBound)
        let ends = ["</item>", "</note>", "</bib:Book>", "</A>"].compactMap { tag -> String.Index? in
            text.range(of: tag, range: start..<text.endIndex)?.upperBound
        }
        let end = try #require(ends.first)
        let cut = try Reading(String(text[..<end]), as: format)
        #expect(cut.items.map { $0.texts["title"] } == ["\"One\""])
        #expect(cut.rejections.count == 1)
        #expect(cut.rejections.allSatisfy { $0.reason.hasPrefix("it ends before") }, "\(cut.rejections)")
    }

    @Test func `scripts and queries among bookmarks are passed over and counted`() throws {
        let page = """
            <!DOCTYPE NETSCAPE-Bookmark-file-1>
            <DL><p><DT><A HREF="javascript:void(0)">Run</A><DT><A HREF="place:sort=8">Recent</A>
            <DT><A HREF="https://p.example/2">Two</A></DL>
            """
        let backup = """
            {"title":"","type":"text/x-moz-place-container","root":"placesRoot","children":[
            {"title":"Two","uri":"https://p.example/2","type":"text/x-moz-place"},
            {"title":"Run","uri":"javascript:void(0)","type":"text/x-moz-place"},
            {"title":"Recent","uri":"place:sort=8","type":"text/x-moz-place"}]}
            """
        for text in [page, backup] {
            let reading = try Reading(text)
            #expect(reading.items.map { $0.texts["title"] } == ["\"Two\""])
            #expect(reading.rejections.isEmpty, "\(reading.rejections)")
            #expect(
                reading.remarks == ["passed over 2 bookmarks: queries or scripts, and no pages"]
            )
        }
    }
}
