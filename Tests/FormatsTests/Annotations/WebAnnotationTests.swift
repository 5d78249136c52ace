import QuipuCanonicalJSON
import QuipuFormats
import Testing

enum WebAnnotationSamples {
    static let single = """
        {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "http://notes.example/anno/1", "type": "Annotation",
         "motivation": "commenting", "creator": {"id": "http://notes.example/ana", "type": "Person", "name": "Ana Ruiz", "nickname": "ana"},
         "created": "2015-10-13T13:00:00Z", "modified": "2015-10-14T13:00:00Z", "generator": {"id": "http://notes.example/client", "type": "Software"},
         "body": [{"type": "TextualBody", "value": "I like this.", "format": "text/plain", "purpose": "commenting"},
                  {"type": "TextualBody", "value": "water", "purpose": "tagging"},
                  {"type": "TextualBody", "value": "<p>In <b>bold</b>.</p>", "format": "text/html", "language": "en", "purpose": "describing"},
                  {"id": "http://sounds.example/1.mp3", "type": "Sound"}],
         "target": {"source": "http://press.example/page1", "selector": {"type": "FragmentSelector", "value": "section2",
            "refinedBy": {"type": "TextQuoteSelector", "exact": "anno", "prefix": "this is an ", "suffix": "tation"}}}}
        """

    static let list = """
        [{"type": ["Annotation"], "bodyValue": "Comment", "target": "http://press.example/p", "creator": "http://people.example/b"},
         {"@type": "oa:Annotation", "@id": "urn:uuid:9f2c", "hasTarget": {"source": "http://press.example/p",
          "selector": [{"type": "oa:TextPositionSelector", "start": 412, "end": 795}, {"type": "oa:TextQuoteSelector", "exact": "one two"}]},
          "hasBody": {"chars": "an older form"}},
         {"type": "Annotation"},
         {"type": "Person", "target": "http://x.example"}]
        """

    static let page = """
        {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "http://notes.example/page1", "type": "AnnotationPage",
         "partOf": {"id": "http://notes.example/collection1", "label": "Steampunk Annotations", "total": 42023}, "startIndex": 0,
         "items": [
          {"id": "http://notes.example/anno/1", "type": "Annotation", "bodyValue": "first", "target": "http://press.example/page1"},
          {"id": "http://notes.example/anno/2", "type": "Annotation", "motivation": "replying", "body": {"type": "TextualBody", "value": "no", "purpose": "replying"}, "target": "http://notes.example/anno/1"},
          {"id": "http://notes.example/anno/3", "type": "Annotation", "motivation": "replying", "bodyValue": "lost", "target": "urn:uuid:nowhere"},
          {"id": "http://notes.example/anno/4", "type": "Annotation", "motivation": "highlighting",
           "target": [{"source": {"id": "http://press.example/page2"}, "selector": {"type": "TextQuoteSelector", "exact": "x y z", "prefix": "", "suffix": ""}}, "http://press.example/page3"]}]}
        """

    static let collection = """
        {"@context":["http://www.w3.org/ns/anno.jsonld","http://www.w3.org/ns/ldp.jsonld"],"id":"http://notes.example/c","type":["BasicContainer","AnnotationCollection"],"total":2,"label":"A Container",
        "first":{"id":"http://notes.example/c?p=0","type":"AnnotationPage","items":[
        {"id":"http://notes.example/c/a1","type":"Annotation","created":"2020","body":{"value":"a"},"target":"http://press.example/1"},
        {"id":"http://notes.example/c/a2","type":"Annotation","body":{"type":"SpecificResource","purpose":"tagging","source":"http://terms.example/river"},"target":"http://press.example/1"}]},"last":"http://notes.example/c?p=0"}
        """

