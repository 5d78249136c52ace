import Testing

@testable import QuipuFormats

/// What read-later services export besides a list: pages, passages, answers of an API.
@Suite struct ReadLaterArchiveTests {
    private static let metadata = """
        [{"id":"7c1a","slug":"on-wells-18f","title":"On wells","url":"https://journal.example/wells","state":"Archived","readingProgress":100,"labels":["water"],"savedAt":"2024-10-30T12:39:28.023Z","updatedAt":"2024-10-31T12:39:28.023Z"},
        {"id":"7c1b","slug":"no-page","title":"Second","url":"https://journal.example/2","state":"Active","readingProgress":0,"labels":[],"savedAt":"2024-10-30T12:39:28.023Z"}]
        """
    /// As Omnivore writes them: a quotation, labels in a line, a remark; then a note on the page.
    private static let highlights =
        "> The well is deep. \n\n#depth #old wells\n\nHow deep?\n\nAsk Ben.\n\n> First paragraph.\n> Second paragraph. \n\nA note on the page\n\n\n\n> Last one. "
    private static let page = "<div class=\"page\"><p>The well is deep.</p><p>First paragraph.</p></div>"

    private func archive(_ entries: [(name: String, text: String)]) -> [UInt8] {
        PackedBytes.zip(entries.map { ($0.name, Array($0.text.utf8)) })
    }

