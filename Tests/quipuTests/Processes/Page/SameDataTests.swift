import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// What the command prints as JSON and what the HTTP interface answers is the same.
    struct SameDataTests {
        private let place: TemporaryFolder
        private let ana: Machine

        init() throws {
            place = try TemporaryFolder()
            ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
        }

        private func article(_ title: String, _ more: String...) throws -> String {
            let made = try ana.run(["add", "article", "title=\(title)", "--json"] + more)
            return try #require(made.json["id"]?.string, "\(made)")
        }

        private static func names(_ object: JSONValue?) -> [String] { (object?.members ?? []).map(\.name) }

        @Test func `a passage is told with its method and score, or with where it was lost`() throws {
            let id = try article("Water", "body=On Monday forty workers left. On Friday the river rose.")
            let kept = try #require(try ana.json("annotate", id, "--quote", "forty workers")["id"]?.string)
            let lost = try #require(try ana.json("annotate", id, "--quote", "river rose")["id"]?.string)
            try ana.quipu("set", id, "body=And then on Monday forty workers left.")
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            let whole = try client.ask("GET", "/records/\(id)?with=dependents").json
            let shown = try ana.json("show", id)["annotations"]?.array ?? []
            for annotation in [kept, lost] {
                let told = try #require(shown.first { $0["id"]?.string == annotation })
                let dependents = whole["dependents"]?.array ?? []
                let dependent = try #require(dependents.first { $0["record"]?["uuid"]?.string == annotation })
                let own = try client.ask("GET", "/records/\(annotation)?with=dependents").json
                for passage in [dependent["passage"], own["passage"]] {
                    #expect(passage?["state"] == told["place"])
                    for name in ["start", "end", "method", "score", "lostAt"] {
                        #expect(passage?[name] != nil && passage?[name] == told[name], "\(name): \(whole)")
                    }
                }
                #expect(dependent["timeMilliseconds"] == told["timeMilliseconds"])
            }
            let places = whole["dependents"]?.array?.compactMap { $0["passage"]?["lostAt"]?.string }
            #expect(places?.count == 1)
        }

        @Test func `the history of records that are shown as one tells the changes of all of them`() throws {
            let keep = try article("The flood")
            let other = try article("Flood", "author=Ruiz")
            try ana.quipu("merge", keep, other)
            try ana.quipu("set", keep, "title=High water")
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            let printed = try ana.quipu("history", keep, "--json").lines
            #expect(Set(printed.compactMap { $0["record"]?.string }) == [keep, other])
            for id in [keep, other] {
                let told = try client.ask("GET", "/records/\(id)/history").json
                #expect(told["total"]?.integer == printed.count)
                let versions = Array((told["versions"]?.array ?? []).reversed())
                for (one, same) in zip(versions, printed) {
                    let record = try #require(one["record"]?.string)
                    #expect(record == "article:" + (same["record"]?.string ?? ""))
                    for name in ["number", "version", "author", "timeMilliseconds", "byProgram", "fields"] {
                        #expect(one[name] != nil && one[name] == same[name], "\(name)")
                    }
                }
            }
        }

        @Test func `why names the versions of all of them, with the same words as the command`() throws {
            let keep = try article("The flood")
            let other = try article("Flood", "author=Ruiz")
            try ana.quipu("merge", keep, other)
            let page = try OpenedPage(ana)
            let client = try page.signIn()
            for field in ["title", "author"] {
                let printed = try ana.json("why", keep, field)
                let told = try client.ask("GET", "/records/\(keep)/why/\(field)").json
                #expect(
                    told["shownBy"]?.string == printed["shownBy"]?.string.map { "article:" + $0 }, "\(told)")
                let others = try #require(told["others"]?.array)
                #expect(others.count == 1 && others.count == printed["others"]?.array?.count)
                #expect(others[0]["versions"] == printed["others"]?[0]?["versions"], "\(told)")
                #expect(told["versions"] == printed["versions"], "\(told) beside \(printed)")
                let first = told["versions"]?[0] ?? others[0]["versions"]?[0]
                #expect(Self.names(first).contains("timeMilliseconds"))
                #expect(Self.names(first).contains("valueMissing"))
            }
        }
    }
}
