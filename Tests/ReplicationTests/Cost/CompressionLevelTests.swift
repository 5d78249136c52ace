import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Messages are as dense as the link is slow, both ways.
@Suite struct CompressionLevelTests {
    private static func replicas() throws -> Replicas {
        let group = try Replicas(3)
        var random = SplitMix64(seed: 3)
        let words = (0..<500).map { _ in String(UInt32.random(in: 0...0xff_ffff, using: &random), radix: 36) }
        for index in 0..<200 {
            let text = (0..<300).map { _ in words.randomElement(using: &random)! }.joined(separator: " ")
            try group.add([("body", "\"\(text)\"")], id: UInt128(index + 1), at: 0)
        }
        return group
    }

    /// - Returns: bytes there for a push of everything, and back for a pull of it.
    private static func cost(at bytesPerSecond: Int?) throws -> (pushed: Int, pulled: Int) {
        let group = try replicas()
        var options = Synchronizer.Options()
        (options.firstBudgetBytes, options.maximumBudgetBytes) = (4_096, 64 << 10)
        let link = PacedLink(try group.link(to: 1), bytesPerSecond: bytesPerSecond)
        let pushed = try Synchronizer(group[0], over: link, options: options).run(agreement: nil).0
        let pulled = try Synchronizer(group[2], over: link, options: options).run(agreement: nil).0
        #expect(pushed.inSync && pulled.inSync)
        #expect(try group[2].digest == group[0].digest)
        return (pushed.bytesSent, pulled.bytesReceived)
    }

    @Test func `a slow link carries fewer bytes than a fast one, and memory speed turns compression off`()
        throws
    {
        let unknown = try Self.cost(at: nil)
        let slow = try Self.cost(at: 100_000)
        let fast = try Self.cost(at: .max)
        #expect(slow.pushed < unknown.pushed)
        #expect(slow.pulled < unknown.pulled)
        #expect(unknown.pushed < fast.pushed)
        #expect(unknown.pulled < fast.pulled)
    }
}

/// Says of itself how fast it is.
private struct PacedLink: Transport {
    private let link: PathTransport
    private let bytesPerSecond: Int?
    var location: String { link.location }

    init(_ link: PathTransport, bytesPerSecond: Int?) {
        self.link = link
        self.bytesPerSecond = bytesPerSecond
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var cost = try link.exchange(message, receive: receive)
        cost.bytesPerSecond = bytesPerSecond
        return cost
    }
}