    @Test
    func `Omnivore's archive gives pages with their text and highlights, in whatever order it has them`()
        throws
    {
        let entries = [
            ("metadata_0_to_2.json", Self.metadata), ("content/on-wells-18f.html", Self.page),
            ("highlights/on-wells-18f.md", Self.highlights), ("highlights/unknown.md", "> What?"),
        ]
        for order in [entries, [entries[2], entries[1], entries[0], entries[3]]] {
            let reading = try Reading(archive(order))
            #expect(
                reading.items.map(\.kind) == [
                    "article", "annotation", "annotation", "note", "annotation", "article",
                ])
            let article = reading.items[0]
            #expect(article.texts["body"] == #""The well is deep.\n\nFirst paragraph.""#)
            #expect(article.producer == "omnivore" && article.foreignID == "7c1a")
            #expect(article.tags == ["water"])
            let parts = reading.items[1...4]
            #expect(parts.allSatisfy { $0.relations.parent == article.relations.key })
            #expect(
                parts.map { $0.relations.passage?.exact } == [
                    "The well is deep.", "First paragraph.\n\nSecond paragraph.", nil, "Last one.",
                ])
            #expect(
                parts.map { $0.texts["text"] } == [
                    #""How deep?\n\nAsk Ben.""#, nil, #""A note on the page""#, nil,
                ])
            #expect(reading.items[1].tags == ["depth", "old wells"])
            #expect(Set(parts.compactMap(\.foreignID)).count == 4)
            #expect(reading.items[5].texts["title"] == #""Second""# && reading.items[5].texts["body"] == nil)
            #expect(reading.rejections.map(\.reason).count == 1)
        }
    }

    @Test func `a file that Omnivore saved is attached to its page, and what no metadata names is said`()
        throws
    {
        let reading = try Reading(
            archive([
                ("metadata_0_to_2.json", Self.metadata), ("content/no-page.pdf", "%PDF-1.4 x"),
                ("content/on-wells-18f.html", Self.page), ("content/orphan.html", "<p>Orphan</p>"),
            ]))
        #expect(reading.items.map(\.kind) == ["article", "attachment", "article"])
        #expect(reading.items[0].texts["title"] == #""Second""# && reading.items[0].texts["body"] == nil)
        let file = reading.items[1]
        #expect(file.texts["name"] == #""no-page.pdf""# && file.texts["mediaType"] == #""application/pdf""#)
        #expect(file.relations.file == .bytes(Array("%PDF-1.4 x".utf8)))
        #expect(file.relations.parent == reading.items[0].relations.key && file.relations.parent != nil)
        #expect(reading.rejections.map(\.reason).count == 1)
        #expect(reading.rejections[0].reason.hasPrefix("content/orphan.html: ") == true)
    }

    @Test func `an export of Omnivore that was unpacked is read as the archive is`() throws {
        let folder = try ScratchFolder()
        try folder.write("metadata_0_to_2.json", Self.metadata)
        try folder.write("content/on-wells-18f.html", Self.page)
        try folder.write("highlights/on-wells-18f.md", Self.highlights)
        try folder.write("notes/other.md", "# Other\n\nText.\n")
        for path in [folder.path, folder.path + "/metadata_0_to_2.json"] {
            let reading = try Reading(path: path)
            let articles = reading.items.filter { $0.kind == "article" }.compactMap { $0.texts["title"] }
            #expect(articles == [#""On wells""#, #""Second""#] + (path == folder.path ? [#""Other""#] : []))
            #expect(reading.items.count == articles.count + 4 && reading.rejections.isEmpty)
            #expect(reading.items[0].texts["body"]?.contains("First paragraph.") == true)
        }
    }

    @Test func `what stands beside the metadata of Omnivore and is not taken is named or counted`() throws {
        let folder = try ScratchFolder()
        // The last of several files of metadata, by itself.
        try folder.write("metadata_20_to_22.json", Self.metadata)
        try folder.write("content/on-wells-18f.html", Self.page)
        try folder.write("content/nobody.html", "<p>No metadata names this page.</p>")
        try folder.write("content/no-page.pdf/part", "a folder, and no file")
        let reading = try Reading(path: folder.path)
        #expect(reading.items.compactMap { $0.kind == "article" ? $0.texts["title"] : nil }.count == 2)
        #expect(reading.rejections.map(\.place.file) == [folder.path + "/content/no-page.pdf"])
        #expect(
            reading.remarks.contains { $0.contains("pages of Omnivore that no metadata names (1)") },
            "\(reading.remarks)")
    }

    @Test func `an archive of Omnivore that is cut or damaged gives what is whole in it`() throws {
        let bytes = archive([
            ("metadata_0_to_2.json", Self.metadata), ("content/on-wells-18f.html", Self.page),
            ("highlights/on-wells-18f.md", Self.highlights),
        ])
        for count in stride(from: 100, to: bytes.count, by: 37) {
            let cut = try? Reading(Array(bytes[..<count]), as: .omnivore)
            #expect(cut.map { !$0.items.isEmpty || !$0.rejections.isEmpty } ?? true)
        }
        var damaged = bytes
        for index in stride(from: 40, to: bytes.count, by: 53) { damaged[index] ^= 0x55 }
        _ = try? Reading(damaged, as: .omnivore)
    }

    @Test func `Pocket's archive gives its table and the passages that were marked`() throws {
        let reading = try Reading(
            archive([
                (
                    "part_000000.csv",
                    "title,url,time_added,tags,status\nHigh water,https://press.example/high,1600000000,flood,unread\n"
                ),
                (
                    "annotations/part_000000.json",
                    #"[{"url":"https://press.example/high","title":"https://press.example/high","highlights":[{"quote":"The river rose","created_at":1600000001},{"quote":"","created_at":1600000002}]},{"title":"lost","highlights":[{"quote":"x","created_at":1}]}]"#
                ),
                ("collections/part_000000.json", "[]"),
            ]))
        #expect(reading.items.map(\.kind) == ["article", "article", "annotation"])
        #expect(reading.items[1].texts["title"] == nil)
        let annotation = reading.items[2]
        #expect(annotation.relations.passage == SourcePassage(exact: "The river rose"))
        #expect(annotation.relations.parent == reading.items[1].relations.key)
        #expect(annotation.texts["date"] == #""2020-09-13T12:26:41Z""#)
        #expect(reading.rejections.count == 2)
        #expect(reading.remarks == ["1 file in it, a collection perhaps, was passed over"])
    }

    @Test func `answers of Reader's API give highlights with their notes, even if the notes come first`()
        throws
    {
        let reading = try Reading(
            """
            {"count":5,"nextPageCursor":null,"results":[
            {"id":"n1","url":"https://read.readwise.io/read/n1","title":null,"category":"note","parent_id":"h1","content":"and since?","notes":"","tags":{},"reading_progress":0,"updated_at":"2024-01-03T00:00:00+00:00"},
            {"id":"h1","url":"https://read.readwise.io/read/h1","title":"On wells","category":"highlight","parent_id":"d1","content":"The well is deep.","notes":"how deep?","tags":{"depth":{"name":"depth","type":"manual"}},"reading_progress":0,"created_at":"2024-01-02T03:04:05+00:00","updated_at":"2024-01-02T03:04:05+00:00"},
            {"id":"h2","category":"highlight","parent_id":"d9","content":"Elsewhere","notes":"","tags":null,"reading_progress":0},
            {"id":"d1","url":"https://read.readwise.io/read/d1","source_url":"https://journal.example/wells","title":"On wells","author":"Ana Quispe","category":"article","location":"archive","tags":{"water":{"name":"water","type":"manual"}},"site_name":"Journal","published_date":"2019-04-01","summary":"About depth.","parent_id":null,"reading_progress":1,"notes":"Borrowed.","html_content":"<p>The well is deep.</p>","updated_at":"2024-01-01T00:00:00+00:00"},
            5]}
            """)
        #expect(reading.items.map(\.kind) == ["article", "note", "annotation", "article", "annotation"])
        let article = reading.items[0]
        #expect(article.texts["url"] == #""https://journal.example/wells""#)
        #expect(article.texts["body"] == #""The well is deep.""#)
        #expect(article.texts["publisher"] == #""Journal""#)
        #expect(article.texts["date"] == #""2019-04-01""#)
        #expect(article.tags == ["water"] && article.producer == "readwise:reader")
        #expect(reading.items[1].texts["text"] == #""Borrowed.""#)
        let highlight = reading.items[2]
        #expect(highlight.relations.passage?.exact == "The well is deep.")
        #expect(highlight.texts["text"] == #""how deep?\n\nand since?""#)
        #expect(highlight.tags == ["depth"] && highlight.relations.parent == article.relations.key)
        // Its document is in another page of answers, where it has a better title.
        #expect(reading.items[3].foreignID == "d9" && reading.items[3]["derived/title"] != nil)
        #expect(reading.rejections.count == 1)
    }

    @Test func `Wallabag 1 gives reading text once, and its ids have their own scope`() throws {
        let reading = try Reading(
            #"[{"0":"3","1":"High water","2":"https://press.example/w","3":"0","4":"1","5":"<p>Rose.</p>","6":"1","id":"3","title":"High water","url":"https://press.example/w","is_read":"0","is_fav":"1","content":"<p>It <b>rose</b>.</p>","user_id":"1","tags":"river,flood"},{"id":"4","title":"No title found","url":"https://press.example/x","is_read":"1","is_fav":"0","content":"","user_id":"1","tags":""}]"#
        )
        #expect(reading.items.count == 2 && reading.rejections.isEmpty)
        let article = reading.items[0]
        #expect(article.texts["body"] == #""It rose.""# || article.texts["body"] == #""It **rose**.""#)
        #expect(article.texts["x-is_fav"] == #""1""# && article.texts["x-0"] == nil)
        #expect(article.tags == ["river", "flood"] && article.producer == "wallabag:1")
        #expect(reading.items[1].texts["title"] == nil)
    }

    @Test func `Instapaper's older tables without times are read`() throws {
        let reading = try Reading(
            "URL,Title,Selection,Folder\nhttps://press.example/high,High water,The river rose,Floods\n")
        #expect(reading.items.map(\.kind) == ["article", "annotation"])
        #expect(reading.items[0].relations.collections == [["Floods"]])
    }
}
