import QuipuFormats
import Testing

@Suite struct JSONLinesTests {
    @Test func `known members become fields, and the others are kept under x-`() throws {
        let reading = try Reading(
            #"{"id":42,"title":"T","body":"B","author":["A","C"],"date":"2019-10-01","url":"http://a.org/","#
                + #""doi":"10.1/x","tags":["strike"," Ecuador ","strike",""],"lang":"es","x-own":{"b":1,"a":[]},"note":null}"#
        )
        let item = try #require(reading.items.first)
        #expect(
            item.texts == [
                "x-id": "42", "title": #""T""#, "body": #""B""#, "author": #"["A","C"]"#,
                "date": #""2019-10-01""#,
                "url": #""http://a.org/""#, "doi": #""10.1/x""#, "language": #""es""#,
                "x-own": #"{"a":[],"b":1}"#,
                "x-note": "null",
            ])
        #expect(item.tags == ["strike", "Ecuador"])
        #expect(item.foreignID == "42")
    }

    @Test func `the members text and content replace a missing body, and unused ones are kept`() throws {
        let reading = try Reading(
            """
            {"title":"1","text":"a","content":"b"}
            {"title":"2","content":"b"}
            {"title":"3","body":null,"text":"a"}
            {"title":"4","body":"","text":"a"}
            """)
        #expect(
            reading.fields == [
                ["title": #""1""#, "body": #""a""#, "x-content": #""b""#],
                ["title": #""2""#, "body": #""b""#],
                ["title": #""3""#, "body": #""a""#],
                ["title": #""4""#, "body": #""a""#],
            ])
    }

    @Test func `a missing title is derived from the body`() throws {
        let reading = try Reading(#"{"body":"It began. It ended."}"#)
        #expect(reading.fields.first?["title"] == #""It began.""#)
        #expect(reading.fields.first?["derived/title"] == "true")
    }

    @Test func `known members with unusable values are kept under x- and counted`() throws {
        let reading = try Reading(
            #"{"title":"T","date":"October","author":{"x":"A"},"url":7,"doi":[],"tags":{"a":1},"lang":"Spanish"}"#
        )
        #expect(
            reading.fields == [
                [
                    "title": #""T""#, "x-date": #""October""#, "x-author": #"{"x":"A"}"#, "x-url": "7",
                    "x-tags": #"{"a":1}"#, "x-lang": #""Spanish""#,
                ]
            ])
        #expect(Set(reading.items.flatMap(\.kept)) == ["date", "author", "url", "tags", "lang"])
    }

    @Test func `tags may be one string with commas`() throws {
        let reading = try Reading(#"{"title":"T","tags":"a, e\u0301,,b "}"#)
        #expect(reading.items.first?.tags.map { Array($0.utf8) } == ["a", "é", "b"].map { Array($0.utf8) })
    }

    @Test func `numbers with more digits than a double holds keep them as text`() throws {
        let reading = try Reading(#"{"id":9223372036854775807,"title":"T","n":0.1}"#)
        #expect(reading.fields.first?["x-id"] == #""9223372036854775807""#)
        #expect(reading.fields.first?["x-n"] == "0.1")
        #expect(reading.items.first?.foreignID == "9223372036854775807")
    }

    @Test(arguments: [
        (#"{"title":{}}"#, "it has neither title, body, URL nor DOI", 0),
        (#"{"body":{"a":1}}"#, "it has neither title, body, URL nor DOI", 0),
        (#"{"title":"T","a":}"#, "it is not JSON: no JSON value starts like this", 17),
        (#"{"title":"T"} x"#, "it is not JSON: something follows the JSON value", 14),
        (#"{"title":"T","title":"U"}"#, #"it is not JSON: the name "title" is there twice"#, 1),
        (#"{"title":"\ud800"}"#, "it is not JSON: half of a surrogate pair is missing", 10),
        (#"["a"]"#, "it is JSON, but not an object", 0), ("{}", "it has neither title, body, URL nor DOI", 0),
        (#"{"lang":"es"}"#, "it has neither title, body, URL nor DOI", 0),
        (
            "{\"title\":\"T\",\"" + String(repeating: "n", count: 511) + "\":1}",
            "a field's name is longer than 512 bytes", 0
        ),
    ])
    func `a bad line is rejected with its place, and the remaining lines are read`(
        line: String, reason: String, offset: Int
    ) throws {
        let good = #"{"title":"good"}"#
        let reading = try Reading("\(good)\r\n\n\(line)\n\(good)", as: .jsonl)
        #expect(reading.items.count == 2)
        #expect(reading.rejections.map(\.reason) == [reason])
        #expect(
            reading.rejections.map(\.place) == [SourcePlace(file: "memory", line: 3, byteOffset: 19 + offset)]
        )
    }

    @Test func `a line that is not UTF-8 is rejected at the byte`() throws {
        let reading = try Reading(
            Array("{\"title\":\"a\"}\n{\"title\":\"b".utf8) + [0xFF] + Array("\"}\n{\"title\":\"c\"}".utf8))
        #expect(reading.items.count == 2)
        #expect(reading.rejections.map(\.place) == [SourcePlace(file: "memory", line: 2, byteOffset: 25)])
    }

    @Test func `a URL or a DOI is enough to make an article`() throws {
        let reading = try Reading("{\"url\":\"https://a.org\"}\n{\"doi\":\"10.1/x\"}\n{\"url\":\" \"}")
        #expect(reading.items.count == 2)
        #expect(reading.rejections.count == 1)
    }
}
