import Foundation
import QuipuCanonicalJSON
import QuipuCausality
import QuipuStorage
import Support
import Testing

extension Processes {
    /// How often memory is asked for, by everything in the process: gates as in CostTests, held where a count from
    /// within cannot be had. What a process costs by itself cancels out: either it is taken off, or twice the work is
    /// held against once the work.
    ///
    /// Each limit is what a debug build was seen to need, alone and beside the other tests, and about a twelfth more. A
    /// build made for ThreadSanitizer, which brings an allocator of its own, is not counted.
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["LD_PRELOAD"] == nil))
    struct AllocationTests {
        /// An article of a body of 150 words, a title and a URL.
        private static let perImportedArticle = 1_000
        /// After an import of more than 64 KiB the client makes a key of each record, by which the peer may know it: 185 to
        /// 217 were seen.
        private static let perPushedArticle = (client: 240, server: 362)
        private static let perPulledArticle = (client: 376, server: 66)
        /// In a piece with a hundred others.
        private static let perPushedTag = (client: 61, server: 218)
        private static let perPulledTag = (client: 231, server: 55)
        private static let tagCommand = 7_700
        /// Where more than a second has passed since the server was last asked, as on a busy machine, it looks into the
        /// archive again; what it answers out of memory is held by `CachedReplyTests`.
        private static let idleSync = (client: 10_500, server: 705)
        private static let show = 9_500

        private static let articles = 100

        private let place: TemporaryFolder
        private let counter: AllocationCounter
        private let client: AllocationCounter.Tally

        init() throws {
            place = try TemporaryFolder()
            counter = try AllocationCounter()
            client = try counter.tally("client")
        }

        private func machine(_ author: String) throws -> Machine {
            try Machine(author, in: place, variables: client.variables)
        }

        private func lines(_ count: Int, named name: String) throws -> String {
            var random = SplitMix64(seed: 1)
            let text = GeneratedArticles.lines(count, words: 150, named: name, &random)
            return try place.write(text, to: name + ".jsonl")
        }

        /// What starting takes.
        private func start(of machine: Machine) throws -> Int {
            try client.count { try machine.quipu("--version") }
        }

        private func expect(_ measured: Int, for units: Int, atMost limit: Int, _ what: String) {
            #expect(measured > 0 && measured <= limit * units, "\(what): \(measured / units) each")
        }

        @Test func `an imported article takes a bounded number of allocations`() throws {
            let ana = try machine("ana")
            try ana.quipu("init", "--name", "press")
            let (once, twice) = (
                try lines(Self.articles, named: "a"), try lines(2 * Self.articles, named: "b")
            )
            let one = try client.count { try ana.quipu("import", once) }
            let two = try client.count { try ana.quipu("import", twice) }
            expect(two - one, for: Self.articles, atMost: Self.perImportedArticle, "import")
        }

        @Test func `the allocations of an exchange follow its content, on either side`() throws {
            let held = try counter.tally("server")
            let server = try ServedRoot(place.path(of: "office"), environment: held.variables)
            let (ana, ben) = (try machine("ana"), try machine("ben"))
            try ana.quipu("init", "--name", "press")
            try ana.quipu("remote", "add", "origin", server.url + "/press")
            try ana.sync()
            try ben.quipu("clone", server.url + "/press", ".")
            func sync(_ machine: Machine) throws -> (client: Int, server: Int) {
                var here = 0
                let there = try held.count { here = try client.count { try machine.sync() } }
                return (here, there)
            }
            func expect(
                _ two: (client: Int, server: Int), without one: (client: Int, server: Int), for units: Int,
                atMost limit: (client: Int, server: Int), _ what: String
            ) {
                self.expect(two.client - one.client, for: units, atMost: limit.client, what + ", client")
                self.expect(two.server - one.server, for: units, atMost: limit.server, what + ", server")
            }

            try ana.quipu("import", try lines(Self.articles, named: "a"))
            let (pushed, pulled) = (try sync(ana), try sync(ben))
            try ana.quipu("import", try lines(2 * Self.articles, named: "b"))
            expect(
                try sync(ana), without: pushed, for: Self.articles, atMost: Self.perPushedArticle, "push")
            expect(
                try sync(ben), without: pulled, for: Self.articles, atMost: Self.perPulledArticle, "pull")

            let started = (client: try start(of: ana), server: 0)
            let idle = try sync(ana)
            expect(idle, without: started, for: 1, atMost: Self.idleSync, "idle")
            _ = try sync(ben)
            let idleThere = try sync(ben)

            try tag(Self.articles, at: ana)
            expect(
                try sync(ana), without: idle, for: Self.articles, atMost: Self.perPushedTag, "push of tags")
            expect(
                try sync(ben), without: idleThere, for: Self.articles, atMost: Self.perPulledTag,
                "pull of tags")
        }

        @Test func `showing and tagging an article take few more allocations in a larger archive`() throws {
            let ana = try machine("ana")
            try ana.quipu("init", "--name", "press")
            var before: (shown: Int, tagged: Int)?
            for (count, name) in [(Self.articles, "a"), (2 * Self.articles, "b")] {
                try ana.quipu("import", try lines(count, named: name))
                let id = try #require(try ana.articles.first?["id"]?.string)
                let started = try start(of: ana)
                let shown = try client.count { try ana.quipu("show", id) } - started
                let tagged = try client.count { try ana.quipu("tag", id, "+of-" + name) } - started
                expect(shown, for: 1, atMost: Self.show, "show")
                expect(tagged, for: 1, atMost: Self.tagCommand, "tag")
                // Now and then a page more is read.
                if let before {
                    expect(shown, for: 1, atMost: before.shown + before.shown / 5, "show among more")
                    expect(tagged, for: 1, atMost: before.tagged + before.tagged / 5, "tag among more")
                }
                before = (shown, tagged)
            }
        }

        /// Tags articles, each by an edit of its own, within this process: a hundred commands would take seconds.
        private func tag(_ count: Int, at machine: Machine) throws {
            let folder = try #require(ArchiveFolder.at(machine.folder))
            let store = try Store(opening: folder)
            var ids: [RecordID] = []
            var filter = RecordFilter()
            filter.kind = "article"
            try store.forEachRecord(filter) { record in
                ids.append(record.id)
                return ids.count < count
            }
            for id in ids {
                let change = Edit.Change(field: "tags/checked", json: Array("true".utf8))
                _ = try store.edit([Edit(id: id, kind: "article", changes: [change])], author: "ana")
            }
        }
    }
}
