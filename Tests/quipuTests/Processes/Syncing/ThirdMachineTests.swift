import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// Not everybody meets the office: copies are taken from each other, and edits go round by sticks.
    struct ThirdMachineTests {
        @Test
        func `a clone of a clone edited and synced by path leaves all three equal`() throws {
            let office = try Office(articles: ["The bridge opens", "The dairy is sold"])
            let (ana, ben) = (office.ana, office.ben)
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("clone", ben.folder, ".")
            let ids = try caro.articles.compactMap { $0["id"]?.string }
            #expect(ids.count == 2)

            try caro.quipu("set", ids[0], "title=The bridge is late")
            try caro.quipu("tag", ids[1], "+economy")
            let third = try caro.add(title: "Fog in the harbour")
            try ana.quipu("set", ids[1], "date=2026-03-04")
            try caro.sync(ana.folder)
            try expectSame(ana, caro)
            try ben.sync(caro.folder)
            try ana.sync()
            try ben.sync()

            try expectSame(ana, ben, caro)
            for machine in [ana, ben, caro] {
                #expect(try machine.field("title", of: ids[0]) == "The bridge is late")
                #expect(try machine.field("date", of: ids[1]) == "2026-03-04")
                #expect(try machine.field("title", of: third) == "Fog in the harbour")
                #expect(try machine.conflicts().isEmpty)
            }
            // Each is a replica of its own.
            let replicas = try [ana, ben, caro].map { try $0.json("status")["replica"]?.string }
            #expect(Set(replicas).count == 3)
        }

        @Test
        func `any replica can serve and be synced with`() throws {
            let office = try Office(articles: ["The bridge opens"])
            let program = try office.ben.start("serve", "--listen", "127.0.0.1:0")
            let url = try #require(try program.readLine())
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("clone", url + "/press", ".")
            _ = try caro.add(title: "Fog in the harbour")
            try caro.sync()
            try expectSame(office.ben, caro)
            program.terminate()
            #expect(try program.finish().exitCode == 0)
        }
    }
}
