import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A server that is told to stop while somebody sends.
    struct StoppedServerTests {
        @Test func `a stopped server keeps the received part of a push`() throws {
            let place = try TemporaryFolder()
            let root = place.path(of: "office")
            // It reads on for so long what has reached this machine.
            let server = try ServedRoot(root, options: ["--grace", "2"])
            let ana = try Machine("ana", in: place)
            try ana.quipu("init", "--name", "press")
            try ana.quipu("sync", server.url + "/press")
            var random = SplitMix64(seed: 3)
            let text = GeneratedArticles.lines(400, words: 300, named: "far", &random)
            try ana.quipu("import", try place.write(text, to: "far.jsonl"))
            // A part of the first message, which brings more than twice as much.
            let link = try CuttingProxy(
                to: server.port, cutting: .request, afterBytes: 200_000, holding: true,
                pace: CuttingProxy.Pace(bytesPerSecond: 400_000, delayMilliseconds: 1))
            let program = try ana.start("sync", link.url + "/press")
            try link.waitForCut(of: program)
            let ending = try server.stop()
            program.kill()
            _ = try program.finish()
            #expect(ending.exitCode == 0, "\(ending)")

            let successor = try ServedRoot(root)
            let ben = try Machine("ben", in: place)
            try ben.quipu("clone", successor.url + "/press", ".")
            let count = try ben.articleCount
            #expect((50..<400).contains(count), "\(count)")
            try ben.expectUndamaged()
        }
    }
}
