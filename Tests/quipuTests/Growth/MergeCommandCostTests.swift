import QuipuCanonicalJSON
import Support
import Testing

@testable import quipu

/// What commands about merged records cost, counted in what SQLite does, at two sizes.
@Suite struct MergeCommandCostTests {
    @Test func `taking all records out of the one that they were merged into costs what they are`() throws {
        let steps = try [20, 200].map { size in
            let bench = try CommandBench()
            try bench.run("init", "--name", "press")
            let lines = (0..<size).map { #"{"title":"Article \#($0)","url":"https://example.org/\#($0)"}"# }
            try bench.folder.write(lines.joined(separator: "\n") + "\n", to: "articles.jsonl")
            try bench.run("import", bench.folder.path(of: "articles.jsonl"))
            let ids = try bench.run("list", "--limit", "0", "--json").json.compactMap { $0["id"]?.string }
            try #require(ids.count == size)
            #expect(try bench.run(["merge"] + ids).code == .done)
            let meter = StatementMeter(over: bench.folder)
            return try meter.count {
                let result = try bench.run(["unmerge"] + ids.dropFirst())
                #expect(
                    result.code == .done && (result.output + result.errors).contains("was merged into"),
                    "\(result)")
            }.steps
        }
        #expect(steps[1] <= 14 * steps[0], "\(steps)")
    }
}
