import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What answers over HTTP say: conditions, types, names, and what is refused.
    struct RecordsAnswerTests {
        private let place: TemporaryFolder
        private let page: OpenedPage
        private let client: PageClient

        init() throws {
            place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            page = try OpenedPage(ana)
            client = try page.signIn()
        }

        private func article(_ fields: String = #"{"title":"Water"}"#) throws -> (id: String, tag: String) {
            let made = try client.ask(
                "POST", "/records", body: "{\"kind\":\"article\",\"fields\":\(fields)}")
            #expect(made.status == 201, "\(made.json)")
            return (try #require(made.json["uuid"]?.string), made.tag)
        }

        @Test func `If-None-Match takes weak tags, lists and an asterisk, and If-Match one strong tag`()
            throws
        {
            let (id, tag) = try article()
            for known in ["W/\(tag)", "\"a\", W/\(tag)", "\"a\" ,\(tag)", "*"] {
                #expect(
                    try client.ask("GET", "/records/\(id)", ["If-None-Match: \(known)"]).status == 304,
                    "\(known)")
            }
            #expect(try client.ask("GET", "/records/\(id)", ["If-None-Match: W/\"a\""]).status == 200)
            for seen in ["W/\(tag)", "\"a\", \(tag)", "*", "a"] {
                let refused = try client.ask("DELETE", "/records/\(id)", ["If-Match: \(seen)"])
                #expect(refused.status == 400 && refused.problem == "bad-parameter", "\(seen)")
            }
        }

        @Test
        func `JSON lines are sent to clients that prefer them, with the notes of the query in a header`()
            throws
        {
            _ = try article()
            func type(_ accepted: String) throws -> String? {
                try client.ask("GET", "/records?q=tag:nowhere", ["Accept: \(accepted)"]).head.header(
                    "Content-Type")
            }
            let lines = "application/x-ndjson"
            for accepted in [lines, "application/json;q=0.5, \(lines)", "\(lines);q=0.3", "*/*, \(lines)"] {
                #expect(try type(accepted) == lines, "\(accepted)")
            }
            for accepted in ["\(lines);q=0", "application/json, \(lines);q=0.9", "*/*", "\(lines); q=0.0"] {
                #expect(try type(accepted) == "application/json", "\(accepted)")
            }
            let told = try client.ask("GET", "/records?q=tag:r%C3%ADo", ["Accept: \(lines)"])
            let notes = try JSONParser().parse(try #require(told.head.header("Quipu-Notes")))
            let plain = try client.ask("GET", "/records?q=tag:r%C3%ADo").json["notes"]
            #expect(notes == plain && notes[0]?["code"]?.string == "never-matches")
            let changes = try client.ask("GET", "/changes?since=0&limit=1", ["Accept: \(lines)"])
            #expect(changes.head.header("Quipu-More") == "false")
        }

        @Test func `a position beyond the log is refused as unknown`() throws {
            _ = try article()
            let refused = try client.ask("GET", "/changes?since=999999&wait=60")
            #expect(refused.status == 410 && refused.problem == "unknown-position")
            #expect(try client.ask("GET", "/changes?since=1").status == 200)
        }

        @Test func `a tag is set with true and removed with null, and removing an absent one writes nothing`()
            throws
        {
            let refused = try client.ask(
                "POST", "/records",
                body: "{\"kind\":\"article\",\"fields\":{\"title\":\"a\",\"tags\":{\"x\":false}}}")
            #expect(refused.status == 422, "\(refused.json)")
            let (id, tag) = try article(#"{"title":"Water","tags":{"river":true}}"#)
            let before = try client.ask("GET", "/changes").json["position"]
            let same = try client.patch(id, "{\"tags\":{\"x\":null}}", seen: tag)
            #expect(same.status == 200 && same.tag == tag, "\(same.json)")
            #expect(try client.ask("GET", "/changes").json["position"] == before)
            let removed = try client.patch(id, "{\"tags\":{\"river\":null}}", seen: tag)
            #expect(removed.status == 200 && removed.json["fields"]?["tags"]?["river"] == nil)
        }

        @Test func `an import over HTTP reports the file by the name that it was sent under`() throws {
            let file =
                "{\"title\":\"A\",\"url\":\"https://a.example/1\"}\n{bad\n"
                + "{\"title\":\"B\",\"url\":\"https://a.example/1\"}\n"
            let done = try client.ask(
                "POST", "/import?filename=x.jsonl", body: file, type: "application/octet-stream")
            #expect(done.status == 200 && done.json["differing"]?.integer == 1, "\(done.json)")
            #expect(done.json["refusals"]?[0]?["place"]?.string?.hasPrefix("x.jsonl:2 ") == true)
            for (name, content) in [
                ("empty.txt", " "), ("y.pdf", "%PDF-1.4 nothing"), ("z.png", "\u{89}PNG"),
            ] {
                let refused = try client.ask(
                    "POST", "/import?filename=\(name)&preview=true", body: content,
                    type: "application/octet-stream")
                #expect(!refused.head.text.contains("quipu-upload"), "\(refused.head.text)")
                #expect(refused.status != 422 || refused.head.text.contains(name), "\(refused.head.text)")
            }
        }

        @Test func `a parameter without an effect is refused, and an unknown path lists the known ones`()
            throws
        {
            for format in ["jsonl", "ris", "epub"] {
                #expect(try client.ask("GET", "/export?format=\(format)&spreadsheet=true").status == 400)
            }
            #expect(try client.ask("GET", "/export?format=csv&spreadsheet=true").status == 200)
            let nowhere = try client.ask("GET", "/record/4f1f6a52")
            #expect(nowhere.status == 404 && nowhere.problem == "no-such-route")
            #expect(nowhere.json["detail"]?.string?.contains("records, annotations/") == true)
        }
    }
}
