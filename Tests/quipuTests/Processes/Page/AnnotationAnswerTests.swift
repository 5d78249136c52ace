import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Annotations of the W3C model over HTTP: what is accepted is there afterwards, the rest is refused.
    struct AnnotationAnswerTests {
        private let place: TemporaryFolder
        private let ana: Machine
        private let page: OpenedPage
        private let client: PageClient
        private let article: String

        init() throws {
            (place, ana, page, client) = try OpenedPage.ofPress()
            let fields = """
                {"title":"Water","body":"On Monday forty workers left.","url":"https://valle.example/2023/water"}
                """
            let made = try client.ask("POST", "/records", body: "{\"kind\":\"article\",\"fields\":\(fields)}")
            article = try #require(made.json["uuid"]?.string)
        }

        private func annotate(_ members: String) throws -> PageClient.Answer {
            try client.ask(
                "POST", "/annotations/",
                body: "{\"type\":\"Annotation\",\"target\":\"\(article)\",\(members)}")
        }

        @Test
        func `the members of a posted annotation are returned again and stored as an import stores them`()
            throws
        {
            let body = """
                {"type":"TextualBody","value":"Who?","purpose":"questioning","language":"en","format":"text/markdown"}
                """
            let made = try annotate(
                """
                "motivation":"questioning","creator":{"type":"Person","name":"Ben"},"created":"2024-05-01T10:00:00Z",
                "id":"https://elsewhere.example/a/1","rights":"https://creativecommons.org/publicdomain/zero/1.0/",
                "body":[\(body),{"type":"TextualBody","purpose":"tagging","value":"union"}]
                """)
            #expect(made.status == 201, "\(made.json)")
            let id = try #require(made.json["uuid"]?.string)
            let got = try client.ask("GET", "/annotations/\(id)")
            #expect(got.json["motivation"]?.string == "questioning")
            #expect(got.json["creator"]?["name"]?.string == "Ben")
            #expect(got.json["created"]?.string == "2024-05-01T10:00:00Z")
            #expect(got.json["via"]?.string == "https://elsewhere.example/a/1")
            #expect(got.json["body"]?[0]?.canonicalText == (try JSONParser().parse(body)).canonicalText)
            #expect(got.json["body"]?[1]?["value"]?.string == "union")
            let fields = try ana.json("show", id)["fields"]
            #expect(fields?["author"]?.string == "Ben" && fields?["x-motivation"]?.string == "questioning")
            // What was read may be sent back with another remark.
            let members = got.json.members ?? []
            let changed = JSONValue.object(
                members.map { $0.name == "body" ? JSONMember(name: "body", value: "nobody") : $0 })
            let put = try client.ask(
                "PUT", "/annotations/\(id)", ["If-Match: \(got.tag)"], body: changed.canonicalText)
            #expect(put.status == 200, "\(put.json)")
            #expect(put.json["body"]?.array?.count == 1 && put.json["body"]?[0]?["value"]?.string == "nobody")
            #expect(put.json["motivation"]?.string == "questioning" && put.json["via"] != nil)
        }

        @Test(arguments: [
            "\"body\":{\"type\":\"Image\",\"value\":\"x\"}",
            "\"body\":{\"value\":\"x\",\"purpose\":\"waving\"}",
            "\"body\":{\"value\":\"<b>x</b>\",\"format\":\"text/html\"}", "\"nonsense\":1",
            "\"creator\":{\"type\":\"Person\"}", "\"created\":\"yesterday\"", "\"bodyValue\":7",
            "\"body\":{\"value\":\"x\",\"purpose\":\"tagging\",\"language\":\"en\"}", "\"deleted\":true",
        ])
        func `an annotation with members that cannot be stored is refused`(members: String) throws {
            let refused = try annotate(members)
            #expect(refused.status == 422, "\(refused.json)")
            #expect(try client.ask("GET", "/annotations/?page=0").json["items"]?.array?.isEmpty == true)
        }

        @Test func `a replacement of an annotation with another target, author or id is refused`() throws {
            let made = try annotate("\"bodyValue\":\"seen\"")
            let id = try #require(made.json["uuid"]?.string)
            for member in [
                "\"target\":\"4f1f6a52\"", "\"creator\":\"Ben\"", "\"created\":\"2001\"", "\"id\":\"urn:x\"",
            ] {
                let refused = try client.ask(
                    "PUT", "/annotations/\(id)", ["If-Match: \(made.tag)"],
                    body: "{\"type\":\"Annotation\",\"bodyValue\":\"x\",\(member)}")
                #expect(refused.status == 422, "\(member)")
            }
            let same = try client.ask(
                "PUT", "/annotations/\(id)", ["If-Match: \(made.tag)"],
                body: "{\"type\":\"Annotation\",\"bodyValue\":\"x\",\"target\":\"\(article)\"}")
            #expect(same.status == 200, "\(same.json)")
        }

        @Test
        func `an annotation's target is an id, the record's address here, or the article's own address`()
            throws
        {
            for source in [
                article, "urn:uuid:\(article)", "http://127.0.0.1/v1/archives/press/records/\(article)",
                "https://valle.example/2023/water",
            ] {
                let made = try client.ask(
                    "POST", "/annotations/",
                    body: "{\"type\":\"Annotation\",\"bodyValue\":\"x\",\"target\":\"\(source)\"}")
                #expect(made.status == 201, "\(source): \(made.json)")
                #expect(made.json["target"]?["source"]?.string?.hasSuffix(article) == true)
            }
            let elsewhere = try client.ask(
                "POST", "/annotations/",
                body: "{\"type\":\"Annotation\",\"target\":\"https://elsewhere.example/\(article)\"}")
            #expect(elsewhere.status == 404, "\(elsewhere.json)")
        }
    }
}
