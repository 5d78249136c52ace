import Foundation
import QuipuFormats
import Testing

/// A file of any format of which the end is missing: a copy that broke off, a disk that was full.
@Suite struct CutFileTests {
    /// Files of two articles, and behind which words of the second one each is cut.
    private static let samples: [(format: SourceFormat, text: String, end: String)] = [
        (.jsonl, "{\"title\":\"One\"}\n{\"title\":\"Two\",\"body\":\"Words\"}\n", "Two"),
        (.jsonl, #"[{"title":"One"},{"title":"Two","body":"Words"}]"#, "Two"),
        (.jsonl, #"{"articles":[{"title":"One"},{"title":"Two","body":"Words"}]}"#, "Two"),
        (.csl, #"[{"id":"a","type":"book","title":"One"},{"id":"b","type":"book","title":"Two"}]"#, "Two"),
        (.ris, "TY  - BOOK\nTI  - One\nER  - \nTY  - BOOK\nTI  - Two\nPB  - Press\nER  - \n", "Two"),
        (.ris, "TY  - BOOK\r\nTI  - One\r\nER  - \r\nTY  - BOOK\r\nTI  - Two\r\nER  - \r\n", "Tw"),
        (.bibtex, "@book{a,\n title = {One}\n}\n@book{b,\n title = {Two},\n year = {2020}\n}\n", "Two}"),
        (
            .feed,
            "<rss version=\"2.0\"><channel><item><title>One</title></item><item><title>Two</title></item></channel></rss>",
            "Two"
        ),
        (
            .feed,
            #"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"One"},{"id":"2","title":"Two"}]}"#,
            "Two"
        ),
        (
            .enex,
            "<en-export><note><title>One</title></note><note><title>Two</title></note></en-export>", "Two"
        ),
        (
            .bookmarks,
            "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p><DT><A HREF=\"https://p.example/1\">One</A>\n"
                + "<DT><A HREF=\"https://p.example/2\">Two</A></DL>", "Two"
        ),
        (
            .wallabag,
            #"[{"id":1,"title":"One","url":"https://p.example/1","is_archived":0,"is_starred":0},"#
                + #"{"id":2,"title":"Two","url":"https://p.example/2","is_archived":0,"is_starred":0}]"#,
            "Two"
        ),
        (
            .omnivore,
            #"[{"id":"1","slug":"one","title":"One","url":"https://p.example/1","savedAt":"2024-01-01T00:00:00Z"},"#
                + #"{"id":"2","slug":"two","title":"Two","url":"https://p.example/2"}]"#, "Two"
        ),
        (.csv, "title,url,date\nOne,https://p.example/1,2020\nTwo,https://p.example/2,2021\n", "Two"),
        (.csv, "title,body\nOne,Words\n\"Two\",\"More words\"\n", "More"),
    ]

    @Test(arguments: samples.indices)
    func `a file that is cut gives what is whole before, and a line that names the file`(index: Int) throws {
        let (format, text, end) = Self.samples[index]
        let whole = try Reading(text, as: format, name: "cut.file")
        #expect(whole.items.compactMap { $0.texts["title"] } == [#""One""#, #""Two""#])
        #expect(whole.rejections.isEmpty, "\(whole.rejections)")
        let place = try #require(text.range(of: end)?.upperBound)
        let cut = try Reading(String(text[..<place]), as: format, name: "cut.file")
        #expect(cut.items.first?.texts["title"] == #""One""#)
        // What is rejected makes the exit code 1.
        #expect(Set(cut.rejections.map(\.place.file)) == ["cut.file"], "\(cut.rejections)")
    }

    @Test func `the last record of a RIS file comes in if only its end is missing, and the report says so`()
        throws
    {
        let reading = try Reading("TY  - BOOK\nTI  - One\nER  - \nTY  - BOOK\nTI  - Two\n", as: .ris)
        #expect(reading.items.map { $0.texts["title"] } == [#""One""#, #""Two""#])
        #expect(reading.rejections.map(\.place.line) == [4])
        let half = try Reading("TY  - BOOK\nTI  - One\nER  - \nTY  - BOOK\nUR  - https://p.exa", as: .ris)
        #expect(half.items.map { $0.texts["title"] } == [#""One""#])
        #expect(half.rejections.map(\.place.line) == [4])
    }
}
