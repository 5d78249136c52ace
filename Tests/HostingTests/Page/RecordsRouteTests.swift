import Testing

@testable import QuipuHosting

@Suite struct RecordsRouteTests {
    private func route(_ path: String) -> RecordsRoute? {
        guard case .interface("press", let route)? = Route(path: "/v1/archives/press" + path) else {
            return nil
        }
        return route
    }

    @Test func `paths lead to their resources, decoded once`() {
        #expect(route("/records") == .records)
        #expect(route("/records/4f1f6a52") == .record("4f1f6a52"))
        #expect(
            route("/records/article%3A4f/why/tags%2Friver%2520") == .why("article:4f", field: "tags/river%20")
        )
        #expect(route("/conflicts/4f/title") == .conflict("4f", field: "title"))
        #expect(route("/annotations/") == .annotations)
        #expect(route("/log/a:1/undo") == .undo("a:1"))
        #expect(Route(path: "/press") == .shell(archive: "press"))
        #expect(Route(path: "/page/app.js") == .page(file: "app.js"))
    }

    @Test(arguments: [
        "/", "/records/", "/records/a/b", "/records//history", "/records/%", "/records/%f", "/records/%ff",
        "/records/%00", "/annotations", "/annotations/a/b", "/conflicts/a", "/conflicts/a/", "/log/a/redo",
        "/Records",
        "/records/a/why/", "/records/a/why/b/c", "/records/" + String(repeating: "a", count: 1_025),
    ])
    func `paths of no resource lead to no route`(path: String) { #expect(route(path) == nil, "\(path)") }

    @Test(arguments: ["a=1&a=2", "b=1", "a=%", "a=%zz", "a=%ff", "%61=1&a=2"])
    func `parameters that are unknown, repeated or malformed are refused`(query: String) {
        #expect(throws: Problem.self) { try QueryParameters(query, allowed: ["a"]) }
    }

    @Test func `parameters are decoded, and numbers, flags and texts are checked`() throws {
        let parameters = try QueryParameters("q=a+b%20c%2Bd&n=7&f=true&e=", allowed: ["q", "n", "f", "e"])
        #expect(parameters["q"] == "a b c+d" && parameters["e"] == "")
        #expect(try parameters.integer("n", in: 1...9) == 7)
        #expect(try parameters.flag("f") && !parameters.flag("absent"))
        #expect(throws: Problem.self) { try parameters.integer("n", in: 8...9) }
        #expect(throws: Problem.self) { try parameters.integer("q", in: 0...9) }
        #expect(throws: Problem.self) { try parameters.flag("n") }
        #expect(throws: Problem.self) { try parameters.text("e", maximumBytes: 9) }
    }
}
