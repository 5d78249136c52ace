import QuipuFormats
import Testing

@Suite struct JSONItemsTests {
    @Test(
        arguments: [
            #"{"version":"https://jsonfeed.org/version/1.1","title":"Feed","items":[@]}"#,
            #"{"status":"ok","totalResults":2,"articles":[@]}"#,
            "{\n  \"status\": \"ok\",\n  \"articles\": [\n@\n  ]\n}\n",
            #"{"response":{"status":"ok","results":[@],"pages":1},"end":{"a":[{"b":"]}"}]}}"#,
            #"{"message":{"query":{"items":[1]},"items":[@]}}"#, #"{"what ever":[@],"n":1}"#,
            #"{"config":{"a":1},"items":[@],"collections":[{"name":"c"}]}"#, #"{"a\"":"}{[","items" : [@]}"#,
        ])
    func `the items in an object's one array are read`(around: String) throws {
        let items =
            #"{"title":"One, ]}\"","url":"https://a.org/1"},null,{"title":"Two","url":"https://a.org/2"}"#
        let reading = try Reading(around.replacing("@", with: items))
        #expect(reading.fields.map { $0["title"] } == [#""One, ]}\"""#, #""Two""#])
        #expect(reading.rejections.map(\.reason) == ["it is JSON, but not an object"])
    }

    @Test func `ids of a feed are scoped by its address`() throws {
        let reading = try Reading(
            #"{"version":"1","feed_url":"https://a.org/feed.json","items":[{"id":"7","title":"T","content_text":"b"}]}"#
        )
        #expect(reading.items.first?.foreignID == "7")
        #expect(reading.items.first?.producer == "feed:https://a.org/feed.json")
        #expect(reading.items.first?.texts["body"] == #""b""#)
    }

    @Test(arguments: [
        #"{"title":"T","author":[{"family":"A"}],"body":"b"}"#, #"{"title":"T","attachments":[{"a":1}]}"#,
        #"{"title":"T","things":[{"a":1}]}"#, #"{"url":"https://a.org","sections":[{"a":1}]}"#,
        #"{"body":"b","items":[{"title":"x"}]}"#,
    ])
    func `an article that holds a list of objects is an article`(text: String) throws {
        let reading = try Reading(text)
        #expect(reading.items.count == 1 && reading.rejections.isEmpty, "\(reading.rejections)")
    }

    @Test func `concatenated pages of answers are read, and a truncated one is reported`() throws {
        let page = #"{"status":"ok","articles":[{"title":"T","url":"https://a.org"}]}"#
        #expect(try Reading(page + "\n" + page).items.count == 2)
        let cut = try Reading(#"{"status":"ok","articles":[{"title":"T"},{"title":"U""#)
        #expect(cut.items.count == 1 && !cut.rejections.isEmpty)
        let open = try Reading(#"{"status":"ok","articles":[{"title":"T"}]"#)
        #expect(open.items.count == 1)
        #expect(
            open.rejections.map(\.reason) == [
                "the object is not closed, so nothing after this place could be read"
            ])
    }

    @Test func `a line of our own export is never read as a list`() throws {
        let line =
            #"{"fields":{"x-items":[{"title":"x"}]},"id":"01234567-89ab-8def-8123-456789abcdef","kind":"article","quipu":1}"#
        #expect(try Reading(line).items.first?.id == "01234567-89ab-8def-8123-456789abcdef")
    }
}