    static let lines = """
        {"@context":"http://www.w3.org/ns/anno.jsonld","id":"urn:uuid:1","type":"Annotation","bodyValue":"one","target":{"source":"https://a.example/1","selector":{"type":"XPathSelector","value":"/html/body/p[2]","refinedBy":{"type":"TextPositionSelector","start":3,"end":9}}}}
        {"@context":"http://www.w3.org/ns/anno.jsonld","id":"urn:uuid:2","type":"Annotation","bodyValue":"two","target":"https://a.example/2","creator":[{"name":"A"},{"email":"mailto:b@c.example"}]}
        """

    static let all = [single, list, page, collection, lines]
}

@Suite struct WebAnnotationTests {
    @Test func `web annotation bodies become remark and tags, and refined selectors the passage`() throws {
        let reading = try Reading(WebAnnotationSamples.single)
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.map(\.kind) == ["article", "annotation"])
        let annotation = try #require(reading.items.last)
        #expect(reading.items[0].texts["url"] == #""http://press.example/page1""#)
        #expect(
            annotation.texts["text"] == #""I like this.\n\nIn **bold**.""#
                || annotation.texts["text"] == #""I like this.\n\nIn bold.""#)
        #expect(annotation.tags == ["water"])
        #expect(
            annotation.relations.passage
                == SourcePassage(exact: "anno", prefix: "this is an ", suffix: "tation"))
        #expect(annotation.texts["author"] == #""Ana Ruiz""#)
        #expect(annotation.texts["date"] == #""2015-10-13T13:00:00Z""#)
        #expect(annotation.modified == "2015-10-14T13:00:00Z")
        #expect(annotation.foreignID == "http://notes.example/anno/1")
        #expect(annotation.producer == "http://notes.example/client")
        #expect(annotation.texts["x-selector"]?.contains("section2") == true)
        #expect(annotation.texts["x-body"]?.contains("1.mp3") == true)
        #expect(annotation.texts["x-motivation"] == #""commenting""#)
    }

    @Test func `older and short forms of web annotations are read, and other objects are rejected`() throws {
        let reading = try Reading(WebAnnotationSamples.list)
        #expect(reading.items.map(\.kind) == ["article", "note", "annotation"])
        #expect(reading.items[1].texts["author"] == #""http://people.example/b""#)
        #expect(reading.items[2].texts["text"] == #""an older form""#)
        #expect(reading.items[2].relations.passage?.start == 412)
        #expect(reading.rejections.count == 2)
    }

    @Test func `a reply belongs to the article of what it replies to`() throws {
        let reading = try Reading(WebAnnotationSamples.page)
        // Of a page as a whole nothing can be highlighted.
        #expect(reading.items.map(\.kind) == ["article", "note", "annotation", "article", "annotation"])
        let reply = reading.items[2]
        #expect(reply.relations.parent == reading.items[0].relations.key)
        #expect(reply.texts["x-references"] == #"["http://notes.example/anno/1"]"#)
        #expect(
            reading.rejections.map(\.reason) == [
                "it replies to urn:uuid:nowhere, which does not come before it"
            ])
        #expect(reading.items[4].texts["x-targets"] == #"["http://press.example/page3"]"#)
    }

    @Test func `an annotation of several targets is one of each page, and the others are named`() throws {
        let reading = try Reading(
            """
            {"@context":"http://www.w3.org/ns/anno.jsonld","id":"http://n.example/1","type":"Annotation","bodyValue":"Both.",
            "target":[{"source":"https://p.example/1","selector":{"type":"TextQuoteSelector","exact":"rose"}},
            {"source":"https://p.example/1","selector":{"type":"TextQuoteSelector","exact":"fell"}},
            "https://p.example/2","urn:isbn:1",{"selector":{}}]}
            """)
        #expect(reading.items.map(\.kind) == ["article", "annotation", "annotation", "article", "note"])
        #expect(reading.items.compactMap { $0.relations.passage?.exact } == ["rose", "fell"])
        #expect(reading.items.filter { $0.kind != "article" }.allSatisfy { $0.text("text") == "Both." })
        #expect(
            reading.items.compactMap(\.foreignID) == [
                "http://n.example/1", "http://n.example/1 target 2", "http://n.example/1 target 3",
            ])
        #expect(
            reading.remarks == [
                "its target 4 is kept as x-targets only: urn:isbn:1 is no page",
                "its target 5 is kept as x-targets only: its `target` names no resource",
            ])
    }

    @Test func `the first page of a web annotation collection is read`() throws {
        let reading = try Reading(WebAnnotationSamples.collection)
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.map(\.kind) == ["article", "note", "note"])
        #expect(reading.items.last?.tags == ["http://terms.example/river"])
    }

    @Test func `annotations one a line are read, with selectors of other programs kept`() throws {
        let reading = try Reading(WebAnnotationSamples.lines)
        #expect(reading.items.map(\.kind) == ["article", "annotation", "article", "note"])
        #expect(reading.items[1].relations.passage == nil)
        #expect(reading.items[1].texts["x-selector"]?.contains("TextPositionSelector") == true)
        #expect(reading.items[3].texts["author"] == #"["A","mailto:b@c.example"]"#)
    }

    @Test func `a web annotation collection that Quipu wrote is read again`() throws {
        let article = "01234567-89ab-4def-8123-456789abcdef"
        let records = [
            ExportRecord(
                id: "11111111-89ab-4def-8123-456789abcdef", kind: "annotation",
                fields: [
                    ("target", Array("\"\(article)\"".utf8)), ("text", Array(#""Who \"counted\"?""#.utf8)),
                    ("quote", Array(#"{"exact":"forty workers","prefix":"employed ","suffix":" in"}"#.utf8)),
                    ("position", Array(#"{"end":33,"start":20}"#.utf8)),
                    ("author", Array(#"["Ana","Ben"]"#.utf8)),
                    ("date", Array(#""2024-03-01T09:30:00Z""#.utf8)), ("tags/fire", Array("true".utf8)),
                    ("tags/gone", Array("null".utf8)), ("x-motivation", Array(#""questioning""#.utf8)),
                    ("x-group", Array(#""g""#.utf8)),
                    ("x-selector", Array(#"[{"index":3,"type":"PageSelector"}]"#.utf8)),
                ]),
            ExportRecord(
                id: "22222222-89ab-4def-8123-456789abcdef", kind: "note",
                fields: [("target", Array("\"\(article)\"".utf8)), ("text", Array(#""Whole""#.utf8))]),
            ExportRecord(id: article, kind: "article", fields: [("title", Array(#""T""#.utf8))]),
        ]
        var bytes: [UInt8] = []
        var writer = W3CWriter(
            target: { $0 == article ? .init(url: "https://press.example/mill") : nil }, sink: { bytes += $0 })
        for record in records { try writer.write(record) }
        try writer.finish()
        #expect(writer.lost == ["[article]": 1, "x-group": 1])
        #expect(isCanonicalJSON(Array(bytes.filter { $0 != 0x0A })))

        let reading = try Reading(bytes)
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.map(\.kind) == ["article", "annotation", "note"])
        let annotation = reading.items[1]
        #expect(annotation.texts["text"] == #""Who \"counted\"?""#)
        #expect(annotation.texts["author"] == #"["Ana","Ben"]"#)
        #expect(annotation.texts["date"] == #""2024-03-01T09:30:00Z""#)
        #expect(annotation.tags == ["fire"])
        #expect(annotation.texts["x-motivation"] == #""questioning""#)
        #expect(annotation.texts["x-selector"] == #"[{"index":3,"type":"PageSelector"}]"#)
        #expect(annotation.relations.passage?.exact == "forty workers")
        #expect(annotation.relations.passage?.start == 20)
        #expect(annotation.foreignID == "11111111-89ab-4def-8123-456789abcdef")
        #expect(annotation.producer == SourceItem.ownProducer)
        #expect(reading.items[0].texts["url"] == #""https://press.example/mill""#)

        var nothing: [UInt8] = []
        var empty = W3CWriter(target: { _ in nil }, sink: { nothing += $0 })
        try empty.finish()
        #expect(isCanonicalJSON(Array(nothing.filter { $0 != 0x0A })))
    }
}
