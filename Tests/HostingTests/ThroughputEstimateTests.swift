import QuipuHosting
import QuipuReplication
import Support
import Testing

@testable import QuipuReplicationHTTP

@Suite struct ThroughputEstimateTests {
    @Test func `only the server's own duration is read from its Server-Timing field`() {
        #expect(ThroughputEstimate.milliseconds(inServerTiming: "sync;dur=52") == 52)
        #expect(ThroughputEstimate.milliseconds(inServerTiming: "sync;dur=52.75") == 52)
        for field in ["", "sync", "sync;dur=", "sync;dur=-4", "cache;dur=3", "sync;dur=99999999999999999999"]
        {
            #expect(ThroughputEstimate.milliseconds(inServerTiming: field) == nil, "\(field)")
        }
    }

    @Test func `a large exchange measures the link's throughput, and a small one does not`() throws {
        let folder = try TemporaryFolder()
        var configuration = Server.Configuration()
        configuration.address = ListenAddress(host: "127.0.0.1", port: 0)
        let server = try Server(
            FolderBackend(.directory(folder.path, createsArchives: true)), as: configuration)
        defer { server.stop() }
        let group = try Replicas(1)
        var random = SplitMix64(seed: 1)
        for index in 0..<20 {
            let digits = (0..<8_000).map { _ in
                String(UInt32.random(in: 0x1000...0xffff, using: &random), radix: 16)
            }
            try group.add([("body", "\"\(digits.joined())\"")], id: UInt128(index + 1), at: 0)
        }
        let link = ListeningTransport(HTTPTransport(try ArchiveURL("\(server.url)/press")))
        let agreement = try Synchronizer(group[0], over: link).run(agreement: nil).1
        #expect(link.costs.contains { $0.bytesPerSecond ?? 0 > 0 })

        link.costs = []
        _ = try Synchronizer(group[0], over: link).run(agreement: agreement)
        #expect(link.costs.count == 1)
        #expect(link.costs.allSatisfy { $0.bytesPerSecond == nil })
    }
}

/// Remembers what each message cost.
private final class ListeningTransport: Transport {
    private let transport: HTTPTransport
    var costs: [TransportCost] = []
    var location: String { transport.location }

    init(_ transport: HTTPTransport) { self.transport = transport }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        let cost = try transport.exchange(message, receive: receive)
        costs.append(cost)
        return cost
    }
}
