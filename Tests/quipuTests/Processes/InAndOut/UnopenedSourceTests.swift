import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Several sources of one import, of which some cannot be opened.
    struct UnopenedSourceTests {
        @Test func `a path that does not exist is an error about the path, and the others are imported`()
            throws
        {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let file = try place.write("{\"title\":\"Water\"}\n", to: "one.jsonl")
            let (missing, nothing) = (place.path(of: "missing.jsonl"), try place.write("", to: "empty.jsonl"))
            for words in [["--dry-run"], []] {
                let outcome = try ana.run(["import", file, missing, nothing] + words)
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(outcome.output.contains("2 sources not opened"), "\(outcome)")
                #expect(!outcome.output.contains("rejected"), "\(outcome)")
                #expect(
                    outcome.errors.contains("quipu: cannot open \(missing): No such file or directory\n"),
                    "\(outcome)")
                #expect(outcome.errors.contains("Check the path"), "\(outcome)")
                #expect(!outcome.errors.contains("missing.jsonl:1"), "\(outcome)")
            }
            #expect(try ana.articleCount == 1)
            let report = try ana.json("import", file, missing, exit: 1)
            #expect(report["rejected"]?.integer == 0 && report["unchanged"]?.integer == 1, "\(report)")
            let unopened = try #require(report["unopened"]?.array)
            #expect(unopened.count == 1 && unopened[0]["error"]?.string == "no-such-file", "\(unopened)")
        }

        @Test func `where no source can be opened each is named, and nothing is written`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let outcome = try ana.quipu("import", "/nonexistent/a", "/nonexistent/b", exit: 1)
            #expect(outcome.errors.contains("/nonexistent/a") && outcome.errors.contains("/nonexistent/b"))
            #expect(try ana.quipu("log", "--json").lines.isEmpty)
        }
    }
}
