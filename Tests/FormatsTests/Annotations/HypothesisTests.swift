import QuipuCanonicalJSON
import QuipuFormats
import Testing

enum HypothesisSamples {
    static let search = """
        {"total": 4, "rows": [
          {"id": "reply1", "created": "2024-03-02T10:00:00.000000+00:00", "updated": "2024-03-02T10:00:00.000000+00:00",
           "user": "acct:ben@hypothes.is", "user_info": {"display_name": null}, "uri": "https://press.example/mill#top",
           "text": "Sixty, says the union.", "tags": [], "group": "__world__", "references": ["anno1"],
           "target": [{"source": "https://press.example/mill"}], "document": {"title": ["The mill burned"]},
           "links": {"html": "https://hypothes.is/a/reply1"}, "hidden": false, "flagged": false},
          {"id": "anno1", "created": "2024-03-01T09:30:00.123456+00:00", "updated": "2024-03-05T08:00:00.000000+00:00",
           "user": "acct:ana@hypothes.is", "user_info": {"display_name": "Ana Ruiz"}, "uri": "https://press.example/mill",
           "text": "Who counted?", "tags": ["fire", "labour"], "group": "abc123",
           "target": [{"source": "https://press.example/mill", "selector": [
             {"type": "RangeSelector", "startContainer": "/div[1]/p[2]", "endContainer": "/div[1]/p[2]", "startOffset": 3, "endOffset": 16},
             {"type": "TextPositionSelector", "start": 1204, "end": 1217},
             {"type": "TextQuoteSelector", "exact": "forty workers", "prefix": "employed ", "suffix": " in 1911"}]}],
           "document": {"title": ["The mill burned"]}},
          {"id": "page1", "created": "2024-03-01T09:00:00+00:00", "updated": "2024-03-01T09:00:00+00:00",
           "user": "acct:ana@hypothes.is", "uri": "https://press.example/mill", "text": "Read with the court file.",
           "tags": ["todo"], "group": "__world__", "target": [{"source": "https://press.example/mill"}], "document": {"title": ["The mill burned"]}},
          {"id": "pdf1", "created": "2024-02-01T09:00:00+00:00", "updated": "2024-02-01T09:00:00+00:00",
           "user": "acct:ana@hypothes.is", "uri": "urn:x-pdf:0a1b2c", "text": "", "tags": [], "group": "__world__",
           "target": [{"source": "urn:x-pdf:0a1b2c", "selector": [{"type": "PageSelector", "index": 3, "label": "4"},
             {"type": "TextQuoteSelector", "exact": "water tables", "prefix": "the ", "suffix": " of 1950"}]}],
           "document": {"title": ["wells.pdf"]}}
        ]}
        """

    static let export = """
        {"export_date":"2024-05-06T07:08:09.000Z","export_userid":"acct:ana@hypothes.is","client_version":"1.1503.0","annotations":[
        {"$highlight":true,"created":"2023-11-05T12:00:00+00:00","updated":"2023-11-05T12:00:00+00:00","user":"acct:ana@hypothes.is",\
        "uri":"https://journal.example/a/17","text":"","tags":["method"],"id":"exp1","group":"__world__","permissions":{"read":["acct:ana@hypothes.is"]},\
        "document":{"title":"On wells","dc":{"identifier":["doi:10.1234/wells.17"],"creator":["Quispe, Ana"],"language":["es"]},\
        "highwire":{"journal_title":["Journal of Water"],"publication_date":["2019/04"]},"link":[{"href":"https://journal.example/a/17"}]},\
        "target":[{"source":"https://journal.example/a/17","selector":[{"type":"TextQuoteSelector","exact":"a depth of 40 m","prefix":"","suffix":""}]}]}]}
        """

    static let lines = """
        {"id":"l1","created":"2022-01-01T00:00:00+00:00","updated":"2022-01-01T00:00:00+00:00","user":"acct:c@lab.example","uri":"https://a.example/1","text":"One","tags":[],"target":[{"source":"https://a.example/1"}]}
        {"id":"l2","broken": tru
        {"id":"l3","created":"2022-01-02T00:00:00+00:00","updated":"2022-01-02T00:00:00+00:00","user":"acct:c@lab.example","uri":"https://a.example/2","text":"Two","tags":[],"target":[{"source":"https://a.example/2","selector":[{"type":"FragmentSelector","value":"s2"},{"type":"TextQuoteSelector","exact":"é\\u0301 — “so”","prefix":"","suffix":""}]}]}
        """

