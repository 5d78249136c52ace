import QuipuFormats
import Testing

@Suite struct RISTests {
    static let zotero = """
        TY  - JOUR
        TI  - Floods in the <i>Rio Verde</i> valley
        AU  - Quispe, Ana
        AU  - de la Cruz, Beno, Jr.
        AU  - World Health Organization
        T2  - Journal of Rivers
        AB  - First paragraph that
        goes on here.

        Second paragraph.
        DA  - 2020/03/07/
        PY  - 2020
        DO  - 10.1234/rivers.2020.7
        UR  - https://example.org/floods?a=1&b=2
        VL  - 12
        IS  - 3
        SP  - 101
        EP  - 119
        KW  - floods
        KW  - Rio Verde; valleys
        LA  - en
        SN  - 1234-5678
        N1  - <p>Read <b>twice</b>.</p><p>Compare with 1997.</p>
        N1  - A plain note.
        L1  - files/12/Quispe 2020.pdf
        L2  - https://example.org/snapshot
        Y2  - 2021/04/05/10:11:12
        ER  - 


        """

    static let endNote =
        "TY  - CHAP\r\nA1  - Müller, Jörg\r\nT1  - Old tags\r\nA2  - Editor, Eva\r\nT2  - The book of tags\r\n"
        + "PB  - Town Press\r\nCY  - Graz\r\nY1  - 1998///Spring\r\nN2  - An abstract.\r\nKW  - one\r\ntwo\r\nthree\r\n"
        + "L1  - internal-pdf://0123456/M%C3%BCller.pdf\r\nM3  - doi:10.5555/12345678\r\nID  - 46\r\nER  - \r\n"

    static let proQuest =
        "\u{feff}TY  - NEWS\nT1  - A strike ends\nJF  - The Daily Paper\nY1  - 2019/05/06/\nUR  - "
        + "http://example.org/a http://example.org/b\nAV  - http://example.org/c\nL3  - http://example.org/d\nER  - \n"

    static let loose = "TY - JOUR\nAB - Optimal integration.\nTI - Rapid identification\nPY - 2009\nER -\n"

    static let medline = """
        PMID- 27169098
        OWN - NLM
        DP  - 2016 May 12
        TI  - Proteomics: a new perspective
              for rivers.
        LID - 10.4103/2277-9175.180636 [doi]
        AB  - Some things are described.
        FAU - Shruthi, Basavaradhya Sahukar
        AU  - Shruthi BS
        FAU - Selvamani
        AU  - Selvamani
        CN  - River Group
        LA  - eng
        JT  - Advanced biomedical research
        TA  - Adv Biomed Res
        MH  - *Floods/history
        OT  - spectrometry
        VI  - 5
        PG  - 67

        PMID- 27169099
        TI  - [A title in translation].
        AU  - Quispe A
        DP  - 2016 Spring

        """

    static let refer = """
        %0 Journal Article
        %A Quispe, Ana
        %A Newman, W. H.
        %T Corn
        %J Field Notes
        %D 1891
        %8 Mar 12
        %K Corn
        yields
        %X About corn.
        %R 10.1000/182
        %Z A note on corn.
        %> file:///books/ana/Corn%201891.pdf
        %V 3

        %0 Book
        %T The second
        %I Town Press
        %C Graz
        %D 1990

        """

