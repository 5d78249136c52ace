import Testing

@testable import QuipuFormats

@Suite struct JSONElementsTests {
    @Test func `an array of objects is read element by element`() throws {
        let reading = try Reading(
            """
            [
              {"title": "a, ]}\\"", "n": [1, {"b": 2}]},
              {"title": "b"}, {"title":
                "c"},
              7, "text", null
            ]

            """)
        #expect(reading.fields.map { $0["title"] } == [#""a, ]}\"""#, #""b""#, #""c""#])
        #expect(reading.items.map(\.place.line) == [2, 3, 3])
        #expect(reading.items.map(\.place.byteOffset) == [4, 48, 64])
        #expect(
            reading.rejections.map(\.reason) == Array(repeating: "it is JSON, but not an object", count: 3))
    }

    @Test func `objects that span several lines are read`() throws {
        let reading = try Reading(
            "{\n  \"title\": \"a\"\n}\n{\n  \"title\": \"b\",\n  \"bad\" 1\n}\n{\n  \"title\": \"c\"\n}\n")
        #expect(reading.fields.map { $0["title"] } == [#""a""#, #""c""#])
        #expect(reading.rejections.map(\.place.line) == [6])
    }

    @Test(arguments: [
        ("[{\"title\":\"a\"}", 1, "the array is not closed, so nothing after this place could be read"),
        ("[{\"title\":\"a\"},{\"title\":\"b", 1, "it is not JSON: the text ends inside a string"),
        (
            "[{\"title\":\"a\"} {\"title\":\"b\"}]", 1,
            "a comma is missing, so nothing after this place could be read"
        ),
        (
            "[{\"title\":\"a\"},,{\"title\":\"b\"}]", 1,
            "a value is missing, so nothing after this place could be read"
        ),
        ("[{\"title\":\"a\"}]x", 1, "something follows the array, so nothing after this place could be read"),
        (
            "[{\"title\":\"a\"},{\"title\"},{\"title\":\"b\"}]", 2,
            "it is not JSON: a colon is missing after a name"
        ),
    ])
    func `a malformed element is reported, and the readable elements are read`(
        text: String, items: Int, reason: String
    ) throws {
        let reading = try Reading(text)
        #expect(reading.items.count == items)
        #expect(reading.rejections.first?.reason == reason)
    }

    @Test func `an element beyond the size limit is skipped`() throws {
        let source = ByteSource(
            bytes: Array("[{\"title\":\"\(String(repeating: "x", count: 200))\"},{\"title\":\"b\"}]".utf8),
            name: "memory")
        let reading = try Reading(JSONElementsReader(source, layout: .array, maximumBytes: 100))
        #expect(reading.fields.map { $0["title"] } == [#""b""#])
        #expect(reading.rejections.map(\.reason) == ["the object is longer than 100 bytes"])
    }

    @Test func `an empty array gives no items`() throws {
        let reading = try Reading(" [ ] \n", as: .jsonl)
        #expect(reading.items.isEmpty && reading.rejections.isEmpty)
    }
}