    static let array = """
        [{"user":"acct:d@hypothes.is","id":"a1","uri":"https://b.example/x?utm_source=feed","target":[{"selector":null}],"text":"note","tags":["a,b"],"created":"2021-06-01T00:00:00+00:00"},
         {"user":"acct:d@hypothes.is","id":"a2","uri":"https://b.example/x","target":[],"text":"","tags":[],"created":"2021-06-01T00:00:00+00:00"},
         {"user":"acct:d@hypothes.is","id":"a3","target":[],"text":"of nothing","tags":[],"created":"2021-06-01T00:00:00+00:00"}]
        """

    static let empty =
        #"{"export_date":"2024-05-06T07:08:09.000Z","export_userid":"","client_version":"1","annotations":[]}"#

    static let all = [search, export, lines, array, empty]
}

@Suite struct HypothesisTests {
    @Test func `an answer of the API becomes an article with its annotations, replies and page notes`() throws
    {
        let reading = try Reading(HypothesisSamples.search)
        #expect(reading.rejections.isEmpty)
        #expect(
            reading.items.map(\.kind) == [
                "article", "annotation", "annotation", "note", "article", "annotation",
            ])
        let article = reading.items[0]
        #expect(article.texts["url"] == #""https://press.example/mill#top""#)
        #expect(article.texts["title"] == #""The mill burned""#)

        let reply = reading.items[1]
        #expect(reply.texts["x-references"] == #"["anno1"]"#)
        #expect(reply.texts["author"] == #""ben""#)
        #expect(reply.relations.parent == article.relations.key)
        #expect(reply.relations.passage == nil)

        let annotation = reading.items[2]
        #expect(annotation.relations.parent == article.relations.key)
        #expect(
            annotation.relations.passage
                == SourcePassage(exact: "forty workers", prefix: "employed ", suffix: " in 1911", start: 1204)
        )
        #expect(annotation.texts["text"] == #""Who counted?""#)
        #expect(annotation.texts["author"] == #""Ana Ruiz""#)
        #expect(annotation.texts["date"] == #""2024-03-01T09:30:00.123456+00:00""#)
        #expect(annotation.texts["x-group"] == #""abc123""#)
        #expect(annotation.texts["x-user"] == #""acct:ana@hypothes.is""#)
        #expect(annotation.texts["x-selector"]?.contains("RangeSelector") == true)
        #expect(annotation.tags == ["fire", "labour"])
        #expect(annotation.foreignID == "anno1")
        #expect(annotation.producer == "hypothesis")
        #expect(annotation.modified == "2024-03-05T08:00:00.000000+00:00")

        #expect(reading.items[3].texts["text"] == #""Read with the court file.""#)
        #expect(reading.items[3].tags == ["todo"])
        // A document that is no page of the web is known by its fingerprint.
        #expect(reading.items[4].foreignID == "urn:x-pdf:0a1b2c")
        #expect(reading.items[4].texts["title"] == #""wells.pdf""#)
        #expect(reading.items[5].texts["x-selector"]?.contains("PageSelector") == true)
    }

    @Test func `an export of the Hypothesis client gives the metadata of its pages`() throws {
        let reading = try Reading(HypothesisSamples.export)
        #expect(reading.rejections.isEmpty)
        let article = try #require(reading.items.first)
        #expect(article.texts["doi"] == #""10.1234/wells.17""#)
        #expect(article.texts["author"] == #"["Quispe, Ana"]"#)
        #expect(article.texts["publisher"] == #""Journal of Water""#)
        #expect(article.texts["date"] == #""2019-04""#)
        #expect(article.texts["language"] == #""es""#)
        #expect(article.texts["x-document"]?.contains("link") == true)
        #expect(reading.items.last?.relations.passage?.exact == "a depth of 40 m")
        #expect(reading.items.last?.texts["text"] == nil)
    }

    @Test func `a broken Hypothesis annotation is rejected with its line`() throws {
        let reading = try Reading(HypothesisSamples.lines)
        #expect(reading.items.map(\.kind) == ["article", "note", "article", "annotation"])
        #expect(reading.rejections.map(\.place.line) == [2])
        #expect(reading.items.last?.texts["x-selector"]?.contains("FragmentSelector") == true)
    }

    @Test func `Hypothesis addresses of one page give one article, and empty annotations are rejected`()
        throws
    {
        let reading = try Reading(HypothesisSamples.array)
        #expect(reading.items.map(\.kind) == ["article", "note"])
        #expect(reading.items.last?.tags == ["a,b"])
        #expect(reading.rejections.count == 2)
        #expect(reading.rejections.last?.reason.contains("`uri`") == true)
    }

    @Test func `an empty Hypothesis export is accepted`() throws {
        let reading = try Reading(HypothesisSamples.empty)
        #expect(reading.items.isEmpty && reading.rejections.isEmpty)
    }
}