    @Test func `a RIS article exported by Zotero has its fields, notes and files`() throws {
        let reading = try Reading(Self.zotero)
        let article = try #require(reading.items.first)
        #expect(reading.rejections.isEmpty && reading.remarks.isEmpty)
        #expect(reading.items.map(\.kind) == ["article", "note", "note", "attachment"])
        #expect(
            article.texts == [
                "title": #""Floods in the Rio Verde valley""#,
                "author": #"["Ana Quispe","Beno de la Cruz Jr.","World Health Organization"]"#,
                "publisher": #""Journal of Rivers""#,
                "abstract": #""First paragraph that goes on here.\n\nSecond paragraph.""#,
                "date": #""2020-03-07""#, "doi": #""10.1234/rivers.2020.7""#,
                "url": #""https://example.org/floods?a=1&b=2""#, "language": #""en""#, "x-TY": #""JOUR""#,
                "x-VL": #""12""#,
                "x-IS": #""3""#, "x-SP": #""101""#, "x-EP": #""119""#, "x-SN": #""1234-5678""#,
                "x-TI": #""Floods in the <i>Rio Verde</i> valley""#,
                "x-L2": #""https://example.org/snapshot""#,
                "x-Y2": #""2021/04/05/10:11:12""#,
            ])
        #expect(article.tags == ["floods", "Rio Verde", "valleys"])
        #expect(reading.items[1].texts["text"]?.contains("Compare with 1997.") == true)
        #expect(reading.items[1].relations.parent == article.relations.key && article.relations.key != nil)
        #expect(reading.items[3].relations.file == .path("files/12/Quispe 2020.pdf"))
        #expect(reading.items[3].texts["mediaType"] == #""application/pdf""#)
    }

    @Test func `old tags, continuation lines and EndNote's files are read`() throws {
        let reading = try Reading(Self.endNote)
        let article = try #require(reading.items.first).texts
        #expect(article["title"] == #""Old tags""#)
        #expect(article["author"] == #""Jörg Müller""#)
        #expect(article["publisher"] == #""Town Press""#)
        #expect(article["x-T2"] == #""The book of tags""#)
        #expect(article["date"] == #""1998""# && article["x-Y1"] == #""1998///Spring""#)
        #expect(article["abstract"] == #""An abstract.""#)
        #expect(article["doi"] == #""10.5555/12345678""#)
        #expect(reading.items[0].tags == ["one", "two", "three"])
        #expect(reading.items[1].relations.file == .path("PDF/0123456/Müller.pdf"))
    }

    @Test func `a byte order mark, several addresses and one-space tags are read`() throws {
        let news = try Reading(Self.proQuest)
        #expect(news.fields[0]["url"] == #""http://example.org/a""#)
        #expect(news.fields[0]["x-UR"] == #""http://example.org/b""#)
        #expect(news.fields[0]["publisher"] == #""The Daily Paper""#)
        let loose = try Reading(Self.loose)
        #expect(
            loose.fields[0]["title"] == #""Rapid identification""# && loose.fields[0]["date"] == #""2009""#)
    }

    @Test func `PubMed's file has full names, ids of its own and both kinds of keywords`() throws {
        let reading = try Reading(Self.medline)
        #expect(reading.items.count == 2)
        let article = try #require(reading.items.first)
        #expect(article.foreignID == "27169098" && article.producer == "pubmed")
        #expect(article.texts["title"] == #""Proteomics: a new perspective for rivers.""#)
        #expect(article.texts["author"] == #"["Basavaradhya Sahukar Shruthi","Selvamani","River Group"]"#)
        #expect(article.texts["date"] == #""2016-05-12""#)
        #expect(article.texts["doi"] == #""10.4103/2277-9175.180636""#)
        #expect(article.texts["language"] == #""en""#)
        #expect(article.tags == ["Floods/history", "spectrometry"])
        #expect(reading.items[1].texts["title"] == #""A title in translation""#)
        #expect(
            reading.items[1].texts["date"] == #""2016""#
                && reading.items[1].texts["x-DP"] == #""2016 Spring""#)
    }

    @Test func `a file in EndNote's tagged format is read`() throws {
        let reading = try Reading(Self.refer)
        #expect(reading.items.map(\.kind) == ["article", "note", "attachment", "article"])
        let article = reading.items[0]
        #expect(article.texts["author"] == #"["Ana Quispe","W. H. Newman"]"#)
        #expect(article.texts["date"] == #""1891-03-12""#)
        #expect(article.texts["publisher"] == #""Field Notes""# && article.tags == ["Corn", "yields"])
        #expect(reading.items[2].relations.file == .path("/books/ana/Corn 1891.pdf"))
        #expect(reading.items[3].texts["publisher"] == #""Town Press""#)
    }

    @Test func `a file in Windows-1252 is converted and a remark says so once`() throws {
        let bytes =
            Array("TY  - BOOK\nTI  - Caf".utf8) + [0xE9, 0x20, 0x93] + Array("x".utf8) + [0x94]
            + Array("\nER  - \n".utf8)
        let reading = try Reading(bytes + bytes)
        #expect(reading.fields.map { $0["title"] } == [#""Café “x”""#, #""Café “x”""#])
        #expect(reading.remarks == ["it is not UTF-8 everywhere, and was read as Windows-1252 there"])
    }

    @Test func `a RIS file in UTF-16 is read`() throws {
        var bytes: [UInt8] = [0xFF, 0xFE]
        for unit in "TY  - BOOK\nTI  - Ernte\nER  - \n".utf16 {
            bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
        #expect(try Reading(bytes).fields.first?["title"] == #""Ernte""#)
    }

    @Test func `a record without anything to know it by is rejected with its line, and the rest is read`()
        throws
    {
        let reading = try Reading("TY  - BOOK\nVL  - 3\nER  - \nTY  - BOOK\nTI  - Second\nER  - \n")
        #expect(reading.rejections.map(\.place.line) == [1])
        #expect(reading.fields.map { $0["title"] } == [#""Second""#])
    }

    @Test func `a record without an end is read with a remark`() throws {
        let reading = try Reading("TY  - BOOK\nTI  - First\nTY  - BOOK\nTI  - Second\nER  - \n")
        #expect(reading.items.count == 2 && reading.remarkLines == [1])
    }

    @Test(arguments: [
        ("2001/02/03/", "2001-02-03"), ("2001/02//", "2001-02"), ("2001///", "2001"), ("2001", "2001"),
        ("2001/2/3", "2001-02-03"), ("c1999", "1999"), ("Spring 1987", "1987"), ("May 6, 2010", "2010-05-06"),
    ])
    func `RIS dates keep their precision`(written: String, date: String) throws {
        #expect(
            try Reading("TY  - BOOK\nTI  - T\nPY  - \(written)\nER  - \n").fields[0]["date"] == "\"\(date)\"")
    }

    @Test(arguments: [zotero, endNote, proQuest, loose, medline, refer])
    func `a cut or damaged RIS file crashes nothing and invents nothing`(sample: String) throws {
        try CutSources.check(sample, as: .ris)
    }

    @Test(arguments: [zotero, endNote, proQuest, loose])
    func `a RIS file that Quipu wrote is read again with the same values`(sample: String) throws {
        let items = try Reading(sample).items.filter { $0.kind == "article" }
        let trip = try RoundTrip(items, as: .ris)
        #expect(trip.differences(from: items) == [])
        #expect(trip.lost.isEmpty)
    }

    @Test func `a file's name may hold a semicolon and escapes, and control characters part words`() throws {
        let reading = try Reading(
            "TY  - JOUR\nTI  - One\u{0}two\nL1  - files/a%20b;c.pdf\nL1  - x/1.pdf;y/2.pdf\nER  - \n",
            as: .ris)
        #expect(reading.items[0].texts["title"] == #""One two""#)
        #expect(
            reading.items.dropFirst().map(\.relations.file) == [
                .path("files/a b;c.pdf"), .path("x/1.pdf"), .path("y/2.pdf"),
            ])
    }

    @Test func `a reference without a title is called by its abstract`() throws {
        let reading = try Reading("TY  - JOUR\nAB  - It rained. Then not.\nID  - 55\nER  - \n", as: .ris)
        #expect(reading.items.first?.texts["title"] == #""It rained.""#)
        #expect(reading.items.first?.texts["derived/title"] == "true")
        #expect(
            reading.items.first?.foreignID == "55" && reading.items.first?.producer == SourceItem.citationKeys
        )
    }
}
