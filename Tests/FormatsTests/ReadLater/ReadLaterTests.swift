import QuipuFormats
import Testing

enum ReadLaterSamples {
    static let wallabag = [
        """
        [{"is_archived":1,"is_starred":0,"user_name":"ana","user_email":"a@b.example","user_id":1,"tags":["flood","river"],"is_public":false,"id":23,
        "uid":null,"title":"High water","url":"https://press.example/high","hashed_url":"9c1","given_url":"https://press.example/high?utm_source=x","archived_at":"2016-09-09T11:55:58+0200",
        "content":"<p>The river rose by <b>two metres</b>.</p>\\n<script>alert(1)</script><p>Nobody was hurt.</p>","created_at":"2016-09-08T11:55:58+0200","updated_at":"2016-09-08T11:57:16+0200",
        "published_at":"2016-09-01T08:00:00+0200","published_by":["Quispe, Ana"],"starred_at":null,
        "annotations":[{"user":"ana","annotator_schema_version":"v1.0","id":9,"text":"how measured?","created_at":"2016-09-08T12:00:00+0200","updated_at":"2016-09-08T12:00:00+0200","quote":"two metres","ranges":[{"start":"\\/p[1]","startOffset":"18","end":"\\/p[1]","endOffset":"28"}]}],
        "mimetype":"text\\/html","language":"en","reading_time":1,"domain_name":"press.example","preview_picture":null,"http_status":"200","headers":{"content-type":"text\\/html"}}]
        """,
        #"[{"is_archived":0,"is_starred":1,"tags":[],"id":"24","title":"Plain","url":"https://press.example/p","content":"line one","mimetype":"text/plain","domain_name":"press.example"}]"#,
        #"[{"is_archived":0,"is_starred":0,"tags":["a"],"title":"No content","url":"https://press.example/n","content":"","mimetype":"","language":null,"reading_time":0,"domain_name":"press.example","annotations":[{"text":"","quote":""}]}]"#,
        #"[{"is_archived":"1","is_starred":"0","id":25,"title":"","url":"https://press.example/e","content":"<h1>Head</h1><ul><li>a</li></ul>","published_at":"yesterday","domain_name":"press.example"}, 5]"#,
        #"[{"is_archived":0,"is_starred":0,"id":26,"url":"","title":"","content":""},{"is_archived":0,"is_starred":0,"id":27,"title":"é","url":"https://press.example/é","content":"<p>ñ"}]"#,
    ]
    static let omnivore = [
        """
        [{"id":"7c1a","slug":"on-wells-18f","title":"On wells","description":"About depth.","author":"Ana Quispe","url":"https://journal.example/wells","state":"Archived","readingProgress":100,"thumbnail":"https://i.example/x.jpg","labels":["water","History"],"savedAt":"2024-10-30T12:39:28.023Z","updatedAt":"2024-10-31T12:39:28.023Z","publishedAt":"2019-04-01T00:00:00.000Z"},
        {"id":"7c1b","slug":"no-date","title":"Second","url":"https://journal.example/2","state":"Active","readingProgress":0,"labels":[],"savedAt":"2024-10-30T12:39:28.023Z","updatedAt":"2024-10-31T12:39:28.023Z"}]
        """,
        #"[{"slug":"s","savedAt":"2024-01-01T00:00:00Z","readingProgress":0,"url":"https://a.example","title":null,"id":"1"}]"#,
        #"[{"slug":"s","savedAt":"2024-01-01T00:00:00Z","readingProgress":0,"url":"https://omnivore.app/no_url?q=1","title":"Mail","id":"2","author":"","labels":null}]"#,
        #"[{"id":"3","slug":"x","title":"T","url":"https://b.example","readingProgress":12.5,"savedAt":"2024-01-01T00:00:00Z","labels":[{"name":"obj"}]}]"#,
        #"[{"id":"4","slug":"x","title":"T","url":"https://c.example","readingProgress":0,"savedAt":"2024-01-01T00:00:00Z","publishedAt":"1970-01-01T00:00:00.000Z"}, {"id":"5"}]"#,
    ]
    static let readwise = [
        """
        {"count":1,"nextPageCursor":null,"results":[{"user_book_id":123,"is_deleted":false,"title":"Rivers of Empire","author":"Donald Worster","readable_title":"Rivers of Empire","source":"kindle","cover_image_url":"https://i.example/c.jpg","unique_url":null,"summary":"Water and power.","book_tags":[{"id":1,"name":"water"}],"category":"books","document_note":"Borrowed.","readwise_url":"https://readwise.io/bookreview/123","source_url":null,"external_id":"k1","asin":"B00",
        "highlights":[{"id":456,"is_deleted":false,"text":"The ditch","location":1204,"location_type":"location","note":"compare","color":"yellow","highlighted_at":"2022-09-13T16:41:53.186Z","created_at":"2022-09-13T16:41:53.186Z","updated_at":"2022-09-14T18:50:30.564Z","external_id":null,"end_location":null,"url":null,"book_id":123,"tags":[{"id":7,"name":"canal"}],"is_favorite":true,"is_discard":false,"readwise_url":"https://readwise.io/open/456"},
        {"id":457,"is_deleted":true,"text":"gone"},{"id":458,"text":"Second","note":null,"tags":[]}]}]}
        """,
        "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags\n\"The \"\"ditch\"\",\nagain\",Rivers of Empire,Donald Worster,B00,compare,yellow,\"canal, dam\",location,1204,2022-09-13 16:41:53+00:00,water\nSecond,Rivers of Empire,Donald Worster,B00,,,,location,1300,2022-09-14 16:41:53+00:00,water\nThird,Other Book,,,,,,order,1,,\n",
        "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\nOn wells,https://journal.example/wells,01h2,\"['water', 'well']\",2024-01-02 03:04:05+00:00,0.5,archive,True\nTwo,https://journal.example/2,01h3,,2024-01-02 03:04:05+00:00,0,new,False\n",
        #"{"count":0,"nextPageCursor":null,"results":[{"user_book_id":1,"is_deleted":true,"title":"x","highlights":[]},{"user_book_id":"2","title":"Page","source_url":"https://a.example/p","highlights":[{"id":1,"text":"q"}]}]}"#,
        "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags\n,Rivers,,,,,,,,,\nq,,,,,,,,,,\nq,Rivers\n",
    ]
    static let pocket = [
        "title,url,time_added,tags,status\nHigh water,https://press.example/high,1600000000,flood|river,unread\nhttps://press.example/x,https://press.example/x,1600000001,,archive\n",
        "title,url,time_added,cursor,tags,status\n\"A, \"\"b\"\"\",https://press.example/1,1600000000,,a,archive\n",
        """
        <!DOCTYPE html>
        <html>
        \t<!--So long and thanks for all the fish-->
        \t<head>
        \t\t<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
        \t\t<title>Pocket Export</title>
        \t</head>
        \t<body>
        \t\t<h1>Unread</h1>
        \t\t<ul>
        \t\t\t<li><a href="https://press.example/high?a=1&b=2" time_added="1600000000" tags="flood,river">High &amp; low water — “é”</a></li>
        \t\t\t<li><a href="https://press.example/x" time_added="1600000001" tags="">https://press.example/x</a></li>
        \t\t</ul>
        \t\t
        \t\t<h1>Read Archive</h1>
        \t\t<ul>
        \t\t\t<li><a href="https://press.example/old" time_added="1500000000" tags="">Old</a></li>
        \t\t</ul>
        \t</body>
        </html>
        """,
        "<html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul><li><a href=\"https://a.example/1\" time_added=\"1\" tags=\"x\">One</a></li><li><a href=\"https://a.example/2\" time_added=\"2\" tags=\"\">Two</a></li></ul><h1>Read Archive</h1><ul><li><a href=\"https://a.example/3\" time_added=\"3\">Three</a></li></ul></body></html>",
        "title,url,time_added,tags,status\n,,1600000000,,unread\n\"never closed,https://a.example,1,,unread\n",
    ]
    static let instapaper = [
        "URL,Title,Selection,Folder,Timestamp\nhttps://press.example/high,High water,The river rose,Floods,1600000000\nhttps://press.example/x,X,,Unread,1600000001\n",
        "URL,Title,Selection,Folder,Timestamp,Tags\nhttps://press.example/1,One,,Archive,1600000000,\"[\"\"a\"\",\"\"b\"\"]\"\nhttps://press.example/2,Two,,Starred,1600000000,[]\n",
        "\u{feff}URL,Title,Selection,Folder,Timestamp\r\nhttps://press.example/1,\"Multi\r\nline\",\"sel \"\"q\"\"\",Unread,1\r\n",
        "URL,Title,Selection,Folder,Timestamp\nhttps://press.example/1,,,,\n,,,,\n",
        "URL,Title,Selection,Folder,Timestamp\nhttps://press.example/1,T,S,F,1600000000,extra\nhttps://press.example/2\n",
    ]
}

