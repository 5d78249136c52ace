import QuipuFormats
import Testing

@Suite struct ZoteroTests {
    /// As the web API answers, children before their articles.
    static let api = """
        [
        {"key":"NOTE2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"NOTE2345","version":9,"parentItem":"ARTI2345",
         "itemType":"note","note":"<h1>On floods</h1><p>Read <b>twice</b>.</p>","tags":[{"tag":"todo"}],
         "dateAdded":"2021-01-02T03:04:05Z","dateModified":"2021-01-03T03:04:05Z"}},
        {"key":"ANNO2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"ANNO2345","itemType":"annotation",
         "parentItem":"ATTA2345","annotationType":"highlight","annotationText":"the river rose","annotationComment":"<i>when</i>?",
         "annotationColor":"#ffd400","annotationPageLabel":"7","annotationPosition":"{\\"pageIndex\\":6}","annotationAuthorName":"Ana",
         "tags":[],"dateAdded":"2021-02-02T03:04:05Z","dateModified":"2021-02-02T03:04:05Z"}},
        {"key":"INK_2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"INK22345","itemType":"annotation",
         "parentItem":"ATTA2345","annotationType":"ink","annotationComment":"","tags":[]}},
        {"key":"ATTA2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"ATTA2345","parentItem":"ARTI2345",
         "itemType":"attachment","linkMode":"imported_file","title":"Full Text","filename":"Quispe.pdf","contentType":"application/pdf",
         "note":"","tags":[]}},
        {"key":"ARTI2345","version":10,"library":{"type":"user","id":475425},"data":{"key":"ARTI2345","version":10,
         "itemType":"journalArticle","title":"Floods in <i>Rio Verde</i>","creators":[{"creatorType":"author","firstName":"Ana",
         "lastName":"Quispe"},{"creatorType":"editor","firstName":"Eva","lastName":"Editor"},{"creatorType":"author","name":"WHO"}],
         "publicationTitle":"Journal of Rivers","volume":"12","pages":"101-119","date":"March 7, 2020","DOI":"10.1234/rivers.7",
         "url":"https://example.org/f","abstractNote":"About floods.","language":"en","extra":"Citation Key: quispe2020\\nPMID: 1",
         "tags":[{"tag":"floods"},{"tag":"rivers","type":1}],"collections":["COLL2345"],"relations":{},
         "dateAdded":"2020-05-05T01:02:03Z","dateModified":"2020-06-06T01:02:03Z"}},
        {"key":"GONE2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"GONE2345","itemType":"book","title":"Trash","deleted":1}},
        {"key":"GONN2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"GONN2345","itemType":"note","parentItem":"GONE2345","note":"x"}},
        {"key":"FREE2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"FREE2345","itemType":"note","note":"<p>A free note</p>","tags":[],"collections":[]}},
        {"key":"PDFF2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"PDFF2345","itemType":"attachment","linkMode":"linked_file",
         "title":"A file by itself","path":"/books/ana/a.pdf","contentType":"application/pdf","tags":[]}},
        {"key":"ORPH2345","version":9,"library":{"type":"user","id":475425},"data":{"key":"ORPH2345","itemType":"note","parentItem":"NONE2345","note":"<p>orphan</p>"}}
        ]
        """
    static let translators = """
        [{"itemType":"case","caseName":"A v. B","court":"High Court","dateDecided":"1999-05-06","creators":[],"tags":["law"],
        "notes":[{"note":"<p>n</p>"}],"attachments":[{"title":"Snapshot","mimeType":"text/html","url":"https://example.org/c"}],"seeAlso":[]},
        {"itemType":"bookSection","title":"A chapter","bookTitle":"The whole","publisher":"Town Press","place":"Graz",
        "creators":[{"lastName":"de la Cruz","firstName":"Beno","creatorType":"author"}],"date":"1999-05-00 May 1999","tags":[],"notes":[]}]
        """
    static let betterBibTeX = """
        {"config":{"label":"BetterBibTeX JSON","options":{}},
        "collections":{"C1":{"key":"C1","name":"Rivers","items":[],"collections":["C2"]},
        "C2":{"key":"C2","name":"Floods","parent":"C1","items":[7]}},
        "items":[{"itemID":7,"itemType":"webpage","title":"A page","websiteTitle":"Site","url":"https://example.org/p",
        "citationKey":"page2001","accessDate":"2002-03-04T05:06:07Z","date":"2001","creators":[],"key":"PAGE2345",
        "uri":"http://zotero.org/groups/99/items/PAGE2345","notes":["<p>one</p>"],
        "attachments":[{"itemType":"attachment","key":"FILE2345","path":"files/7/p.html","title":"Snapshot","contentType":"text/html",
        "annotations":[{"key":"ANNX2345","annotationType":"highlight","annotationText":"water"}]}]},
        {"itemID":8,"itemType":"document","citationKey":"nothing2002","creators":[{"creatorType":"author","name":"UNESCO"}],"date":"2002"}]}
        """
    static let dataOnly =
        #"[{"itemType":"book","key":"BOOK2345","title":"B","creators":[],"date":"0000-00-00","collections":[]}]"#
    static let rdf = """
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
         xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
         xmlns:link="http://purl.org/rss/1.0/modules/link/" xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/" xmlns:vcard="http://nwalsh.com/rdf/vCard#">
          <bib:Article rdf:about="https://example.org/f">
            <z:itemType>journalArticle</z:itemType>
            <dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
            <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Quispe</foaf:surname><foaf:givenName>Ana</foaf:givenName></foaf:Person></rdf:li>
              <rdf:li><foaf:Person><foaf:surname>WHO</foaf:surname></foaf:Person></rdf:li></rdf:Seq></bib:authors>
            <dcterms:isReferencedBy rdf:resource="#item_3"/>
            <link:link rdf:resource="#item_2"/>
            <dc:subject>floods</dc:subject>
            <dc:subject><z:AutomaticTag><rdf:value>rivers</rdf:value></z:AutomaticTag></dc:subject>
            <dc:title>Floods in Rio Verde</dc:title>
            <dcterms:abstract>About floods.</dcterms:abstract>
            <dc:date>2020-03-07</dc:date>
            <z:language>en</z:language>
            <dc:identifier><dcterms:URI><rdf:value>https://example.org/f?a=1&amp;b=2</rdf:value></dcterms:URI></dc:identifier>
            <bib:pages>101-119</bib:pages>
          </bib:Article>
          <bib:Journal rdf:about="urn:issn:1234-5678">
            <dc:title>Journal of Rivers</dc:title><prism:volume>12</prism:volume><dc:identifier>DOI 10.1234/rivers.7</dc:identifier>
            <dc:identifier>ISSN 1234-5678</dc:identifier>
          </bib:Journal>
          <z:Attachment rdf:about="#item_2"><z:itemType>attachment</z:itemType>
            <rdf:resource rdf:resource="files/2/Quispe.pdf"/>
            <dc:title>Full Text</dc:title><link:type>application/pdf</link:type></z:Attachment>
          <bib:Memo rdf:about="#item_3"><rdf:value>&lt;p&gt;Read &lt;b&gt;twice&lt;/b&gt;.&lt;/p&gt;</rdf:value></bib:Memo>
          <bib:Book rdf:about="#item_4"><z:itemType>book</z:itemType><dc:title>A book</dc:title>
            <dc:publisher><foaf:Organization><vcard:adr><vcard:Address><vcard:locality>Graz</vcard:locality></vcard:Address></vcard:adr>
            <foaf:name>Town Press</foaf:name></foaf:Organization></dc:publisher>
            <dcterms:isPartOf><bib:Series><dc:title>Old books</dc:title></bib:Series></dcterms:isPartOf></bib:Book>
          <z:Collection rdf:about="#collection_1"><dc:title>Water</dc:title><dcterms:hasPart rdf:resource="#collection_2"/></z:Collection>
          <z:Collection rdf:about="#collection_2"><dc:title>Floods</dc:title><dcterms:hasPart rdf:resource="https://example.org/f"/></z:Collection>
        </rdf:RDF>
        """

