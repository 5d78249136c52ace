import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A sync costs what changed: counted by the program, and by a link that counts what passes.
    struct EconomyTests {
        private static let limitBytes = 400

        @Test
        func `a sync with nothing to do is one round trip of at most 400 bytes each way`() throws {
            let office = try Office()
            try office.ana.quipu(
                "import", try office.place.write(SampleCollection.text, to: "collection.txt"))
            try office.syncAll()
            let link = try CuttingProxy(to: office.server.port, cutting: .reply, afterBytes: .max)
            try office.ana.quipu("remote", "add", "counted", link.url + "/press")
            try office.ana.sync("counted")
            let before = link.passedBytes

            let report = try office.ana.sync("counted")
            #expect(report["roundTrips"]?.integer == 1)
            #expect(report["sent"]?.integer == 0 && report["received"]?.integer == 0)
            let sent = try #require(report["bytesSent"]?.integer)
            let received = try #require(report["bytesReceived"]?.integer)
            #expect(sent <= Self.limitBytes && received <= Self.limitBytes)
            // Headers and all: what the program says is what passed.
            #expect(link.passedBytes.request - before.request == sent)
            #expect(link.passedBytes.reply - before.reply == received)
        }

        @Test
        func `a sync with nothing to do over a path is one round trip of at most 400 bytes each way`() throws
        {
            let place = try TemporaryFolder()
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("import", try place.write(SampleCollection.text, to: "collection.txt"))
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", ana.folder, ".")
            let report = try ben.sync()
            #expect(report["roundTrips"]?.integer == 1)
            #expect(try #require(report["bytesSent"]?.integer) <= Self.limitBytes)
            #expect(try #require(report["bytesReceived"]?.integer) <= Self.limitBytes)
        }

        @Test
        func `syncing one edit takes one round trip and few bytes`() throws {
            let office = try Office()
            try office.ana.quipu(
                "import", try office.place.write(SampleCollection.text, to: "collection.txt"))
            try office.syncAll()
            let id = try #require(try office.ana.articles.first?["id"]?.string)
            try office.ana.quipu("tag", id, "+strike")
            let report = try office.ana.sync()
            #expect(report["roundTrips"]?.integer == 1 && report["sent"]?.integer == 1)
            #expect(try #require(report["bytesSent"]?.integer) <= 2 * Self.limitBytes)
        }
    }
}
