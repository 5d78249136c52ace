import Testing

@testable import QuipuFormats

enum BrowserBookmarkSamples {
    /// As Chromium keeps them: a folder's name stands behind what is in it.
    static let chromium = """
        {
           "checksum": "8d4f",
           "roots": {
              "bookmark_bar": {
                 "children": [ {
                    "children": [ {
                       "date_added": "13344473600000000",
                       "guid": "5a2c",
                       "id": "7",
                       "meta_info": { "last_visited_desktop": "13344473700000000" },
                       "name": "High water: \\"two metres\\"",
                       "type": "url",
                       "url": "https://press.example/high?a=1&b=2"
                    } ],
                    "date_added": "13344473500000000",
                    "name": "Floods",
                    "type": "folder"
                 }, {
                    "date_added": "13344473800000000",
                    "id": "9",
                    "name": "",
                    "type": "url",
                    "url": "https://press.example/untitled"
                 }, {
                    "id": "10",
                    "name": "A tool",
                    "type": "url",
                    "url": "javascript:alert(1)"
                 } ],
                 "name": "Bookmarks bar",
                 "type": "folder"
              },
              "other": { "children": [  ], "name": "Other bookmarks", "type": "folder" }
           },
           "version": 1
        }
        """
    static let firefox = """
        {"guid":"root________","title":"","index":0,"dateAdded":1700000000000000,"lastModified":1700000001000000,"id":1,"typeCode":2,"type":"text/x-moz-place-container","root":"placesRoot","children":[\
        {"guid":"menu________","title":"menu","type":"text/x-moz-place-container","root":"bookmarksMenuFolder","children":[\
        {"guid":"a1","title":"Tagged","index":0,"dateAdded":1700000000000000,"lastModified":1700000100000000,"id":4,"tags":"river,flood","type":"text/x-moz-place","uri":"https://press.example/a","keyword":"rv"},\
        {"guid":"a2","type":"text/x-moz-place-separator"},\
        {"guid":"a3","title":"Recent","type":"text/x-moz-place","uri":"place:sort=8&maxResults=10"},\
        {"guid":"a4","title":"Described","annos":[{"name":"bookmarkProperties/description","flags":0,"expires":4,"value":"What it is about."}],"type":"text/x-moz-place","uri":"https://press.example/d"}]},\
        {"guid":"tags________","title":"tags","type":"text/x-moz-place-container","root":"tagsFolder","children":[\
        {"title":"mill","type":"text/x-moz-place-container","children":[{"title":"Tagged","type":"text/x-moz-place","uri":"https://press.example/a"}]}]}]}
        """
    static let all = [chromium, firefox]
}

@Suite struct BrowserBookmarksTests {
    @Test func `Chromium's own file gives its bookmarks with folders and times`() throws {
        let reading = try Reading(BrowserBookmarkSamples.chromium)
        #expect(reading.items.count == 2)
        let first = reading.items[0]
        #expect(first.texts["title"] == #""High water: \"two metres\"""#)
        #expect(first.texts["url"] == #""https://press.example/high?a=1&b=2""#)
        #expect(first.texts["date"] == #""2023-11-14T22:13:20Z""#)
        #expect(first.relations.collections == [["Bookmarks bar", "Floods"]])
        #expect(first.place.line == 6)
        #expect(reading.items[1].texts["title"] == nil)
        #expect(reading.items[1].relations.collections == [["Bookmarks bar"]])
        #expect(reading.rejections.isEmpty)
        #expect(reading.remarks == ["passed over 1 bookmark: a query or a script, and no page"])
    }

    @Test func `a Firefox backup gives tags and descriptions, and its queries are not imported as pages`()
        throws
    {
        let reading = try Reading(BrowserBookmarkSamples.firefox)
        #expect(reading.rejections.isEmpty)
        #expect(reading.fields.map { $0["title"] } == [#""Tagged""#, #""Described""#, #""Tagged""#])
        let first = reading.items[0]
        #expect(first.tags == ["river", "flood"])
        #expect(first.texts["date"] == #""2023-11-14T22:13:20Z""#)
        #expect(first.texts["x-keyword"] == #""rv""#)
        #expect(first.relations.collections == [["menu"]])
        #expect(reading.items[1].texts["abstract"] == #""What it is about.""#)
        // The list of tags names pages once more.
        #expect(reading.items[2].tags == ["mill"] && reading.items[2].relations.collections.isEmpty)
    }

