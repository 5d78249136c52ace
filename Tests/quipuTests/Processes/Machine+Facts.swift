import QuipuCanonicalJSON
import Support
import Testing

/// What a machine's archive holds, as its commands tell it.
extension Machine {
    var digest: String { get throws { try json("status")["digest"]?.string ?? "" } }
    var contentDigest: String { get throws { try json("verify")["contentDigest"]?.string ?? "" } }
    var openConflicts: Int? { get throws { try json("status")["conflicts"]?.integer } }

    /// In the order in which they came.
    var articles: [JSONValue] {
        get throws { try quipu("list", "--kind", "article", "--reverse", "--json").lines }
    }
    /// How many there are, without reading them.
    var articleCount: Int { get throws { try json("status")["records"]?["article"]?.integer ?? 0 } }
    var log: [JSONValue] { get throws { try quipu("log", "--limit", "0", "--json").lines } }

    /// Every conflict that is open; expects the exit code that goes with it.
    func conflicts(sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSONValue] {
        let outcome = try run(["conflicts", "--json"])
        let found = outcome.lines
        #expect(outcome.exitCode == (found.isEmpty ? 0 : 3), "\(outcome)", sourceLocation: sourceLocation)
        return found
    }

    /// A record's field as text.
    func field(_ name: String, of id: String) throws -> String? {
        try json("show", id)["fields"]?[name]?.string
    }

    /// Makes an article by hand.
    /// - Returns: its id.
    func add(title: String) throws -> String {
        try #require(try json("add", "article", "title=" + title)["id"]?.string)
    }

    /// Exchanges with a remote and expects both to hold the same afterwards.
    @discardableResult
    func sync(
        _ remote: String = "origin", exit expected: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let report = try json("sync", remote, exit: expected, sourceLocation: sourceLocation)
        #expect(report["inSync"]?.bool == true, sourceLocation: sourceLocation)
        return report
    }

    /// Everything recomputed from the log up agrees with what is kept.
    func expectUndamaged(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let report = try json("verify", sourceLocation: sourceLocation)
        #expect(report["damaged"]?.integer == 0, "\(report)", sourceLocation: sourceLocation)
    }
}
