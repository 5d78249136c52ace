import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// What `show` says of how the passage of an annotation was found.
struct PassageCommandTests {
    private static let body =
        "The mill stood on the river since 1890. It employed forty workers and two clerks in the year of the fire."

    private func bench() throws -> (CommandBench, article: String, remark: String) {
        let bench = try CommandBench()
        try bench.run("init")
        let article = try bench.id("add", "article", "title=Mill", "body=\(Self.body)")
        let remark = try bench.id(
            "annotate", article, "--quote", "forty workers and two clerks", "--note", "Who?")
        return (bench, article, remark)
    }

    @Test func `show gives the method and the score with which a passage was found`() throws {
        let (bench, article, remark) = try bench()
        let exact = try #require(try bench.object("show", article)["annotations"]?.array?.first)
        #expect(exact["place"]?.string == "found" && exact["method"]?.string == "exact")
        #expect(exact["score"]?.number == 1 && exact["lostAt"] == .null)
        try bench.run("set", article, "body=\(Self.body.replacing("forty", with: "fourty"))")
        let near = try bench.object("show", remark)
        #expect(near["place"]?.string == "changed" && near["method"]?.string == "fuzzy")
        let score = try #require(near["score"]?.number)
        #expect(score > 0.9 && score < 1)
        let text = try bench.run("show", article).output
        #expect(text.contains("is nearly the same; score 0.9"))
    }

    @Test func `show names the version in which a passage was lost, also after further ones`() throws {
        let (bench, article, remark) = try bench()
        let version = try #require(
            try bench.object("set", article, "body=A text about wells, and nothing else at all.")["version"]?
                .string)
        try bench.run("set", article, "body=A third text, about bread and its price in the town.")
        let lost = try bench.object("show", remark)
        #expect(lost["place"]?.string == "lost" && lost["lostAt"]?.string == version)
        #expect(lost["score"] == .null && lost["method"] == .null)
        let words = version.split(separator: ":")
        #expect(
            try bench.run("show", article).output.contains("lost at \(words[0].prefix(8)):\(words[1])"))
        #expect(try bench.run("--json", "list", "is:orphaned").output.contains(remark))
        try bench.run("undo")
        try bench.run("undo")
        #expect(try bench.object("show", remark)["place"]?.string == "found")
    }

    @Test func `revert and resolve look for passages as every edit does`() throws {
        let (bench, article, remark) = try bench()
        try bench.run("set", article, "body=A text about wells, and nothing else at all.")
        try bench.run("revert", article, "--to", "1")
        #expect(
            try bench.object("show", remark)["fields"]?["anchor"]?["method"]?.string == "exact")
        try bench.mirror(in: "other")
        try bench.run("set", article, "body=A text about wells, and nothing else at all.")
        try bench.run("set", article, "body=\(Self.body) And so on.", at: "other")
        try bench.sync("other")
        let conflict = try bench.run("--json", "conflicts").json
        #expect(conflict.compactMap { $0["field"]?.string } == ["body"])
        try bench.run("resolve", article, "body", "--value", "A text about wells, and no more.")
        #expect(try bench.object("show", remark)["fields"]?["anchor"]?["lostAt"]?.string != nil)
        #expect(try bench.run("conflicts").code == .done)
    }
}
