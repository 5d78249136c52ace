import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

@testable import quipu

/// An archive with one of everything that a command can be about, beside many of one thing; a mirror that it is in step
/// with; and a count of what SQLite does for commands.
final class CommandScene {
    /// What a command came to.
    struct Cost: CustomStringConvertible {
        var statements = 0
        var steps = 0
        var pages = 0
        /// Printed, and on the wire.
        var bytes = 0

        var description: String {
            "\(statements) statements, \(steps) steps, \(pages) pages, \(bytes) bytes"
        }
    }

    let bench: CommandBench
    private let meter: StatementMeter
    /// An article with two versions, a tag, an annotation, an attachment and an open conflict over its title.
    let article: String
    /// Articles to be deleted, restored and purged.
    let spare: String
    let deleted: String
    let unwanted: String
    let token: String
    let tokenID: String

    init(beside count: Int, _ surroundings: Surroundings) throws {
        let bench = try CommandBench()
        self.bench = bench
        meter = StatementMeter(over: bench.folder)
        try bench.run("init", "--name", "press")
        let article = try bench.id("add", "article", "title=Water", "body=The river rose in the night.")
        self.article = article
        try bench.run("tag", article, "+spring")
        try bench.run("annotate", article, "--quote", "river rose", "--note", "By how much?")
        try bench.folder.write("Not a photograph.", to: "picture.txt")
        try bench.run("attach", article, bench.folder.path(of: "picture.txt"))
        (spare, deleted, unwanted) = (
            try bench.id("add", "article", "title=Spare"), try bench.id("add", "article", "title=Deleted"),
            try bench.id("add", "article", "title=Unwanted")
        )
        for id in [deleted, unwanted] { try bench.run("delete", id) }
        for (name, title) in [("known", "The bridge"), ("new", "The ferry"), ("other", "The ford")] {
            let url = "https://example.org/the-\(name)"
            try bench.folder.write(
                #"{"title":"\#(title)","url":"\#(url)","body":"It is there."}"# + "\n", to: "\(name).jsonl")
        }
        try bench.run("import", bench.folder.path(of: "known.jsonl"))
        try bench.mirror(in: "mirror")
        try bench.run("set", article, "title=Flood")
        try bench.run("set", article, "title=High water", "--as", "ben", at: "mirror")
        try bench.sync("mirror")
        try surroundings.fill(
            bench.store("archive"), beside: bench.store("mirror"), world: bench.world, count: count
        ) {
            try bench.sync("mirror")
        }
        try bench.run("remote", "add", "mirror", bench.folder.path(of: "mirror"))
        try bench.run("remote", "add", "office", "https://office.example.org/press")
        try bench.run("sync", "mirror")
        // What came since is indexed by the first search, and its keys by the first import.
        try bench.run("search", "water")
        try bench.run("list", "--sort", "date", "-n", "1")
        try bench.run("import", bench.folder.path(of: "known.jsonl"))
        let given = try bench.object("token", "add", "--role", "reader", "--name", "office")
        token = given["token"]?.string ?? ""
        tokenID = given["id"]?.string ?? ""
    }

    /// Runs a command, which must succeed.
    func cost(of row: CommandRow) throws -> Cost {
        if row.typesToken { bench.typed = [token] }
        for words in row.before(self) { _ = try bench.run(words, at: row.archive) }
        let words = row.words(self)
        var result: CommandBench.Result?
        let tally = try meter.count { result = try bench.run(words, at: row.archive) }
        let run = try #require(result)
        #expect([.done, .conflictsOpen].contains(run.code), "\(words): \(run.errors)")
        var cost = Cost(statements: tally.statements, steps: tally.steps, pages: tally.pages)
        cost.bytes = run.output.utf8.count + run.errors.utf8.count
        if row.isExchange, let report = try run.json.first {
            cost.bytes += Int((report["bytesSent"]?.integer ?? 0) + (report["bytesReceived"]?.integer ?? 0))
        }
        return cost
    }
}
