import Foundation
import QuipuFormats
import Testing

@Suite struct MarkdownTests {
    @Test func `front matter becomes the fields, and the rest becomes the body`() throws {
        let reading = try Reading(
            "---\ntitle: 1984\nauthor: [A, B]\ndate: 2019-10-01\ntags:\n  - strike\n  - 2019\nid: 007\nn: 3\n---\n\n"
                + "\n  indented\n\ntext\n\n")
        let item = try #require(reading.items.first)
        #expect(
            item.texts == [
                "title": #""1984""#, "author": #"["A","B"]"#, "date": #""2019-10-01""#, "x-id": #""007""#,
                "x-n": "3",
                "body": #""  indented\n\ntext""#,
            ])
        #expect(item.tags == ["strike", "2019"])
        #expect(item.foreignID == "007")
    }

    @Test func `the first heading replaces a missing title, and the file's name replaces a missing heading`()
        throws
    {
        let reading = try Reading(
            "---\nn: 1\n---\n## Second\n```\n# code\n```\n# The *name* of it ##\ntext\n")
        #expect(reading.fields.first?["title"] == #""The *name* of it""#)
        #expect(reading.fields.first?["derived/title"] == "true")
        let named = try Reading("---\nn: 1\n---\nJust text.\n", name: "some/where/A note.v2.md")
        #expect(named.fields.first?["title"] == #""A note.v2""#)
        let stream = try Reading("---\nn: 1\n---\nJust text. And more.\n", name: "-")
        #expect(stream.fields.first?["title"] == #""Just text.""#)
    }

    @Test func `a body in the front matter yields to the text below it`() throws {
        let both = try Reading("---\ntitle: T\nbody: above\n---\nbelow\n")
        #expect(both.fields == [["title": #""T""#, "body": #""below""#, "x-body": #""above""#]])
        let above = try Reading("---\ntitle: T\nbody: above\n---\n \n")
        #expect(above.fields == [["title": #""T""#, "body": #""above""#]])
    }

    @Test func `front matter without an end is read as text`() throws {
        let reading = try Reading("---\ntitle: T\n", as: .markdown)
        #expect(reading.fields.first?["body"] == #""---\ntitle: T""#)
    }

    @Test(arguments: [
        ("---\nquipu: 1\nid: *x\n---\ntext", "its YAML uses an alias", 3),
        ("---\nquipu: 2\nid: x\n---\n", "it was written by a later version of quipu", 1),
        ("---\nquipu: 1\n---\n", "an exported record needs an `id`", 1),
        ("---\n---\n", "the file holds no text", 1),
    ])
    func `a bad file is rejected with the line's number`(text: String, reason: String, line: Int) throws {
        let reading = try Reading(text)
        #expect(reading.items.isEmpty)
        #expect(reading.rejections.first?.reason.hasPrefix(reason) == true, "\(reading.rejections)")
        #expect(reading.rejections.first?.place.line == line)
    }

    @Test func `a folder is read in order, and one bad file does not stop it`() throws {
        let folder = try ScratchFolder()
        try folder.write("b.md", "# B")
        try folder.write("a/2.markdown", "# A2")
        try folder.write("a/1.MD", "# A1")
        try folder.write("c.md", [0xFF, 0xFE, 0x41, 0x00])
        try folder.write("d.md", "")
        try folder.write("e.md", Array("ok ".utf8) + [0xC3])
        try folder.write("f.md", [0xEF, 0xBB, 0xBF] + Array("---\ntitle: F\n---\n".utf8))
        try folder.write(".hidden/x.md", "# hidden")
        try folder.write("picture.png", "x")
        let outside = try ScratchFolder()
        try outside.write("o.md", "# outside")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/g.md", withDestinationPath: outside.path + "/o.md")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/loop", withDestinationPath: folder.path)

        let reading = try Reading(path: folder.path)
        #expect(reading.fields.map { $0["title"] } == [#""A1""#, #""A2""#, #""B""#, #""c""#, #""F""#])
        #expect(
            reading.items.map(\.place.file)
                == ["a/1.MD", "a/2.markdown", "b.md", "c.md", "f.md"].map { folder.path + "/" + $0 })
        #expect(
            reading.rejections.map { ($0.place.file as NSString).lastPathComponent } == [
                "d.md", "e.md",
            ])
        #expect(
            reading.rejections.map(\.reason) == [
                "the file holds no text",
                "it is not UTF-8; if it is Windows-1252, convert it first: iconv -f WINDOWS-1252 -t UTF-8",
            ])
        #expect(
            reading.remarks == [
                "it is UTF-16 and was converted to UTF-8", "1 file was passed over: plain text (1)",
            ])
        #expect(reading.rejections.last?.place.byteOffset == 3)
    }

    @Test func `a file beyond the size limit is rejected`() throws {
        let folder = try ScratchFolder()
        try folder.write("a.md", Data(repeating: 0x61, count: SourceLimits.maximumFileBytes + 1))
        try folder.write("b.md", "# B")
        let reading = try Reading(path: folder.path)
        #expect(reading.items.count == 1)
        #expect(
            reading.rejections.map(\.reason) == [
                "the file is longer than \(SourceLimits.maximumFileBytes) bytes"
            ])
    }
}
