import Testing

@testable import QuipuFormats

@Suite struct FormatRecognitionTests {
    @Test(
        arguments: [
            ("Plain text.\n", .text), ("[Editor's note] Text.", .text), ("{curly} text", .text),
            ("[1, 2]", .text),
            ("#hashtag first", .text), ("----\ntext", .text), ("---\ntext without an end", .text),
            (#"{"title":"x"}"#, .jsonLines), (" \n{ \"title\" : 1 }\n{}", .jsonLines), ("{}", .jsonLines),
            ("{\"title\":\"cut\n{\"title\":\"x\"}", .jsonLines), ("garbage\n{\"title\":\"x\"}\n", .jsonLines),
            ("{\"a\":1,\n{\"a\":2}\n", .jsonLines),
            (#"[{"title":"x"}]"#, .jsonArray), ("[\n {", .jsonArray), ("[]", .jsonArray),
            ("{\n  \"title\": 1\n}", .jsonObjects), ("{\"title\": 1,\n \"body\": 2}", .jsonObjects),
            ("---\ntitle: x\n---\ntext", .markdown), ("---\r\ntitle: x\r\n...\r\n", .markdown),
            ("---\n\ntext\n\n---\n\ntext", .markdown), ("{\n\"title\": \"x\"\n}\n\nText.", .markdown),
            ("+++\ntitle = 'x'\n+++\ntext", .markdown), ("{\"a\":1,\"items\":[{}]}", .jsonItems(["items"])),
            ("[null, {\"title\":1}]", .jsonArray),
            ("# Heading\n\ntext", .markdown), ("\n## Heading", .markdown),
        ] as [(String, FormatRecognition.Layout)])
    func `a format is recognised by its content`(text: String, layout: FormatRecognition.Layout) {
        #expect(FormatRecognition.layout(of: Array(text.utf8)[...]) == layout)
    }

    @Test func `a requested format takes precedence over the content`() throws {
        let text = #"{"title":"x"}"#
        #expect(try Reading(text, as: .text).fields.first?["body"] == #""{\"title\":\"x\"}""#)
        #expect(try Reading("# H", as: .text).items.first?.texts["body"] == "\"# H\"")
        #expect(try Reading("prose", as: .jsonl).rejections.count == 1)
        #expect(try SourceFormat(named: "jsonl") == .jsonl)
        let error = #expect(throws: InterchangeError.self) { try SourceFormat(named: "docx") }
        #expect(error?.code == .unknownFormat)
        #expect(error?.hint.hasPrefix("The formats are text, jsonl, markdown, zotero") == true)
    }
}
