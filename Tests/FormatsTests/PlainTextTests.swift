import QuipuFormats
import Testing

@Suite struct PlainTextTests {
    @Test func `paragraphs between blank lines are articles`() throws {
        let reading = try Reading("\n\nOne. More\nlines.\n  \t\n\nTwo!\n\u{3000}\nThree breaks o")
        #expect(
            reading.fields == [
                ["body": #""One. More\nlines.""#, "title": #""One.""#, "derived/title": "true"],
                ["body": #""Two!""#, "title": #""Two!""#, "derived/title": "true"],
                ["body": #""Three breaks o""#, "title": #""Three breaks o""#, "derived/title": "true"],
            ])
        #expect(reading.items.map(\.place.line) == [3, 7, 9])
        #expect(reading.items.map(\.place.byteOffset) == [2, 24, 33])
        #expect(reading.items.allSatisfy { $0.kind == "article" && $0.id == nil && $0.tags.isEmpty })
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `each form of line end separates paragraphs`(end: String) throws {
        let reading = try Reading("First" + end + "line." + end + end + "Second." + end)
        #expect(reading.items.count == 2)
        #expect(reading.items.map(\.place.line) == [1, 4])
        #expect(reading.items.first?["title"] == Array(#""First line.""#.utf8))
    }

    @Test(arguments: [
        (SourceFormat.text, "one@two"), (.jsonl, #"{"title":"T","body":"one@two"}"#),
        (.markdown, "---\ntitle: T\n---\none@two"), (.csv, "title,body\nT,\"one@two\"\n"),
    ])
    func `lines of a text end with line feeds, whichever system the file is from`(
        format: SourceFormat, text: String
    ) throws {
        for (end, escaped) in [("\n", #"\n"#), ("\r\n", #"\r\n"#), ("\r", #"\r"#)] {
            let source = text.replacing("@", with: format == .jsonl ? escaped : end)
            let item = try #require(try Reading(source, as: format).items.first)
            #expect(item.texts["body"] == #""one\ntwo""#, "\(item.texts)")
        }
    }

    @Test func `a byte order mark is skipped`() throws {
        let reading = try Reading([0xEF, 0xBB, 0xBF] + Array("Text.".utf8))
        #expect(reading.fields.first?["body"] == #""Text.""#)
        #expect(reading.items.first?.place.byteOffset == 3)
    }

    @Test func `a paragraph that is not UTF-8 is rejected with its place, and the others are read`() throws {
        let reading = try Reading(
            Array("Good one.\n\nBad\non".utf8) + [0xE9] + Array("e here.\n\nGood two.".utf8))
        #expect(reading.fields.map { $0["body"] } == [#""Good one.""#, #""Good two.""#])
        #expect(reading.rejections.map(\.place) == [SourcePlace(file: "memory", line: 4, byteOffset: 17)])
        #expect(reading.rejections.first?.reason.hasPrefix("it is not UTF-8; ") == true)
    }

    @Test func `a NUL far into the file rejects only its paragraph`() throws {
        let filling = String(repeating: "Word after word.\n\n", count: 5_000)
        let reading = try Reading(filling + "A\u{0}B\n\nLast.")
        #expect(reading.items.count == 5_001)
        #expect(reading.rejections.count == 1)
    }

    @Test func `a paragraph beyond the size limit is rejected, and the others are read`() throws {
        let long = String(repeating: "word ", count: SourceLimits.maximumLineBytes / 5 + 10)
        let reading = try Reading("Before.\n\n" + long + "\nits second line\n\nAfter.")
        #expect(reading.fields.map { $0["body"] } == [#""Before.""#, #""After.""#])
        #expect(reading.rejections.map(\.place.line) == [3])
        let manyLines = String(repeating: String(repeating: "x", count: 99) + "\n", count: 170_000)
        let other = try Reading("Before.\n\n" + manyLines + "\nAfter.", as: .text)
        #expect(other.fields.map { $0["body"] } == [#""Before.""#, #""After.""#])
        #expect(other.rejections.map(\.place.line) == [3])
    }

    @Test func `a text whose canonical form exceeds the size limit is rejected`() throws {
        let marks = String(repeating: "\u{1}", count: SourceLimits.maximumValueBytes / 6)
        let reading = try Reading(
            "Before.\n\n" + String(repeating: "x", count: 300_000) + marks + "\n\nAfter.")
        #expect(reading.items.count == 2)
        #expect(reading.rejections.map(\.reason) == ["the field body is longer than 16777216 bytes"])
    }
}
