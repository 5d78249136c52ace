import QuipuFormats
import Testing

@Suite struct CSLTests {
    static let zotero = """
        [
          {"id":"http://zotero.org/users/475425/items/ABCD2345","type":"article-journal","title":"Floods in <i>Rio Verde</i>",
           "container-title":"Journal of Rivers","volume":"12","page":"101-119","DOI":"10.1234/rivers.7","language":"en",
           "URL":"https://example.org/f","author":[{"family":"Quispe","given":"Ana"},
           {"family":"Cruz","given":"Beno","non-dropping-particle":"de la"},{"literal":"World Health Organization"}],
           "issued":{"date-parts":[["2020",3,7]]},"accessed":{"date-parts":[[2021,4,5]]},"abstract":"About floods.",
           "keyword":"floods, rivers","editor":[{"family":"Editor","given":"Eva"}]},
          {"id":"second","type":"chapter","title":"A chapter","container-title":"The whole","publisher":"Town Press",
           "publisher-place":"Graz","issued":{"date-parts":[[1999,5],[1999,6]]},"author":[{"family":"Plato"}]}
        ]
        """
    static let betterBibTeX = """
        [{"id":"quispe2020","citation-key":"quispe2020","type":"book","title":"A book","publisher":"Town Press",
        "issued":{"raw":"Spring 2001"},"ISBN":"9783642002304","number-of-pages":"300","custom":{"x":1}}]
        """
    static let mendeley = """
        [{"id":"ITEM-1","type":"webpage","title":"A page","URL":"http://example.org/p","issued":{"date-parts":[[2003]]},
        "accessed":{"date-parts":[["2004","1","2"]]},"author":[{"dropping-particle":"","family":"Ng","given":"W.","suffix":"Jr."}]}]
        """
    static let api = """
        {"items":[{"id":"475425/ABCD2345","type":"report","title":"A report","publisher":"Institute","genre":"Working paper",
        "issued":{"date-parts":[[2010]]},"container-title-short":"WP"}]}
        """
    static let single = """
        {"type": "paper-conference", "title": "One", "DOI": "10.1000/1", "event-title": "Conference on rivers",
         "issued": {"literal": "in 2012"}, "container-title": "Proceedings", "custom-thing": [1, {"a": null}]}
        """

    @Test func `Zotero's CSL-JSON has the ids of its library`() throws {
        let reading = try Reading(Self.zotero)
        #expect(reading.rejections.isEmpty && reading.items.count == 2)
        let article = try #require(reading.items.first)
        #expect(article.foreignID == "ABCD2345" && article.producer == "zotero:users/475425")
        #expect(article.texts["title"] == #""Floods in Rio Verde""#)
        #expect(article.texts["author"] == #"["Ana Quispe","Beno de la Cruz","World Health Organization"]"#)
        #expect(
            article.texts["date"] == #""2020-03-07""# && article.texts["publisher"] == #""Journal of Rivers""#
        )
        #expect(article.tags == ["floods", "rivers"])
        let chapter = reading.items[1]
        #expect(chapter.foreignID == "second" && chapter.producer == SourceItem.citationKeys)
        #expect(chapter.texts["date"] == #""1999-05""# && chapter.texts["publisher"] == #""Town Press""#)
        #expect(chapter.texts["x-container-title"] == #""The whole""#)
    }

    @Test func `citation keys are ids, and numbers within a file never`() throws {
        #expect(try Reading(Self.betterBibTeX).items.map(\.foreignID) == ["quispe2020"])
        #expect(try Reading(Self.betterBibTeX).fields[0]["date"] == #""2001""#)
        #expect(try Reading(Self.mendeley).items.map(\.foreignID) == [nil])
        #expect(try Reading(Self.mendeley).fields[0]["author"] == #""W. Ng Jr.""#)
        #expect(try Reading(Self.single).items.map(\.foreignID) == [nil])
        #expect(try Reading(Self.api).fields[0]["publisher"] == #""Institute""#)
    }

    @Test(arguments: [
        #"[{"type":"article","title":"News","author":"Ana","url":"https://example.org","date":"2020"}]"#,
        #"{"type":"report","title":"R","body":"Text."}"#, #"[{"id":1,"title":"T"}]"#,
    ])
    func `JSON of articles with a type is not taken for CSL-JSON`(text: String) throws {
        #expect(try openSource(ByteSource(bytes: Array(text.utf8), name: "memory")).formatName != "CSL-JSON")
    }

    @Test(arguments: [zotero, betterBibTeX, mendeley, api, single])
    func `a cut or damaged CSL file crashes nothing and invents nothing`(sample: String) throws {
        try CutSources.check(sample, as: .csl)
    }

    @Test(arguments: [zotero, betterBibTeX, mendeley, api, single])
    func `a CSL file that Quipu wrote is read again with the same values`(sample: String) throws {
        let items = try Reading(sample).items
        let trip = try RoundTrip(items, as: .csl)
        let keyed = trip.differences(from: items).filter { !$0.hasPrefix("x-citationKey: -") }
        #expect(keyed == [] && trip.lost.isEmpty, "\(trip.lost) \(trip.text)")
    }

    @Test func `one bad CSL item does not stop the others`() throws {
        let reading = try Reading(
            #"[{"type":"article-journal","title":"A"},{"type":"article-journal","title":},5,{"type":"book","title":"B"}]"#,
            as: .csl)
        #expect(reading.fields.map { $0["title"] } == [#""A""#, #""B""#])
        #expect(reading.rejections.count == 2)
    }
}