    @Test(arguments: BrowserBookmarkSamples.all)
    func `a cut bookmark file gives every whole bookmark, and a line says that it is cut`(text: String) throws
    {
        let bytes = Array(text.utf8)
        let whole = try Reading(text, as: .bookmarks).items.count
        var most = 0
        for count in stride(from: 80, to: bytes.count, by: 3) {
            let cut = try Reading(Array(bytes[..<count]), as: .bookmarks)
            #expect(cut.items.count <= whole && cut.items.count >= most)
            #expect(cut.rejections.contains { $0.reason.contains("nothing after this place") })
            most = cut.items.count
        }
        #expect(most == whole)
    }

    @Test func `a tree of ten thousand folders is refused with its place`() throws {
        let text =
            #"{"roots":{"other":"# + String(repeating: #"{"children":["#, count: 10_000)
        let reading = try Reading(text, as: .bookmarks)
        #expect(reading.items.isEmpty && reading.rejections.count == 1)
        #expect(reading.rejections[0].reason.hasPrefix("it is nested too deeply"))
    }

    /// As Firefox writes its backups, though with nothing found twice.
    private func packed(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var count = bytes.count - 15
        var block: [UInt8] = [0xF0]
        while count >= 255 {
            block.append(255)
            count -= 255
        }
        block.append(UInt8(count))
        let length = (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
        return MozillaLZ4.mark + length + block + bytes
    }

    @Test func `a compressed Firefox backup reads the same as an uncompressed one`() throws {
        let bytes = packed(BrowserBookmarkSamples.firefox)
        let reading = try Reading(bytes)
        #expect(reading.fields == (try Reading(BrowserBookmarkSamples.firefox).fields))
        for count in stride(from: 8, to: bytes.count, by: 17) {
            let cut = try Reading(Array(bytes[..<count]))
            #expect(cut.items.count <= 3 && cut.rejections.count == 1)
        }
        // Three letters, six that repeat them, and what stands behind.
        let block: [UInt8] = [0x32] + Array("abc".utf8) + [3, 0, 0x50] + Array("hello".utf8)
        let whole = MozillaLZ4.expand((MozillaLZ4.mark + [14, 0, 0, 0] + block)[...], maximumBytes: 1 << 20)
        #expect(String(decoding: whole.bytes, as: UTF8.self) == "abcabcabchello" && whole.isWhole)
        for wrong in [[0x32, 0x61, 0x62, 0x63, 9, 0], [0x1F, 0x61, 1, 0, 255, 255], [0xF0, 255, 255]]
            as [[UInt8]]
        {
            #expect(
                !MozillaLZ4.expand((MozillaLZ4.mark + [9, 0, 0, 0] + wrong)[...], maximumBytes: 200).isWhole)
        }
    }

    @Test func `Pinboard's description becomes the title, and its tags are separated by spaces`() throws {
        let reading = try Reading(
            #"[{"href":"https://press.example/p","description":"High water","extended":"Said \"so\".","meta":"1","hash":"2","time":"2016-10-31T15:57:56Z","shared":"yes","toread":"no","tags":"river flood"},{"href":"https://press.example/q","description":false,"extended":"","time":"2016-10-31T15:57:56Z","tags":""}]"#
        )
        #expect(reading.items.count == 2 && reading.rejections.isEmpty)
        let first = reading.items[0]
        #expect(first.texts["title"] == #""High water""#)
        #expect(first.texts["abstract"] == #""Said \"so\".""#)
        #expect(first.texts["date"] == #""2016-10-31T15:57:56Z""#)
        #expect(first.tags == ["river", "flood"] && first.texts["x-toread"] == #""no""#)
        #expect(reading.items[1].texts["title"] == nil && reading.items[1].tags.isEmpty)
    }

    @Test func `Readability's excerpts are decoded, and a title that it made up is dropped`() throws {
        let reading = try Reading(
            #"{"bookmarks":[{"article__excerpt":"It&#x2019;s high&hellip;","favorite":false,"date_archived":null,"article__url":"https://press.example/r","date_added":"2016-08-01T05:24:16","article__title":"Water","archive":true},{"article__title":"No title found","article__url":"https://press.example/s","archive":0}],"recommendations":[]}"#
        )
        #expect(reading.items.count == 2 && reading.rejections.isEmpty)
        #expect(reading.items[0].texts["abstract"] == #""It’s high…""#)
        #expect(reading.items[0].texts["x-date_added"] == #""2016-08-01T05:24:16""#)
        #expect(reading.items[1].texts["title"] == nil)
    }
}