@Suite struct ReadLaterTests {
    @Test func `Wallabag gives articles as reading text, with annotations and states`() throws {
        let reading = try Reading(ReadLaterSamples.wallabag[0])
        #expect(reading.rejections.isEmpty)
        #expect(reading.items.map(\.kind) == ["article", "annotation"])
        let article = reading.items[0]
        let body = try #require(article.texts["body"])
        #expect(
            body.contains("two metres") && body.contains("\\n\\nNobody was hurt.") && !body.contains("alert"))
        #expect(article.texts["title"] == #""High water""#)
        #expect(article.texts["date"] == #""2016-09-01T08:00:00+02:00""#)
        #expect(article.texts["author"] == #"["Quispe, Ana"]"#)
        #expect(article.texts["x-is_archived"] == "1")
        #expect(article.tags == ["flood", "river"])
        #expect(article.foreignID == "23" && article.producer == "wallabag")
        #expect(article.modified == "2016-09-08T11:57:16+0200")
        let annotation = reading.items[1]
        #expect(annotation.relations.parent == article.relations.key)
        #expect(annotation.relations.passage == SourcePassage(exact: "two metres"))
        #expect(annotation.texts["text"] == #""how measured?""#)
        #expect(annotation.foreignID == "9" && annotation.producer == "wallabag:annotations")
        #expect(annotation.texts["x-ranges"]?.contains("startOffset") == true)
    }

    @Test(arguments: [(1, 1, 0), (2, 1, 1), (3, 1, 1), (4, 1, 1)])
    func `other exports of Wallabag are read as far as they have fields`(
        sample: Int, items: Int, rejections: Int
    ) throws {
        let reading = try Reading(ReadLaterSamples.wallabag[sample])
        #expect(reading.items.count == items)
        #expect(reading.rejections.count == rejections, "\(reading.rejections)")
        #expect(reading.items.allSatisfy { $0.producer == "wallabag" })
    }

    @Test func `Omnivore gives articles with labels and states`() throws {
        let reading = try Reading(ReadLaterSamples.omnivore[0])
        #expect(reading.items.count == 2 && reading.rejections.isEmpty)
        let article = reading.items[0]
        #expect(article.tags == ["water", "History"])
        #expect(article.texts["abstract"] == #""About depth.""#)
        #expect(article.texts["date"] == #""2019-04-01T00:00:00.000Z""#)
        #expect(article.texts["x-state"] == #""Archived""#)
        #expect(article.texts["x-slug"] == #""on-wells-18f""#)
        #expect(article.modified == "2024-10-31T12:39:28.023Z")
        // The day on which it was saved is not its date.
        #expect(reading.items[1].texts["date"] == nil)
        for sample in ReadLaterSamples.omnivore.dropFirst() {
            #expect(try Reading(sample).items.allSatisfy { $0.producer == "omnivore" })
        }
        #expect(try Reading(ReadLaterSamples.omnivore[3]).items.first?.tags == ["obj"])
        #expect(try Reading(ReadLaterSamples.omnivore[4]).rejections.count == 1)
    }

    @Test func `Readwise gives a book with its highlights`() throws {
        let reading = try Reading(ReadLaterSamples.readwise[0])
        #expect(reading.items.map(\.kind) == ["article", "note", "annotation", "annotation"])
        #expect(reading.remarks == ["1 highlight was deleted in Readwise and left out"])
        let book = reading.items[0]
        #expect(book.texts["title"] == #""Rivers of Empire""#)
        #expect(book.foreignID == "123" && book.producer == "readwise")
        #expect(book.tags == ["water"])
        let highlight = reading.items[2]
        #expect(highlight.relations.passage?.exact == "The ditch")
        #expect(highlight.relations.parent == book.relations.key)
        #expect(highlight.texts["text"] == #""compare""#)
        #expect(highlight.texts["x-color"] == #""yellow""#)
        #expect(highlight.tags == ["canal"])
        #expect(highlight.modified == "2022-09-14T18:50:30.564Z")
        let other = try Reading(ReadLaterSamples.readwise[3])
        #expect(other.items.map(\.kind) == ["article", "annotation"])
        #expect(other.items[0].texts["url"] == #""https://a.example/p""#)
    }

    @Test func `rows of highlights become annotations of one book`() throws {
        let reading = try Reading(ReadLaterSamples.readwise[1])
        #expect(
            reading.items.map(\.kind) == ["article", "annotation", "annotation", "article", "annotation"])
        #expect(reading.items[1].relations.passage?.exact == "The \"ditch\",\nagain")
        #expect(reading.items[1].tags == ["canal", "dam"])
        #expect(reading.items[1].texts["date"] == #""2022-09-13T16:41:53+00:00""#)
        #expect(reading.items[0].texts["x-Amazon Book ID"] == #""B00""#)
        #expect(reading.items[1].foreignID != reading.items[2].foreignID)
        #expect(reading.items[1].relations.parent == reading.items[0].relations.key)
        let again = try Reading(ReadLaterSamples.readwise[1])
        #expect(again.items.map(\.foreignID) == reading.items.map(\.foreignID))

        let broken = try Reading(ReadLaterSamples.readwise[4])
        #expect(broken.items.map(\.kind) == ["article", "annotation"])
        #expect(broken.rejections.map(\.reason) == ["the row has no highlight", "the row has no book title"])
    }

    @Test func `documents of Reader keep their location, tags and id`() throws {
        let reading = try Reading(ReadLaterSamples.readwise[2])
        #expect(reading.items.count == 2)
        #expect(reading.items[0].tags == ["water", "well"])
        #expect(reading.items[0].texts["x-Location"] == #""archive""#)
        #expect(reading.items[0].texts["date"] == nil)
        #expect(reading.items[0].foreignID == "01h2")
    }

    @Test func `Pocket's table and its page are read alike`() throws {
        let table = try Reading(ReadLaterSamples.pocket[0])
        let page = try Reading(ReadLaterSamples.pocket[2])
        #expect(table.items[0].tags == ["flood", "river"] && page.items[0].tags == ["flood", "river"])
        #expect(table.items.map { $0.texts["x-status"] } == [#""unread""#, #""archive""#])
        #expect(page.items.map { $0.texts["x-status"] } == [#""unread""#, #""unread""#, #""archive""#])
        #expect(page.items[0].texts["title"] == #""High & low water — “é”""#)
        #expect(page.items[0].texts["url"] == #""https://press.example/high?a=1&b=2""#)
        #expect(table.items[1].texts["title"] == nil && page.items[1].texts["title"] == nil)
        #expect(table.items[0].texts["x-time_added"] == #""1600000000""#)
        #expect(try Reading(ReadLaterSamples.pocket[1]).items.first?.texts["title"] == #""A, \"b\"""#)
        #expect(
            try Reading(ReadLaterSamples.pocket[3]).items.map { $0.texts["title"] } == [
                #""One""#, #""Two""#, #""Three""#,
            ])
        let broken = try Reading(ReadLaterSamples.pocket[4])
        #expect(broken.items.isEmpty && broken.rejections.count == 2)
    }

    @Test func `Instapaper's folders become collections, and its states do not`() throws {
        let reading = try Reading(ReadLaterSamples.instapaper[0])
        #expect(reading.items.map(\.kind) == ["article", "annotation", "article"])
        #expect(reading.items[0].relations.collections == [["Floods"]])
        #expect(reading.items[1].relations.passage?.exact == "The river rose")
        #expect(reading.items[2].texts["x-folder"] == #""Unread""#)
        let tagged = try Reading(ReadLaterSamples.instapaper[1])
        #expect(tagged.items.map(\.tags) == [["a", "b"], []])
        let marked = try Reading(ReadLaterSamples.instapaper[2])
        #expect(marked.items.map(\.kind) == ["article", "annotation"])
        let ragged = try Reading(ReadLaterSamples.instapaper[4])
        #expect(ragged.remarks == ["the row has 6 cells, the header 5", "the row has 1 cells, the header 5"])
        #expect(ragged.items[0].texts["x-column-6"] == #""extra""#)
    }

    @Test func `a table of another service is refused under the wrong name`() throws {
        for format in [SourceFormat.pocket, .instapaper] {
            #expect(throws: InterchangeError.self) { try Reading("a,b,c\n1,2,3\n", as: format) }
        }
    }
}
