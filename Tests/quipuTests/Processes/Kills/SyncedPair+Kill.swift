import Support
import Testing

/// Ana syncs with the office, and one of the two is killed in the midst of it.
extension SyncedPair {
    enum Victim: String, CaseIterable {
        case client, server
    }

    /// One sync with a kill in it, and what must hold afterwards.
    /// - Parameter isLarge: more goes either way than one message takes.
    func kill(_ victim: Victim, isLarge: Bool, _ random: inout SplitMix64, _ tally: inout KillTally) throws {
        let content = Content.allCases.randomElement(using: &random) ?? .both
        let (count, words) = isLarge ? (250, 700) : (Int.random(in: 1...30, using: &random), 60)
        try bring(content, count, words: words, &random)

        let (moment, address) = try moment(
            in: content, textBytes: count * (120 + 7 * words), isLarge: isLarge, &random)
        let program = try ana.start("sync", address, "--json")
        let hasCome = try moment.wait(for: program)
        var hasLanded = hasCome
        switch victim {
        case .client:
            if hasCome { program.kill() }
            let ending = try program.finish()
            hasLanded = ending.wasKilled
            if !hasLanded { #expect(ending.exitCode == 0, "\(ending)") }
        case .server:
            if hasCome {
                hasLanded = !program.hasEnded
                try replaceServer()
            }
            let outcome = try QuipuProcess.finish(program)
            #expect([0, 4].contains(outcome.exitCode), "\(outcome)")
            if outcome.exitCode == 0 { try noteSynced() }
        }
        tally.note(hasLanded, "\(victim.rawValue) in \(content.rawValue)")
        try expectKept()
        if Bool.random(using: &random) { try heal() }
    }

    /// After so many writes here or there, or so many bytes one way or the other.
    private func moment(
        in content: Content, textBytes: Int, isLarge: Bool, _ random: inout SplitMix64
    ) throws -> (Moment, address: String) {
        let most = isLarge ? 4 : 1
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let count = Moment.place(in: most * writes.here, &random)
            return (.writes(count, try FolderChanges(in: ana.archiveFolder)), url)
        case 1:
            let count = Moment.place(in: most * writes.there, &random)
            return (.writes(count, try FolderChanges(in: there.archiveFolder)), url)
        case let choice:
            let direction: CuttingProxy.Direction = choice == 2 ? .request : .reply
            // Two thirds is what compression leaves of such texts.
            let isFull = content == .both || (content == .push) == (direction == .request)
            let bytes = Int.random(in: 1...(isFull ? textBytes * 2 / 3 : 400), using: &random)
            let link = try CuttingProxy(
                to: server.port, cutting: direction, afterBytes: bytes, times: 1, holding: true)
            return (.bytes(link), link.url + "/press")
        }
    }
}
