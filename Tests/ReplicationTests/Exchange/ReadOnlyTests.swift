import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// Leads to a replica that lets its callers read and nothing else.
private final class ReadingLink: Transport {
    let location = "the library"
    private let store: Store
    private(set) var messages = 0

    init(to store: Store) { self.store = store }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        messages += 1
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let reply = try Responder.answer(request, from: store, isReadOnly: true)
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}

/// Who may only read gets all that is there, and leaves nothing.
@Suite struct ReadOnlyTests {
    private let group: Replicas
    private let link: ReadingLink

    init() throws {
        group = try Replicas(3)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        link = ReadingLink(to: group[0])
    }

    private func pull(_ replica: Int, agreement: Agreement? = nil) throws -> (SyncReport, Agreement?) {
        group.world.advance(milliseconds: 1_000)
        return try Synchronizer(group[replica], over: link).run(agreement: agreement)
    }

    @Test func `a reader that has written nothing ends in sync`() throws {
        let (report, agreement) = try pull(1)
        #expect(report.inSync && report.received == 1 && report.refusal == nil)
        try group.add([("title", "\"Market\"")], id: 8, at: 0)
        #expect(try pull(1, agreement: agreement).0.inSync)
        #expect(try group[1].digest == group[0].digest)
    }

    @Test func `a reader keeps its edits and receives everything, and nothing is written on the mirror`()
        throws
    {
        let agreement = try pull(1).1
        for id in 20..<23 { try group.add([("title", "\"mine\"")], id: UInt128(id), at: 1) }
        for id in 30..<33 { try group.add([("title", "\"theirs\"")], id: UInt128(id), at: 0) }
        let before = (
            try group[0].log.vector(), try group[0].digest, try group[0].log.knowledge().branchStarts
        )
        for agreement in [agreement, nil] {
            let (report, agreed) = try pull(1, agreement: agreement)
            #expect(report.refusal == .readOnly && report.unsent == 3)
            #expect(!report.inSync && agreed == nil)
            #expect(report.roundTrips <= 3)
        }
        #expect(try group[1].recordCounts().map(\.count) == [7])
        #expect(try group[0].log.vector() == before.0)
        #expect(try group[0].digest == before.1)
        #expect(try group[0].log.knowledge().branchStarts == before.2)
        // A writer passes the edits on.
        try group.sync(1, 0)
        #expect(try group[0].digest == group[1].digest)
    }

    @Test func `a reader's clock moves no other clock`() throws {
        try group.add([("title", "\"Market\"")], id: 8, at: 0)
        let log = try group[0].position
        let far = try Store(
            opening: group[1].folder,
            environment: group.world.environment(offsetMilliseconds: 40 * 24 * 3_600_000))
        _ = try Synchronizer(far, over: link).run(agreement: nil)
        #expect(try group[0].position == log)
        #expect(try group[0].clock.correctedNow() == group.world.environment().nowMilliseconds())
    }

    @Test func `a reader that knows of branches unknown to the mirror ends its exchange`() throws {
        try group.syncAll()
        // Two go on under one name, and a third learns of it.
        let twin = try group.copy(1)
        try group.add([("title", "\"one\"")], id: 40, at: 1)
        try group.add([("title", "\"other\"")], id: 41, at: twin)
        try group.sync(1, 2)
        try group.sync(twin, 2)
        try group.sync(1, 2)
        #expect(try !group[2].log.knowledge().branchStarts.isEmpty)
        let before = (try group[0].log.vector(), try group[0].log.knowledge().branchStarts)
        let (report, agreement) = try pull(2)
        #expect(report.refusal == .readOnly && !report.inSync && agreement == nil)
        #expect(link.messages < 10)
        #expect(try group[0].log.vector() == before.0)
        #expect(try group[0].log.knowledge().branchStarts == before.1)
    }
}
