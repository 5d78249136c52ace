import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Ana and Ben correct different words of one paragraph, in a collection that merges without asking.
    struct TextMergeTests {
        private let before = "The old mill by the river was sold on Monday."
        private let both = "The new mill by the river was sold on Friday."

        /// An office with one article; Ana's and Ben's corrections are made and not exchanged.
        /// - Returns: the office and the article's id.
        private func edited(policy: [String] = ["merge=automatic"]) throws -> (Office, String) {
            let office = try Office()
            let made = try office.ana.run(["add", "collection", "name=Press"] + policy + ["--json"]).json
            let collection = try #require(made["id"]?.string)
            let article = try office.ana.json(
                "add", "article", "title=Mill", "body=" + before, "collections/\(collection)=true")
            let id = try #require(article["id"]?.string)
            try office.syncAll()
            try office.ana.quipu("set", id, "body=The new mill by the river was sold on Monday.")
            try office.ben.quipu("set", id, "body=The old mill by the river was sold on Friday.")
            return (office, id)
        }

        @Test
        func `a sync merges the two texts and sends the merged text in the same run`() throws {
            let (office, id) = try edited()
            try office.ana.sync()
            let report = try office.ben.sync()
            #expect(report["merged"]?.integer == 1 && report["conflicts"]?.integer == 0)
            #expect(report["sent"]?.integer == 2 && report["received"]?.integer == 1)
            let later = try office.ana.sync()
            #expect(later["merged"]?.integer == 0 && later["received"]?.integer == 2)
            try expectSame(office.ana, office.ben)
            for machine in [office.ana, office.ben] {
                #expect(try machine.field("body", of: id) == both)
                #expect(try machine.conflicts().isEmpty)
                let history = try machine.quipu("history", id, "--json").lines
                #expect(history.map { $0["byProgram"]?.bool } == [false, false, false, true])
            }
        }

        @Test
        func `a sync reports merged texts, and only when it merged some`() throws {
            let (office, _) = try edited()
            try office.ana.sync()
            let said = try office.ben.quipu("sync").output
            #expect(said.contains("\n1 text merged, with both changes: quipu log --merged shows which\n"))
            #expect(try !office.ana.quipu("sync").output.contains("merged, with"))
        }

        @Test(arguments: [["merge=manual"], []])
        func `a text stays in conflict without an automatic policy, and the merged text is offered`(
            policy: [String]
        ) throws {
            let (office, id) = try edited(policy: policy)
            try office.ana.sync()
            let report = try office.ben.sync(exit: 3)
            #expect(report["merged"]?.integer == 0 && report["conflicts"]?.integer == 1)
            let conflict = try #require(try office.ben.conflicts().first)
            #expect(conflict["merged"]?.string == both && conflict["mergeObstacle"]?.isNull == true)
            try office.ben.quipu("resolve", id, "body", "--take", "merged")
            try office.syncAll()
            #expect(try office.ana.field("body", of: id) == both)
            #expect(try office.ana.conflicts().isEmpty)
        }

        @Test
        func `two authors who sync by different ways merge alike, and a third person does not merge`() throws
        {
            let (office, id) = try edited()
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("clone", office.url, ".")
            // Caro carries both versions before either of the two has the other's.
            try caro.sync(office.ana.folder)
            #expect(try caro.sync(office.ben.folder, exit: 3)["merged"]?.integer == 0)
            #expect(try caro.sync(office.ana.folder, exit: 3)["merged"]?.integer == 0)
            // Now Ana and Ben hold both, and each merges without having heard of the other's merge.
            #expect(try office.ana.sync()["merged"]?.integer == 1)
            #expect(try office.ben.sync(caro.folder)["merged"]?.integer == 1)
            try office.syncAll()
            try caro.sync()
            try expectSame(office.ana, office.ben, caro)
            #expect(try caro.field("body", of: id) == both)
            #expect(try caro.conflicts().isEmpty)
        }
    }
}
