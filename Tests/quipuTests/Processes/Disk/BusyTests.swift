import Foundation
import Glibc
import QuipuCanonicalJSON
import QuipuSQLite
import Support
import Testing

extension Processes {
    /// Several processes at one archive.
    struct BusyTests {
        @Test
        func `a locked archive is waited for, and the error names the process that holds it`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let ana = office.ana
            let id = try #require(try ana.articles.first?["id"]?.string)
            let file = try office.place.write("Some text. And more.\n", to: "text.txt")
            let digest = try ana.digest

            let holder = try Connection(path: ana.storePath, options: .init(mode: .readWrite))
            try holder.transaction(.immediate) {
                let started = ContinuousClock.now
                // At the same time, so that the test waits once.
                let programs = [
                    try ana.start("set", id, "title=B", "--json"), try ana.start("import", file, "--json"),
                ]
                // Reading goes on meanwhile.
                #expect(try ana.articleCount == 1)
                #expect(try ana.quipu("search", "bridge", "--json").exitCode == 0)
                for program in programs {
                    let outcome = try QuipuProcess.finish(program)
                    #expect(outcome.exitCode == 1)
                    let refusal = Refusal(outcome.error)
                    #expect(refusal.error == "busy", "\(outcome)")
                    #expect(refusal.message.contains("process \(getpid())"), "\(outcome)")
                    #expect(refusal.message.contains(ana.folder), "\(outcome)")
                }
                #expect(.now - started > .seconds(1))
            }
            #expect(try ana.digest == digest)
            try ana.quipu("set", id, "title=B")
        }

        @Test
        func `two processes import different files at the same time and nothing is lost`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let files = try (0..<4).map { number in
                let lines = (0..<300).map {
                    #"{"title":"Article \#($0) of \#(number)","body":"Text \#($0 / 2)."}"#
                }
                return try place.write(lines.joined(separator: "\n"), to: "\(number).jsonl")
            }
            let programs = try files.map { try ana.start("import", $0, "--collection", "Ecuador", "--json") }
            for program in programs {
                let outcome = try QuipuProcess.finish(program)
                #expect(outcome.exitCode == 0, "\(outcome)")
                #expect(outcome.json["read"]?.integer == 300 && outcome.json["rejected"]?.integer == 0)
            }
            let titles = Set(try ana.articles.compactMap { $0["fields"]?["title"]?.string })
            // Equal texts are one article, whichever file came first; it has one of their titles.
            #expect(titles.count == (try ana.articleCount))
            try ana.expectUndamaged()
            // One collection of that name, not four.
            #expect(try ana.quipu("list", "--kind", "collection", "--json").lines.count == 1)
            let size = try ana.quipu("list", "--collection", "Ecuador", "--json").lines.count
            #expect(size == (try ana.articleCount))
            // Each file is in there: none brings anything new.
            for file in files { #expect(try ana.json("import", file)["created"]?.integer == 0) }
        }

        @Test
        func `many small edits from several processes are all kept`() throws {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            let id = try ana.add(title: "The bridge opens")
            for round in 0..<5 {
                let programs = try (0..<6).map { try ana.start("tag", id, "+t\(round)-\($0)") }
                for program in programs { #expect(try program.finish().exitCode == 0) }
            }
            #expect(try ana.json("show", id)["tags"]?.array?.count == 30)
            #expect(try ana.log.count == 31)
            try ana.expectUndamaged()
        }

        @Test
        func `edits continue while the archive is served and synced`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            var programs: [ChildProgram] = []
            for round in 0..<5 {
                programs.append(try office.ana.start("tag", id, "+ana\(round)"))
                programs.append(try office.ben.start("tag", id, "+ben\(round)"))
                programs.append(try office.ana.start("sync"))
                programs.append(try office.ben.start("sync"))
            }
            for program in programs {
                // A sync may find that the other side is still changing (1); it may not fail otherwise.
                let ending = try program.finish()
                #expect([0, 1].contains(ending.exitCode), "\(ending.output)\(ending.errors)")
                #expect(ending.exitCode == 0 || ending.errors.contains("still changing"), "\(ending.errors)")
            }
            try office.syncAll()
            #expect(try office.ana.json("show", id)["tags"]?.array?.count == 10)
        }
    }
}
