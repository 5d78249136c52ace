import Foundation
import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// The server as those see it who start and stop it.
    struct ServingTests {
        @Test
        func `serve prints its URL first, and SIGTERM ends it cleanly`() throws {
            let place = try TemporaryFolder()
            let server = try ServedRoot(place.path(of: "office"))
            #expect(server.url == "http://127.0.0.1:\(server.port)" && server.port > 0)
            let ending = try server.stop()
            #expect(ending.exitCode == 0)
            #expect(ending.output == server.url + "\n")
        }

        @Test
        func `archives are created by the first push and outlive the server`() throws {
            let office = try Office(articles: ["The bridge opens"])
            try office.server.stop()
            let again = try ServedRoot(office.place.path(of: "office"))
            let caro = try Machine("caro", in: office.place)
            try caro.quipu("clone", again.url + "/press", ".")
            try expectSame(office.ana, caro)
        }

        @Test
        func `a server at a new address needs to be named once, and nothing is sent again`() throws {
            let office = try Office()
            try office.ana.quipu(
                "import", try office.place.write(SampleCollection.text, to: "collection.txt"))
            try office.ana.sync()
            try office.server.stop()
            #expect(try office.ana.refusal("sync", exit: 4).error == "remote-unreachable")
            let again = try ServedRoot(office.place.path(of: "office"))
            try office.ana.quipu("remote", "remove", "origin")
            try office.ana.quipu("remote", "add", "origin", again.url + "/press")
            #expect(try office.ana.sync()["sent"]?.integer == 0)
        }

        @Test
        func `a server restored to an older state gets back what it lost`() throws {
            let office = try Office(articles: ["The bridge opens"])
            try office.server.stop()
            let (root, backup) = (office.place.path(of: "office"), office.place.path(of: "backup"))
            try FileManager.default.copyItem(atPath: root, toPath: backup)
            do {
                let server = try ServedRoot(root)
                _ = try office.ana.add(title: "Fog in the harbour")
                try office.ana.sync(server.url + "/press")
            }
            let server = try ServedRoot(backup)
            try office.ana.sync(server.url + "/press")
            try office.ben.sync(server.url + "/press")
            try expectSame(office.ana, office.ben)
            #expect(try office.ben.articleCount == 2)
        }
    }
}
