import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A disk on which hardly anything is free.
    struct FullDiskReadingTests {
        /// With Ana's archive of 200 articles on it, of which one was changed last.
        private func fullDisk(
            seed: UInt64, freeKibibytes: Int
        ) throws -> (place: TemporaryFolder, disk: PrivateMount, ana: Machine, id: String) {
            let place = try TemporaryFolder()
            let disk = try PrivateMount(smallDisk: place.path(of: "disk"), sizeBytes: 4 << 20)
            let ana = Machine("ana", at: disk.path, prefix: disk.prefix)
            try ana.quipu("init", "--name", "press")
            var random = SplitMix64(seed: seed)
            let lines = GeneratedArticles.lines(200, words: 120, named: "full", &random)
            try ana.quipu("import", try place.write(lines, to: "articles.jsonl"))
            let id = try #require(try ana.articles.last?["id"]?.string)
            try ana.quipu("set", id, "title=Highwater")
            try disk.fill(leaving: freeKibibytes << 10)
            return (place, disk, ana, id)
        }

        @Test(
            .enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"),
            arguments: [0, 40, 64, 100])
        func `whatever only reads needs no room, though the indexes lack what was imported`(
            freeKibibytes: Int
        ) throws {
            let (place, disk, ana, id) = try fullDisk(seed: 7, freeKibibytes: freeKibibytes)
            defer { withExtendedLifetime(disk) {} }

            #expect(try ana.json("show", "--query", "highwater")["id"]?.string == id)
            let file = place.path(of: "out.jsonl")
            try ana.quipu("export", "--query", "highwater", "-o", file)
            #expect(try ana.quipu("export", "highwater").output.contains("Highwater"))
            #expect(try ana.quipu("search", "highwater", "--json").lines.count == 1)
            try ana.quipu("duplicates")
            try ana.quipu("doctor")
            try ana.quipu("verify")
            #expect(try ana.quipu("list", "--count").output == "200\n")
        }

        @Test(.enabled(if: PrivateMount.isAvailable, "no file systems may be mounted here"))
        func `a server on a full disk finds what is asked for, or says at its start what fails`() throws {
            let (place, disk, ana, _) = try fullDisk(seed: 8, freeKibibytes: 100)
            defer { withExtendedLifetime(place) {} }
            let server = try ana.start("serve", "--listen", "127.0.0.1:0")
            let url = try #require(try server.readLine())
            let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            let client = PageClient(port: port, host: "127.0.0.1:\(port)")
            let found = try client.ask("GET", "/records?q=highwater")
            #expect(found.status == 200 && found.json["total"]?.integer == 1, "\(found.json)")
            server.terminate()
            _ = try server.finish()

            try disk.fill(leaving: 0)
            #expect(try ana.refusal("serve", "--listen", "127.0.0.1:0").error == "disk-full")
        }
    }
}
