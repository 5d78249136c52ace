import QuipuCanonicalJSON
import Support
import Testing

extension Processes {
    /// A slow link that is there for a short time, again and again, and each time the program is killed: a lid that shuts.
    ///
    /// Windows are of so many bytes, as many as pass in four seconds, so that nothing depends on how fast the machine is.
    struct WindowTests {
        private static let pace = CuttingProxy.Pace(bytesPerSecond: 30_000, delayMilliseconds: 40)
        private static let windowBytes = 100_000
        private static let maximumWindows = 12

        @Test(arguments: [CuttingProxy.Direction.reply, .request])
        func `at least seven tenths of the bytes that short windows carry count as progress`(
            direction: CuttingProxy.Direction
        ) throws {
            let needed = try bytesInOneGo(direction)
            let office = try Office()
            let link = try CuttingProxy(
                to: office.server.port, cutting: direction, afterBytes: Self.windowBytes, holding: true,
                pace: Self.pace)
            try bring(to: office, direction, through: link)
            var windows = 0
            var hasEnded = false
            while !hasEnded {
                windows += 1
                try #require(windows <= Self.maximumWindows, "nothing is kept of what is cut")
                let cutsBefore = link.cuts
                let program = try office.ana.start("sync")
                try link.waitForCut(of: program)
                hasEnded = link.cuts == cutsBefore
                program.kill()
                _ = try program.finish()
            }
            let useful = Double(needed) / Double(carried(by: link, direction))
            #expect(useful >= 0.7, "\(useful) in \(windows) windows")
            try office.ben.sync()
            try expectSame(office.ana, office.ben)
        }

        private func bytesInOneGo(_ direction: CuttingProxy.Direction) throws -> Int {
            let office = try Office()
            let link = try CuttingProxy(to: office.server.port, cutting: direction, afterBytes: .max)
            try bring(to: office, direction, through: link)
            try office.ana.sync()
            return carried(by: link, direction)
        }

        private func carried(by link: CuttingProxy, _ direction: CuttingProxy.Direction) -> Int {
            direction == .reply ? link.passedBytes.reply : link.passedBytes.request
        }

        /// Articles that Ana is to send, or to get; her way to the office leads through the link.
        private func bring(
            to office: Office, _ direction: CuttingProxy.Direction, through link: CuttingProxy
        ) throws {
            var random = SplitMix64(seed: 17)
            let file = try office.place.write(
                GeneratedArticles.lines(220, words: 300, named: "far", &random), to: "far.jsonl")
            let giver = direction == .request ? office.ana : office.ben
            try giver.quipu("import", file)
            if direction == .reply { try giver.sync() }
            try office.ana.quipu("remote", "remove", "origin")
            try office.ana.quipu("remote", "add", "origin", link.url + "/press")
        }
    }
}
