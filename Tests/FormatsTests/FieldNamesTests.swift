import QuipuCanonicalJSON
import Testing

@testable import QuipuFormats

@Suite struct FieldNamesTests {
    @Test func `a news data set with common field names gives one article per line`() throws {
        let reading = try Reading(
            #"{"link":"https://example.org/1","headline":"First","category":"U.S. NEWS","short_description":"In short.","#
                + #""authors":"Ana Quispe","date":"2022-09-23"}"# + "\n"
                + #"{"link":"https://example.org/2","headline":"Second","category":"WORLD","short_description":"","authors":""}"#
        )
        #expect(
            reading.fields == [
                [
                    "title": #""First""#, "url": #""https://example.org/1""#, "abstract": #""In short.""#,
                    "author": #""Ana Quispe""#, "date": #""2022-09-23""#, "x-category": #""U.S. NEWS""#,
                ], ["title": #""Second""#, "url": #""https://example.org/2""#, "x-category": #""WORLD""#],
            ])
        #expect(reading.items.map(\.kept) == [["category"], ["category"]])
    }

    @Test(
        arguments: [
            (#"{"Title":"T","Text":"b"}"#, ["title": #""T""#, "body": #""b""#]),
            (
                #"{"TITLE":"T","URL":"https://a.org","DOI":"10.1/x"}"#,
                ["title": #""T""#, "url": #""https://a.org""#, "doi": #""10.1/x""#]
            ),
            (#"{"title":"T","publishedAt":"2024-05-06"}"#, ["title": #""T""#, "date": #""2024-05-06""#]),
            (#"{"title":"T","pub_date":"2024-05-06"}"#, ["title": #""T""#, "date": #""2024-05-06""#]),
            (#"{"title":"T","date-published":"2024"}"#, ["title": #""T""#, "date": #""2024""#]),
            (#"{"dc:title":"T","og:site_name":"P"}"#, ["title": #""T""#, "publisher": #""P""#]),
            (#"{"title":1984,"text":7}"#, ["title": #""1984""#, "body": #""7""#]),
            (
                #"{"title":{"rendered":"T"},"text":["One.",null,"Two."]}"#,
                ["title": #""T""#, "body": #""One.\n\nTwo.""#]
            ),
            (#"{"title":["T"],"container-title":["J"]}"#, ["title": #""T""#, "publisher": #""J""#]),
            (#"{"title":"T","lang":"pt_BR"}"#, ["title": #""T""#, "language": #""pt-BR""#]),
            (#"{"title":"T","source":"https://a.org/1"}"#, ["title": #""T""#, "url": #""https://a.org/1""#]),
            (#"{"title":"T","source":"The Paper"}"#, ["title": #""T""#, "publisher": #""The Paper""#]),
            (#"{"title":"T","source":{"id":null,"name":"P"}}"#, ["title": #""T""#, "publisher": #""P""#]),
            (#"{"title":"T","author":{"name":"A"}}"#, ["title": #""T""#, "author": #""A""#]),
            (
                #"{"title":"T","author":[{"family":"Löwe","given":"Ana"},null,"Ben"]}"#,
                ["title": #""T""#, "author": #"["Ana Löwe","Ben"]"#]
            ),
            (
                #"{"title":"T","creators":[{"firstName":"A","lastName":"B","creatorType":"author"}]}"#,
                ["title": #""T""#, "author": #"["A B"]"#]
            ),
            (#"{"title":"T","author":[],"tags":[],"url":"","date":null}"#, ["title": #""T""#]),
            (#"{"title":"  ","headline":"H"}"#, ["title": #""H""#]),
            (
                #"{"title":"T","url":"https://a.org","link":"https://a.org"}"#,
                ["title": #""T""#, "url": #""https://a.org""#]
            ),
            (
                #"{"title":"T","date":"{{date}}","created":"2024"}"#,
                ["title": #""T""#, "date": #""2024""#, "x-date": #""{{date}}""#]
            ),
            (
                #"{"title":"T","date":"2024-05-06 07:08"}"#,
                ["title": #""T""#, "date": #""2024-05-06""#, "x-date": #""2024-05-06 07:08""#]
            ),
            (
                #"{"title":{"en":"A"},"body":"Text."}"#,
                [
                    "title": #""Text.""#, "derived/title": "true", "body": #""Text.""#,
                    "x-title": #"{"en":"A"}"#,
                ]
            ),
            (
                #"{"title":"T","body":{"rendered":"<p>x</p>"}}"#,
                ["title": #""T""#, "x-body": #"{"rendered":"<p>x</p>"}"#]
            ),
            (#"{"title":"T","Title":"U"}"#, ["title": #""T""#, "x-Title": #""U""#]),
            (#"{"title":"T","foo":1,"x-foo":2}"#, ["title": #""T""#, "x-foo": "2", "x-x-foo": "1"]),
        ] as [(String, [String: String])])
    func `common names and values of other programs are recognised`(json: String, fields: [String: String])
        throws
    {
        let reading = try Reading(json, as: .jsonl)
        #expect(reading.fields == [fields])
    }

    @Test(
        arguments: [
            (#"["news",null]"#, ["news"]), (#"["", "news", " "]"#, ["news"]),
            (#""a, b ,,c""#, ["a", "b", "c"]),
            (#""a; b""#, ["a", "b"]), (#""AT&T""#, ["AT&T"]), ("\"#one #two\"", ["one", "two"]),
            ("[\"#MeToo\"]", ["#MeToo"]),
            (#"[{"tag":"a"},{"name":"b"},{"term":"c"}]"#, ["a", "b", "c"]), ("[1, true]", ["1", "true"]),
        ] as [(String, [String])])
    func `an empty tag is dropped and the other tags are kept`(json: String, tags: [String]) throws {
        let item = try #require(try Reading(#"{"title":"T","tags":\#(json)}"#).items.first)
        #expect(item.tags == tags)
        #expect(item.kept.isEmpty && item["x-tags"] == nil)
    }

    @Test func `a tag that cannot be read is kept beside those that can`() throws {
        let item = try #require(
            try Reading(#"{"title":"T","tags":["a",{"x":1}],"keywords":"b"}"#).items.first)
        #expect(item.tags == ["a", "b"])
        #expect(item.texts["x-tags"] == #"["a",{"x":1}]"#)
        #expect(item.kept == ["tags"])
    }

    @Test func `an item's own id and modification time are read`() throws {
        let item = try #require(
            try Reading(#"{"title":"T","_id":{"$oid":"5f"},"dateModified":"2024-05-06"}"#).items.first)
        #expect(item.foreignID == "5f")
        #expect(item.modified == "2024-05-06")
        #expect(item.kept == ["dateModified"])
    }

    @Test func `each short field name is in the table of field names once, except ambiguous ones`() {
        var observed: Set<String> = []
        for row in FieldNames.table {
            for name in row.names {
                #expect(FieldNames.short(name) == name)
                #expect(
                    observed.insert(name).inserted || FieldNames.namesOfAddressesPerhaps.contains(name),
                    "\(name)"
                )
            }
        }
    }
}
