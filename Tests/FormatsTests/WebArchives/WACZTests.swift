import QuipuFormats
import Testing

@Suite struct WACZTests {
    private static let list = """
        {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
        {"id": "1", "url": "https://example.org/1", "ts": "2024-05-06T07:08:09Z", "title": "The river, as listed"}
        {"id": "2", "url": "https://example.org/moved", "title": "https://example.org/moved"}
        {"id": "3", "url": "https://example.org/never", "title": "Never captured"}

        """

    private static let captures =
        WARCSample.info + WARCSample.response("https://example.org/2")
        + WARCSample.response("https://example.org/1")
        + WARCSample.response("https://example.org/frame")
        + WARCSample.response("https://example.org/moved", [], status: "302 Found", headers: ["Location: /2"])

    private static func archive(_ entries: [(String, [UInt8])]) -> [UInt8] { PackedBytes.zip(entries) }

    private static let usual = archive([
        ("archive/data.warc.gz", PackedBytes.gzip(captures)), ("datapackage.json", Array("{}".utf8)),
        ("indexes/index.cdx.gz", PackedBytes.gzip("x")), ("pages/pages.jsonl", Array(list.utf8)),
    ])

    @Test func `the page list of a WACZ file selects the pages and gives their titles`() throws {
        let reading = try Reading(Self.usual)
        let found = reading.items.compactMap { item in item.text("url").map { ($0, item.text("title") ?? "") }
        }
        #expect(found.map(\.0) == ["https://example.org/1", "https://example.org/2"])
        #expect(found.first?.1 == "The river, as listed")
        #expect(found.last?.1.contains("The river rose") == true)
        #expect(
            reading.rejections.map(\.reason) == [
                "its list names a page that was not captured: https://example.org/never"
            ])
    }

    @Test func `a page that was not captured comes with the text that the list has of it`() throws {
        let list = """
            {"format": "json-pages-1.0", "id": "pages", "hasText": true}
            {"url": "https://example.org/1", "ts": "2024-05-06T07:08:09Z", "title": "One", "text": "Not this text."}
            {"url": "https://example.org/never", "ts": "2024-05-06T07:08:10Z", "title": "Never", "text": "First line.\\nSecond line."}
            {"url": "https://example.org/empty", "text": " "}

            """
        let reading = try Reading(
            Self.archive([
                ("archive/data.warc.gz", PackedBytes.gzip(Self.captures)),
                ("datapackage.json", Array("{}".utf8)),
                ("pages/pages.jsonl", Array(list.utf8)),
            ]))
        #expect(
            reading.items.map { $0.text("url") } == ["https://example.org/1", "https://example.org/never"])
        #expect(reading.items.first?.text("body")?.contains("On Monday the river rose") == true)
        let told = try #require(reading.items.last)
        #expect(told.text("title") == "Never" && told.text("body") == "First line.\nSecond line.")
        #expect(told.text("x-captured") == "2024-05-06T07:08:10Z")
        #expect(
            reading.rejections.map(\.reason) == [
                "its list names a page that was not captured: https://example.org/empty"
            ])
        #expect(
            reading.remarks.contains(
                "1 page of its list was not captured; its text was taken from the list"))
    }

    @Test func `without a page list all pages of each WARC file in a WACZ file are read`() throws {
        let bytes = Self.archive([
            ("archive/1.warc", WARCSample.response("https://example.org/1")),
            ("archive/2.warc.gz", PackedBytes.gzip(WARCSample.response("https://example.org/2"))),
            ("datapackage.json", Array("{}".utf8)),
        ])
        #expect(
            try Reading(bytes).items.compactMap { $0.text("url") } == [
                "https://example.org/1", "https://example.org/2",
            ])
    }

    @Test func `unreadable lines of a page list are counted, and the other lines are used`() throws {
        let bytes = Self.archive([
            (
                "pages/pages.jsonl",
                Array(
                    "{\"format\":\"json-pages-1.0\"}\n{broken\n{\"url\":\"https://example.org/1\"}\n[]\n".utf8
                )
            ),
            (
                "archive/data.warc",
                WARCSample.response("https://example.org/1") + WARCSample.response("https://example.org/ad")
            ),
        ])
        let reading = try Reading(bytes)
        #expect(reading.items.compactMap { $0.text("url") } == ["https://example.org/1"])
        #expect(reading.rejections.map(\.reason) == ["2 lines of its list of pages cannot be read"])
    }

    @Test func `entries of a WACZ file with unsafe names are refused, and the others are read`() throws {
        let bytes = Self.archive([
            ("archive/data.warc", WARCSample.response("https://example.org/1")), ("../../evil.warc", [1]),
            ("/pages/pages.jsonl", [2]),
        ])
        let reading = try Reading(bytes)
        #expect(reading.items.count == 1)
        #expect(reading.rejections.count == 2)
    }

    @Test func `an archive without WARC files says so`() throws {
        let reading = try Reading(Self.archive([("pages/pages.jsonl", Array(Self.list.utf8))]))
        #expect(reading.items.isEmpty)
        #expect(reading.rejections.contains { $0.reason == "it holds no WARC file" })
    }

    @Test func `reading a cut or damaged WACZ file terminates`() throws {
        // Where the list is cut off, all that is HTML is a page.
        try Damage.cut(Self.usual, as: .wacz, most: 3)
        Damage.change(Self.usual, as: .wacz)
    }
}
