import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What an empty value does, wherever it is given.
    struct EmptyValueTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let id: String

        init() throws {
            (place, ana) = try Machine.withPress()
            id = try #require(
                try ana.json(
                    "add", "article", "title=Water", "body=The river rose.", "author=Ruiz", "date=2026",
                    "url=https://example.org/1", "doi=10.1000/182", "language=es", "x-shelf=3")["id"]?.string)
        }

        private func fields() throws -> JSONValue { try #require(try ana.json("show", id)["fields"]) }

        @Test(arguments: ["title", "body", "author", "date", "url", "doi", "language", "x-shelf"])
        func `an empty value takes the field's value away, and the answer says so`(field: String) throws {
            for empty in ["\(field)=", "\(field)=  "] {
                let outcome = try ana.quipu("set", id, empty)
                #expect(outcome.output.contains("\(field) has no value now"), "\(outcome)")
                let value = try fields()[field]
                #expect(value == nil || value?.isNull == true, "\(field)")
                try ana.quipu("undo")
                #expect(try fields()[field]?.string != nil, "\(field)")
            }
        }

        @Test func `what a record cannot be without is not taken away`() throws {
            let collection = try #require(try ana.json("add", "collection", "name=Press")["id"]?.string)
            #expect(try ana.refusal("set", collection, "name=").error == "missing-field")
            let annotation = try #require(try ana.json("annotate", id, "--quote", "river")["id"]?.string)
            #expect(try ana.refusal("set", annotation, "target=").error == "missing-field")
            #expect(try ana.refusal("set", id, "tags/a=").error == "wrong-type")
            let note = try #require(
                try ana.json("add", "note", "text=See there", "target=\(id)")["id"]?.string)
            try ana.quipu("set", note, "target=")
            #expect(try ana.json("show", note)["fields"]?["target"]?.string == nil)
        }

        @Test func `all records of a query lose the value in one step`() throws {
            try ana.quipu("add", "article", "title=Seeds", "author=Ruiz")
            try ana.quipu("set", "--query", "author:ruiz", "author=", "x-shelf=4")
            #expect(try ana.quipu("list", "author:ruiz", "--count").output == "0\n")
            #expect(try fields()["x-shelf"]?.string == "4")
        }

        @Test func `an empty file or an empty stream takes no value away`() throws {
            let empty = try place.write(" \n", to: "empty.txt")
            let refusal = try ana.refusal("set", id, "body=@\(empty)")
            #expect(refusal.message.contains(empty) && refusal.hint.contains("body="), "\(refusal)")
            #expect(try ana.refusal("set", id, "body=-").message.contains("standard input"))
            #expect(try fields()["body"]?.string == "The river rose.")
        }

        @Test func `a new record has no field of which the value was given as empty`() throws {
            let made = try #require(
                try ana.json("add", "article", "title=Seeds", "author=", "date=")["id"]?.string)
            let story = try ana.quipu("history", made, "--json").lines
            #expect(story.count == 1 && story[0]["fields"]?.array?.map(\.string) == ["title"], "\(story)")
        }

        @Test func `over HTTP an empty text takes the value away as null does`() throws {
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            let seen = try client.ask("GET", "/records/\(id)")
            let patched = try client.patch(
                id, #"{"title":"","date":" ","author":[""],"x-shelf":""}"#, seen: seen.tag)
            #expect(patched.status == 200, "\(patched.json)")
            let fields = try #require(patched.json["fields"])
            for name in ["title", "date", "author"] { #expect(fields[name] == nil, "\(name)") }
            // A field of one's own has whatever it is given.
            #expect(fields["x-shelf"]?.string == "" && fields["url"]?.string != nil)
            let made = try client.ask(
                "POST", "/records", body: #"{"kind":"collection","fields":{"name":" "}}"#)
            #expect(made.status == 422, "\(made.json)")
        }
    }
}
