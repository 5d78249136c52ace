import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// What a replica writes while an exchange is under way: by another command, or a note on its own clock.
@Suite struct MidExchangeTests {
    @Test func `a chain that continues during an exchange is branched and nothing of it is refused`() throws {
        let group = try Replicas(1)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        let copy = try group.copy(0)
        for index in 0..<3 { try group.add([("title", "\"Copy \(index)\"")], id: 7, at: copy) }
        let link = InterruptedLink(try group.link(to: copy)) {
            try group.add([("title", "\"Meanwhile\"")], id: 8, at: 0)
        }
        let report = try Synchronizer(group[0], over: link).run(agreement: nil).0
        #expect(report.inSync)
        #expect(report.refused == [])
        for store in group.stores {
            #expect(try store.log.refusals() == [])
            #expect(try store.verify().damaged == [])
            #expect(try store.position == 5)
        }
        #expect(try ReplicaState(of: group[0]) == ReplicaState(of: group[copy]))
    }
}

/// Lets something happen once between the first request and its reply.
private final class InterruptedLink: Transport {
    private let link: PathTransport
    private var meanwhile: (() throws -> Void)?
    var location: String { link.location }

    init(_ link: PathTransport, meanwhile: @escaping () throws -> Void) {
        self.link = link
        self.meanwhile = meanwhile
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        let cost = try link.exchange(message, receive: receive)
        try meanwhile?()
        meanwhile = nil
        return cost
    }
}