    @Test func `items of Zotero's API are followed by their notes, files and annotations`() throws {
        let reading = try Reading(Self.api)
        #expect(
            reading.items.map(\.kind) == [
                "article", "note", "attachment", "annotation", "note", "article", "attachment", "note",
            ])
        let article = try #require(reading.items.first)
        #expect(article.foreignID == "ARTI2345" && article.producer == "zotero:users/475425")
        #expect(article.modified == "2020-06-06T01:02:03Z" && article.tags == ["floods", "rivers"])
        #expect(
            article.texts["title"] == #""Floods in Rio Verde""#
                && article.texts["author"] == #"["Ana Quispe","WHO"]"#)
        #expect(
            article.texts["date"] == #""2020-03-07""# && article.texts["publisher"] == #""Journal of Rivers""#
        )
        #expect(
            article.texts["x-citationKey"] == #""quispe2020""#
                && article.texts["x-creators"]?.contains("Eva") == true)
        let annotation = try #require(reading.items.first { $0.kind == "annotation" })
        #expect(
            annotation.relations.passage?.exact == "the river rose"
                && annotation.relations.parent == "ARTI2345")
        #expect(annotation.foreignID == "ANNO2345" && annotation.texts["author"] == #""Ana""#)
        #expect(
            annotation.texts["x-annotationPageLabel"] == #""7""#
                && annotation.texts["x-annotationPosition"] == nil)
        #expect(reading.items[2].relations.file == .path("storage/ATTA2345/Quispe.pdf"))
        #expect(
            reading.items.map(\.relations.parent)
                == ["", "ARTI2345", "ARTI2345", "ARTI2345", "", "", "PDFF2345", ""].map {
                    $0.isEmpty ? nil : $0
                })
        #expect(reading.rejections.isEmpty)
        #expect(reading.remarks.count == 3, "\(reading.remarks)")
        #expect(reading.remarks.contains("items in Zotero's trash were passed over: 2"))
        #expect(reading.remarks.contains("drawings and images in PDFs without a remark were passed over: 1"))
    }

    @Test func `items of Zotero's translators are read`() throws {
        let reading = try Reading(Self.translators)
        #expect(reading.items.map(\.kind) == ["article", "note", "attachment", "article"])
        #expect(reading.fields[0]["title"] == #""A v. B""# && reading.fields[0]["date"] == #""1999-05-06""#)
        #expect(
            reading.fields[3]["date"] == #""1999-05""# && reading.fields[3]["publisher"] == #""Town Press""#)
        #expect(reading.fields[3]["author"] == #""Beno de la Cruz""#)
    }

    @Test func `Better BibTeX's export has collections as paths`() throws {
        let reading = try Reading(Self.betterBibTeX)
        #expect(reading.items.map(\.kind) == ["article", "note", "attachment", "annotation", "article"])
        #expect(reading.items[0].relations.collections == [["Rivers", "Floods"]])
        #expect(reading.items[0].producer == "zotero:groups/99" && reading.items[0].foreignID == "PAGE2345")
        #expect(reading.items[2].relations.file == .path("files/7/p.html"))
        #expect(
            reading.fields[4]["title"] == #""nothing2002""# && reading.items[4].foreignID == "nothing2002")
    }

    @Test func `Zotero's RDF has journals, notes, files and collections that stand elsewhere`() throws {
        let reading = try Reading(Self.rdf)
        #expect(
            reading.items.map(\.kind) == ["article", "attachment", "note", "article"], "\(reading.rejections)"
        )
        let article = try #require(reading.items.first)
        #expect(
            article.relations.collections == [["Water", "Floods"]] && article.tags == ["floods", "rivers"])
        #expect(
            article.texts["publisher"] == #""Journal of Rivers""#
                && article.texts["doi"] == #""10.1234/rivers.7""#)
        #expect(
            article.texts["url"] == #""https://example.org/f?a=1&b=2""#
                && article.texts["author"] == #"["Ana Quispe","WHO"]"#)
        #expect(article.texts["x-volume"] == #""12""# && article.foreignID == nil)
        #expect(reading.items[1].relations.file == .path("files/2/Quispe.pdf"))
        #expect(reading.items[2].texts["text"]?.contains("twice") == true)
        #expect(
            reading.fields[3]["publisher"] == #""Town Press""#
                && reading.fields[3]["x-series"] == #""Old books""#)
    }

    @Test(arguments: [api, translators, betterBibTeX, dataOnly, rdf])
    func `a cut or damaged Zotero file crashes nothing and invents nothing`(sample: String) throws {
        let bytes = Array(sample.utf8)
        let most = try Reading(bytes, as: .zotero).items.count
        for end in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 100)) {
            // A child whose article is cut off stands by itself or is rejected.
            if let cut = try? Reading(Array(bytes[..<end]), as: .zotero) {
                #expect(cut.items.count <= most + 1)
            }
            _ = try? Reading(Array(bytes[end...]), as: .zotero)
            for replacement in Array("\u{0}{}[]\"\\<>&".utf8) + [0xFF] {
                var changed = bytes
                changed[end] = replacement
                _ = try? Reading(changed, as: .zotero)
            }
        }
    }

    @Test(arguments: [SourceFormat.ris, .csl, .bibtex])
    func `articles of Zotero are written in other formats with their main fields`(format: SourceFormat) throws
    {
        for sample in [Self.api, Self.translators, Self.betterBibTeX, Self.rdf] {
            let items = try Reading(sample).items.filter { $0.kind == "article" }
            let trip = try RoundTrip(items, as: format)
            let main = ["title", "author", "date", "url", "doi", "language", "publisher", "abstract"]
            let wrong = trip.differences(from: items).filter { line in
                main.contains { line.hasPrefix($0 + ":") }
            }
            // The title of a marked-up text is marked up again by none of them.
            #expect(wrong == [], "\(trip.text)")
        }
        let article = try Reading(Self.api).items.prefix(1)
        let text = try RoundTrip(Array(article), as: format).text
        for value in ["12", "101", "119", "Editor"] { #expect(text.contains(value), "\(value) in \(text)") }
    }

    @Test func `ten thousand Zotero items with notes are read`() throws {
        var text = "["
        for number in 0..<10_000 {
            let key = "A" + String(1_000_000 + number)
            if number > 0 { text += "," }
            text +=
                #"{"key":"\#(key)","version":1,"library":{"type":"user","id":1},"data":{"key":"\#(key)","itemType":"journalArticle","title":"Title \#(number)","creators":[{"creatorType":"author","firstName":"Ana","lastName":"Quispe"}],"date":"2020-01-02","publicationTitle":"Rivers","abstractNote":"\#(String(repeating: "Word ", count: 100))","tags":[{"tag":"a"}]}},"#
            text +=
                #"{"key":"N\#(1_000_000 + number)","version":1,"library":{"type":"user","id":1},"data":{"key":"N\#(1_000_000 + number)","itemType":"note","parentItem":"\#(key)","note":"<p>\#(String(repeating: "note ", count: 100))</p>","tags":[]}}"#
        }
        let clock = ContinuousClock()
        var reader = try openSource(ByteSource(bytes: Array((text + "]").utf8), name: "memory"))
        var count = 0
        let time = try clock.measure { while try reader.next() != nil { count += 1 } }
        print("10,000 items of Zotero with notes: \(time)")
        #expect(count == 20_000)
    }
}
