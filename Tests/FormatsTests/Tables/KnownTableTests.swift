import QuipuFormats
import Testing

/// Tables as other programs write them.
@Suite struct KnownTableTests {
    @Test func `a stray quotation mark does not swallow the rows after it`() throws {
        let reading = try Reading(
            """
            title,url,body
            A,https://ex.org/1,"never closed
            B,https://ex.org/2,x
            C,https://ex.org/3,"fine, here"
            D,https://ex.org/4,"over
            two ""lines"", and more"
            E,https://ex.org/5,"and ""again
            F,https://ex.org/6,y
            """, as: .csv)
        #expect(
            reading.fields.map { $0["body"] } == [
                #""\"never closed""#, #""x""#, #""fine, here""#, #""over\ntwo \"lines\", and more""#,
                #""\"and \"\"again""#, #""y""#,
            ])
        #expect(reading.items.map(\.place.line) == [2, 3, 4, 5, 7, 8])
        #expect(reading.remarkLines == [2, 7] && reading.rejections.isEmpty)
    }

    @Test func `many stray quotation marks cost no more than the table is long`() throws {
        var text = "title,url,body\n"
        for number in 0..<20_000 { text += "T\(number),https://ex.org/\(number),\"x\n" }
        let reading = try Reading(text, as: .csv)
        #expect(reading.items.count == 19_999 && reading.rejections.count == 1)
    }

    @Test(arguments: [
        ("Berg, Jan; Smith, John; WHO", #"["Jan Berg","John Smith","WHO"]"#),
        ("Berg, Jan", #""Jan Berg""#), ("van der Berg, J. M.", #""J. M. van der Berg""#),
        ("Jane Doe, John Roe", #""Jane Doe, John Roe""#), ("Acme Tools, Inc.", #""Acme Tools, Inc.""#),
        ("Reuters, AP", #""Reuters, AP""#), ("Ana Ruiz", #""Ana Ruiz""#), ("Berg, Jan;", #""Jan Berg""#),
        ("Johnson & Johnson, Inc.; Berg, Jan", #"["Johnson & Johnson, Inc.","Jan Berg"]"#),
    ])
    func `authors in a cell have semicolons between them, and a family's name before a comma`(
        cell: String, authors: String
    ) throws {
        let reading = try Reading("title,author\nA,\"\(cell)\"\n", as: .csv)
        #expect(reading.fields[0]["author"] == authors)
    }

    @Test func `white space around a cell, line ends of Windows and byte order marks are no part of it`()
        throws
    {
        let reading = try Reading(
            "title,url,body\r\n \u{FEFF}A , \"https://ex.org/3\" ,\"1\r\n\r\n2\"\r\n", as: .csv)
        #expect(reading.fields[0]["title"] == #""A""# && reading.fields[0]["body"] == #""1\n\n2""#)
    }

    @Test func `a column's name may come twice`() throws {
        let reading = try Reading("title,url,notes,notes\nA,https://ex.org/1,n1,n2\n", as: .csv)
        #expect(
            reading.fields == [
                [
                    "title": #""A""#, "url": #""https://ex.org/1""#, "x-notes": #""n1""#,
                    "x-x-notes": #""n2""#,
                ]
            ])
        // Two equal values in the first row are no names.
        #expect(throws: InterchangeError.self) { try Reading("a,a,b\nc,d,e\n", as: .csv, name: "t") }
    }

    @Test func `a table of Zotero has its key, authors, tags, notes and files`() throws {
        let reading = try Reading(
            """
            "Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url","Abstract Note","Date",\
            "Date Modified","Notes","File Attachments","Manual Tags","Automatic Tags","Language","Extra"
            "ABCD1234","journalArticle","2001","Berg, Jan; Smith, John; WHO","Flooding","J. Hydrol.","10.1000/abc.1",\
            "http://ex.org/a","Abs","2001-05","2020-01-02 10:00:00","<p>A note</p>; <p>B; c</p>",\
            "files/a.pdf; files/b.html","t1; t2","auto1","en","Citation Key: x"
            """, as: .csv)
        #expect(reading.items.map(\.kind) == ["article", "note", "note", "attachment", "attachment"])
        let article = try #require(reading.items.first)
        #expect(article.foreignID == "ABCD1234" && article.producer == "zotero")
        #expect(article.tags == ["t1", "t2", "auto1"] && article.modified == "2020-01-02 10:00:00")
        #expect(article.texts["author"] == #"["Jan Berg","John Smith","WHO"]"#)
        #expect(article.texts["publisher"] == #""J. Hydrol.""# && article.texts["date"] == #""2001-05""#)
        #expect(article.texts["x-Extra"] == #""Citation Key: x""# && article.texts["x-Key"] == nil)
        #expect(reading.items[2].texts["text"] == #""B; c""#)
        #expect(reading.items[3].relations.file == .path("files/a.pdf"))
    }

    @Test func `a table of Scopus names the journal, the authors in full and their keywords`() throws {
        let reading = try Reading(
            """
            "Authors","Author full names","Title","Year","Source title","DOI","Link","Author Keywords","Source","EID"
            "Berg J.; Müller K.","Berg, Jan (123); Müller, Karl (456)","Flooding","2001","Journal of Hydrology",\
            "10.1016/j.1","https://www.scopus.com/x?eid=2-s2.0-1","flood; river","Scopus","2-s2.0-1"
            """, as: .csv)
        let article = try #require(reading.items.first)
        #expect(
            article.texts["publisher"] == #""Journal of Hydrology""# && article.tags == ["flood", "river"])
        #expect(article.texts["author"] == #"["Jan Berg","Karl Müller"]"#)
        #expect(article.texts["x-Source"] == #""Scopus""# && article.foreignID == "2-s2.0-1")
    }

    @Test func `a table of Raindrop has folders, notes and highlights`() throws {
        let reading = try Reading(
            """
            id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite
            1,R1,"My note
            second line",An excerpt,https://ex.org/r1,Floods / 2020,"a, b",2020-09-13T12:26:40.000Z,,"Highlight:first
            passage
            Color:yellow
            Note:my remark

            Highlight:second passage",true
            """, as: .csv)
        #expect(reading.items.map(\.kind) == ["article", "note", "annotation", "annotation"])
        #expect(reading.items[0].relations.collections == [["Floods", "2020"]])
        #expect(
            reading.items[0].tags == ["a", "b"] && reading.items[0].texts["abstract"] == #""An excerpt""#)
        #expect(reading.items[2].relations.passage?.exact == "first\npassage")
        #expect(reading.items[2].texts["text"] == #""my remark""#)
        #expect(reading.items[3].relations.passage?.exact == "second passage")
    }

    @Test func `a column can be mapped to collections and to a note`() throws {
        var options = SourceOptions.none
        options.fieldsByName = ["Box": "collections", "Remark": "note"]
        let reading = try Reading(
            openSource(
                ByteSource(bytes: Array("title,Box,Remark\nA,Floods; 2020,Mine\nB,,\n".utf8), name: "t"),
                as: .csv,
                options))
        #expect(reading.items.map(\.kind) == ["article", "note", "article"])
        #expect(reading.items[0].relations.collections == [["Floods"], ["2020"]])
        #expect(reading.items[1].texts["text"] == #""Mine""#)
    }

    @Test func `an address of the DOI resolver is a DOI`() throws {
        let reading = try Reading(
            "title,url\nA,https://doi.org/10.1000/Z\nB,https://ex.org/10.1000/z\n", as: .csv)
        #expect(reading.fields.map { $0["doi"] } == [#""10.1000/z""#, nil])
    }
}
