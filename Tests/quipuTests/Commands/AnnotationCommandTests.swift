import QuipuCanonicalJSON
import Testing

@testable import quipu

struct AnnotationCommandTests {
    let bench: CommandBench
    let article: String

    init() throws {
        bench = try CommandBench()
        try bench.run("init", "--name", "test")
        article = try bench.id(
            "add", "article", "title=One",
            "body=Forty workers left.\r\nThe union said “forty” left, and forty more stay.")
    }

    private func places() throws -> [JSONValue?] {
        try bench.object("show", article)["annotations"]?.array?.map { $0["place"] } ?? []
    }

    @Test func `a passage is stored with the text around it`() throws {
        let id = try bench.id(
            "annotate", article, "--quote", "The union", "--note", "Which one?", "--tag", "doubt")
        let shown = try bench.object("show", id)
        #expect(
            shown["fields"] == [
                "position": ["end": 29, "start": 20],
                "quote": [
                    "exact": "The union", "prefix": "Forty workers left.\n",
                    "suffix": " said “forty” left, and forty mo",
                ],
                "tags/doubt": true, "target": .string(article), "text": "Which one?",
            ])
        #expect(shown["place"] == "found")
        #expect(try places() == ["found"])
    }

    @Test func `an annotation follows its passage`() throws {
        try bench.run("annotate", article, "--quote", "forty more")
        try bench.run(
            "set", article, "body=New. Forty workers left.\nThe union said “forty” left, and forty more stay."
        )
        #expect(try places() == ["moved"])
        try bench.run(
            "set", article, "body=Forty workers left.\nThe union said “forty” left, and 40 others stay.")
        #expect(try places() == ["changed"])
        try bench.run(
            "set", article, "body=Forty workers left.\nThe union said “forty” left, and all others too.")
        #expect(try places() == ["lost"])
    }

    @Test func `a quotation that occurs twice needs its occurrence`() throws {
        let result = try bench.run("--json", "annotate", article, "--quote", "forty")
        let error = try JSONParser().parse(result.errors)
        #expect(error["error"] == "quote-ambiguous")
        #expect(error["hint"]?.string?.contains("--occurrence N") == true)
        #expect(error["hint"]?.string?.contains("2: ") == true)
        #expect(try bench.object("annotate", article, "--quote", "forty", "--occurrence", "2")["start"] == 53)
        #expect(try bench.run("annotate", article, "--quote", "forty", "--occurrence", "3").code == .failed)
    }

    @Test func `a quotation that does not occur is answered with the most similar passage`() throws {
        let result = try bench.run("annotate", article, "--quote", "the UNION said \"forty\"")
        #expect(result.code == .failed)
        #expect(result.errors.contains("did you mean: The union said “forty”"))
        #expect(try bench.run("annotate", article, "--quote", "airship").errors.contains("quipu show"))
        #expect(try bench.run("annotate", article, "--quote", "").code == .usage)
    }

    @Test func `only a record with a text can be annotated`() throws {
        let note = try bench.id("add", "note", "text=Hm")
        #expect(try bench.run("--json", "annotate", note, "--quote", "Hm").errors.contains("wrong-type"))
        try bench.run("delete", article)
        #expect(
            try bench.run("--json", "annotate", article, "--quote", "union").errors.contains("\"deleted\""))
    }
}
