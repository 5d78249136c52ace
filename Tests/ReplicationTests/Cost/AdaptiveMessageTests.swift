import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Pieces shrink when one is cut and grow as they pass, and what the link has borne is remembered.
@Suite struct AdaptiveMessageTests {
    /// A replica with texts that do not compress, so that pieces are as large on the link as they are here.
    private func group(kibibytes: Int) throws -> Replicas {
        let group = try Replicas(2)
        var random = SplitMix64(seed: 11)
        for index in 0..<kibibytes {
            let digits = (0..<256).map { _ in
                String(UInt32.random(in: 0x1000...0xffff, using: &random), radix: 16)
            }
            try group.add([("body", "\"\(digits.joined())\"")], id: UInt128(index + 1), at: 0)
        }
        return group
    }

    @Test func `a link that cuts large messages gets small ones, and everything arrives`() throws {
        let group = try group(kibibytes: 400)
        let link = NarrowLink(try group.link(to: 1), largestBytes: 60_000)
        let report = try Synchronizer(group[0], over: link).run(agreement: nil).0
        #expect(report.inSync)
        #expect(link.cutCount > 0)
        // Each cut costs the current message alone: most of the messages pass.
        #expect(link.passedCount > link.cutCount)
        #expect(try group[1].digest == group[0].digest)
    }

    @Test func `the message size that a link carried is remembered for the next exchange`() throws {
        let group = try group(kibibytes: 200)
        let link = NarrowLink(try group.link(to: 1), largestBytes: 60_000)
        var options = Synchronizer.Options()
        options.maximumAttempts = 1
        var borne: Int?
        #expect(throws: ReplicationError.self) {
            _ = try Synchronizer(group[0], over: link, options: options).run(agreement: nil) {
                borne = $0.messageBytes
            }
        }
        let learnt = try #require(borne)
        #expect(learnt < options.firstBudgetBytes)

        try group[0].remotes.add(name: "office", location: "/there")
        try group[0].remotes.notePieceBytes(learnt, remote: "office")
        #expect(try group[0].remotes.named("office").messageBytes == learnt)
    }

    @Test func `messages grow while they succeed`() throws {
        let group = try group(kibibytes: 300)
        let link = NarrowLink(try group.link(to: 1), largestBytes: .max)
        var options = Synchronizer.Options()
        options.firstBudgetBytes = 1_024
        let report = try Synchronizer(group[0], over: link, options: options).run(agreement: nil).0
        #expect(report.inSync)
        #expect(report.roundTrips < 20)
    }
}

/// Cuts every message that is larger than it bears, in either direction.
private final class NarrowLink: Transport {
    private let link: PathTransport
    private let largestBytes: Int
    private(set) var cutCount = 0
    private(set) var passedCount = 0
    var location: String { link.location }

    init(_ link: PathTransport, largestBytes: Int) {
        self.link = link
        self.largestBytes = largestBytes
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        guard message.count <= largestBytes else { throw cut() }
        var reply: [UInt8] = []
        let cost = try link.exchange(message) { reply.append(contentsOf: $0) }
        guard reply.count <= largestBytes else { throw cut() }
        passedCount += 1
        try reply.withUnsafeBytes { try receive($0) }
        return cost
    }

    private func cut() -> ReplicationError {
        cutCount += 1
        return ReplicationError(.cut, "the connection was cut")
    }
}
