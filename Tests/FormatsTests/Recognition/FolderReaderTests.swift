import QuipuFormats
import Testing

/// What is read of a folder, and what is said of the rest.
@Suite struct FolderReaderTests {
    @Test func `JSON of articles in a folder is read, and every other file is counted`() throws {
        let folder = try ScratchFolder()
        try folder.write("articles.jsonl", "{\"title\":\"One\"}\n{\"title\":\"Two\"}\n")
        try folder.write("list.json", "[{\"title\":\"Three\"}]")
        try folder.write(
            "own.jsonl",
            "{\"fields\":{\"title\":\"Four\"},\"id\":\"11111111-89ab-4def-8123-456789abcdef\",\"kind\":\"article\",\"quipu\":1}\n"
        )
        try folder.write(
            "page.html", "<html><head><title>Five</title></head><body><p>Words.</p></body></html>")
        try folder.write("settings.json", "{\"indent\": 4, \"files\": [\"a\"]}\n")
        try folder.write("t.txt", "Some words.\n\nMore of them.\n")
        try folder.write("LICENSE", "Words.\n")
        try folder.write("empty.txt", "\n")
        try folder.write("data.bin", [0, 1, 2, 3, 0, 255, 254, 0])
        let reading = try Reading(path: folder.path)
        #expect(reading.rejections.isEmpty, "\(reading.rejections)")
        #expect(
            reading.items.map { $0.texts["title"] } == [
                "\"One\"", "\"Two\"", "\"Three\"", "\"Four\"", "\"Five\"",
            ])
        #expect(
            reading.remarks == [
                "5 files were passed over: plain text (2), JSON without articles (1), a binary file (1), an empty file (1)"
            ])
    }

    @Test func `a folder in which nothing can be read says what it holds`() throws {
        let folder = try ScratchFolder()
        try folder.write("t.txt", "Some words.\n")
        let error = #expect(throws: InterchangeError.self) { try Reading(path: folder.path) }
        #expect(error?.message == "there are no files that can be read in it; it holds plain text (1)")
    }
}

/// A format that the user names, and one that only the file's name shows.
@Suite struct NamedFormatTests {
    @Test(arguments: [SourceFormat.bibtex, .ris, .bookmarks, .pocket])
    func `a file without anything in the requested format is refused`(format: SourceFormat) throws {
        let page = "<html><head><title>P</title></head><body><p>One paragraph.</p></body></html>"
        let error = #expect(throws: InterchangeError.self) { try Reading(page, as: format) }
        #expect(error?.code == .wrongFormat)
    }

    @Test func `an empty file of the requested format is not an error`() throws {
        #expect(try Reading("<rss version=\"2.0\"><channel></channel></rss>", as: .feed).items.isEmpty)
        #expect(try Reading("@comment{none}\n", as: .bibtex).items.isEmpty)
    }

    @Test(arguments: ["page.html", "letter.eml", "notes.txt", "data.json"])
    func `a table is recognised whatever its file is called`(name: String) throws {
        let reading = try Reading("title;text;tags\nOne;Words;a\nTwo;More;b\n", name: name)
        #expect(reading.items.count == 2 && reading.rejections.isEmpty)
    }
}
