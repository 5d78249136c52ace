import Testing

@testable import QuipuFormats

@Suite struct BookmarksReaderTests {
    private static let firefox = """
        <!DOCTYPE NETSCAPE-Bookmark-file-1>
        <!-- This is an automatically generated file. -->
        <META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
        <TITLE>Bookmarks</TITLE>
        <H1>Bookmarks Menu</H1>

        <DL><p>
            <DT><H3 ADD_DATE="1700000000" LAST_MODIFIED="1700000001" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks Toolbar</H3>
            <DD>Add bookmarks to this folder
            <DL><p>
                <DT><A HREF="https://example.org/a?x=1&amp;y=2" ADD_DATE="1700000000" LAST_MODIFIED="1700000100" ICON_URI="https://example.org/f.ico" ICON="data:image/png;base64,AAAA" TAGS="river,floods" SHORTCUTURL="riv">Water &amp; stone</A>
                <DD>A description
                    in two lines.
                <DT><A HREF="place:sort=8&maxResults=10">Most Visited</A>
                <HR>    <DT><H3>Deeper</H3>
                <DL><p>
                    <DT><A HREF="https://example.org/b">B</A>
                </DL><p>
            </DL><p>
            <DT><A HREF="https://example.org/c">C</A>
        </DL>
        """
    private static let chromium = """
        <!DOCTYPE NETSCAPE-Bookmark-file-1>\r
        <META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">\r
        <TITLE>Bookmarks</TITLE>\r
        <H1>Bookmarks</H1>\r
        <DL><p>\r
            <DT><H3 ADD_DATE="13300000000000000" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks bar</H3>\r
            <DL><p>\r
                <DT><A HREF="https://example.org/ü" ADD_DATE="13344473600000000">Ü</A>\r
            </DL><p>\r
        </DL><p>\r
        """
    private static let pinboard = """
        <!DOCTYPE NETSCAPE-Bookmark-file-1>
        <META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
        <TITLE>Pinboard Bookmarks</TITLE>
        <H1>Bookmarks</H1>
        <DL><p><DT><A HREF="https://example.org/p" ADD_DATE="1600000000" PRIVATE="1" TOREAD="0" TAGS="a,b">P</A>
        <DD>Said &quot;so&quot;
        <DT><A HREF="https://example.org/q" ADD_DATE="1600000001" PRIVATE="0" TOREAD="1" TAGS="">Q</A>
        </DL></p>
        """
    private static let netscape4 =
        "<!DOCTYPE NETSCAPE-Bookmark-file-1><TITLE>B</TITLE><DL><DT><A HREF=http://example.org/old ADD_DATE=900000000>Old one<DT><A HREF=http://example.org/second>Second</DL>"
    private static let latin =
        "<!DOCTYPE NETSCAPE-Bookmark-file-1><META CONTENT=\"text/html; charset=iso-8859-2\"><DL><DT><H3>Vody</H3><DL><DT><A HREF=\"https://example.org/l\">"

    @Test func `Firefox's folders are collections and its tags and descriptions are kept`() throws {
        let reading = try Reading(Self.firefox)
        #expect(reading.fields.map { $0["title"] } == [#""Water & stone""#, #""B""#, #""C""#])
        let first = reading.items[0]
        #expect(first.texts["url"] == #""https://example.org/a?x=1&y=2""#)
        #expect(first.texts["date"] == #""2023-11-14T22:13:20Z""#)
        #expect(first.texts["abstract"] == #""A description\nin two lines.""#)
        #expect(first.texts["x-shortcuturl"] == #""riv""#)
        #expect(first.texts["x-icon"] == nil)
        #expect(first.tags == ["river", "floods"])
        #expect(first.place.line == 11)
        #expect(
            reading.items.map(\.relations.collections) == [
                [["Bookmarks Toolbar"]], [["Bookmarks Toolbar", "Deeper"]], [],
            ])
        #expect(reading.rejections.isEmpty)
        #expect(
            reading.remarks == [
                "passed over 1 bookmark: a query or a script, and no page",
                "the description of 1 folder was left out",
            ])
    }

    @Test func `Chromium's times since 1601 are read`() throws {
        let reading = try Reading(Self.chromium)
        #expect(reading.items[0].texts["date"] == #""2023-11-14T22:13:20Z""#)
        #expect(reading.items[0].relations.collections == [["Bookmarks bar"]])
    }

    @Test func `Pinboard's tags and marks are kept`() throws {
        let reading = try Reading(Self.pinboard)
        #expect(reading.items.map(\.tags) == [["a", "b"], []])
        #expect(reading.items[0].texts["abstract"] == #""Said \"so\"""#)
        #expect(reading.items[0].texts["x-private"] == #""1""#)
        #expect(reading.items[1].texts["x-toread"] == #""1""#)
    }

    @Test func `bookmark links without an end tag are read`() throws {
        let reading = try Reading(Self.netscape4)
        #expect(reading.fields.map { $0["title"] } == [#""Old one""#, #""Second""#])
        #expect(reading.items[0].texts["date"] == #""1998-07-09T16:00:00Z""#)
    }

    @Test func `bookmarks in a declared encoding are converted`() throws {
        let bytes = Array(Self.latin.utf8) + [0xE8, 0xED, 0xB9] + Array("</A></DL></DL>".utf8)
        let reading = try Reading(bytes)
        #expect(reading.fields.first?["title"] == #""číš""#)
        #expect(reading.remarks == ["it is ISO-8859-2 and was converted to UTF-8"])
    }

    @Test(arguments: [firefox, chromium, pinboard, netscape4, latin])
    func `a file cut anywhere has the bookmarks before the cut and invents none`(text: String) throws {
        let bytes = Array(text.utf8)
        let whole = Set(try Reading(bytes, as: .bookmarks).items.compactMap { $0.texts["url"] })
        for end in 0..<bytes.count {
            // In the first bytes there is nothing that could be one.
            guard let reading = try? Reading(Array(bytes[..<end]), as: .bookmarks) else { continue }
            for item in reading.items { #expect(whole.contains(item.texts["url"] ?? "")) }
        }
    }

    @Test func `a hundred thousand bookmarks in folders inside one another are read`() throws {
        var text = "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL>"
        text += String(repeating: "<DT><H3>F</H3><DL>\n", count: 10_000)
        for number in 0..<100_000 {
            text += "<DT><A HREF=\"https://example.org/\(number)\">N \(number)</A>\n"
        }
        var reader = try openSource(ByteSource(bytes: Array(text.utf8), name: "memory"))
        var (count, last) = (0, "")
        while let event = try reader.next() {
            guard case .item(let item) = event else { continue }
            count += 1
            last = item.texts["url"] ?? ""
            if count == 1 {
                #expect(item.relations.collections.first?.count == SourceLimits.maximumFolderDepth)
            }
        }
        #expect(count == 100_000 && last == #""https://example.org/99999""#)
    }
}
