import QuipuCausality
import QuipuReplication
import QuipuStorage
import Support
import Testing

/// What is refused, by whom, and that it stops nothing else.
@Suite struct RefusalTests {
    @Test func `a peer that applies nothing does not hold the caller for ever`() throws {
        let group = try Replicas(3)
        let recorder = Recorder(try group.link(to: 1))
        _ = try Synchronizer(group[2], over: recorder).run(agreement: nil)
        try group.add([("title", "\"A\"")], id: 1, at: 0)
        let deaf = Deaf(try group.link(to: 1), hears: recorder.first)
        let link = BoundedLink(deaf, messages: 10)
        let error = #expect(throws: ReplicationError.self) {
            try Synchronizer(group[0], over: link).run(agreement: nil)
        }
        #expect(error?.code == .malformed, "it ends because what the peer says does not add up")
    }

    @Test func `malformed transactions stop their own origins and the transactions that name them`() throws {
        let group = try Replicas(1)
        let bad = transaction(1, 1, "title", "01")
        var naming = transaction(2, 1, "title", "1")
        naming.records[0].fields[0].replaces = [bad.name]
        let outcome = try group[0].apply([
            transaction(3, 1, "title", "1"), bad, naming, transaction(3, 2, "title", "01"),
            transaction(3, 3, "title", "2"), transaction(4, 1, "body", "3"),
        ])
        #expect(outcome.refused.count == 3)
        #expect(outcome.appliedCount == 2)
        #expect(try group[0].log.vector().entries.map(\.name) == [name(3, 1), name(4, 1)])
        #expect(try group[0].verify().damaged == [])
        #expect(try group[0].verify().digest == group[0].digest)
    }

    @Test func `an origin whose end differs from its sender's claim is left out whole`() throws {
        let group = try Replicas(1)
        let end = Vector.Entry(origin: Origin(rawValue: 3), sequence: 2, chain: ChainHash(high: 1, low: 1))
        let outcome = try group[0].apply(
            [
                transaction(3, 1, "title", "1"), transaction(3, 2, "title", "2"),
                transaction(4, 1, "body", "3"),
            ],
            ends: [end])
        #expect(outcome.refused.map(\.name) == [name(3, 2)])
        #expect(try group[0].log.vector().entries.map(\.name) == [name(4, 1)])
    }

    @Test func `a message full of malformed origins costs a small multiple of its size`() throws {
        let group = try Replicas(1)
        let piece = (1...500 as ClosedRange<UInt128>).flatMap {
            [transaction($0, 1, "title", "1"), transaction(10_000 + $0, 1, "title", "01")]
        }
        // A roll-back of all for each would be half a million applications.
        let outcome = try group[0].apply(piece)
        #expect(outcome.appliedCount == 500)
        #expect(outcome.refused.count == 500)
    }

    @Test func `a transaction that would not fit into a message is refused when it is written`() throws {
        let group = try Replicas(2)
        let value = "\"" + String(repeating: "a", count: 60_000) + "\""
        let fields = (100..<180).map { ("field\($0)", value) }
        #expect(throws: StorageError.self) { try group.add(fields, id: 1, at: 0) }
        #expect(throws: StorageError.self) {
            try group[0].importBatch(
                [ImportItem(kind: "article", fields: fields.map { ($0.0, Array($0.1.utf8)) })], author: "ana")
        }
        #expect(try group[0].position == 0)
    }

    @Test func `authors that differ only in their normal form keep their own bytes`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"A\"")], id: 1, at: 0, author: "Jos\u{e9}")
        try group.add([("title", "\"B\"")], id: 2, at: 0, author: "Jose\u{301}")
        #expect(try group[0].verify().damaged == [])
        let report = try group.sync(0, 1).0
        #expect(report.inSync)
        #expect(report.refused == [])
        #expect(try group[1].verify().damaged == [])
    }

    private func name(_ origin: UInt128, _ sequence: UInt64) -> TransactionName {
        TransactionName(origin: Origin(rawValue: origin), sequence: sequence)
    }

    private func transaction(_ origin: UInt128, _ sequence: UInt64, _ field: String, _ json: String)
        -> Transaction
    {
        Transaction(
            name: name(origin, sequence), stamp: Stamp(milliseconds: FakeWorld.startMilliseconds),
            author: "guest", isByProgram: false,
            records: [
                RecordChanges(
                    id: RecordID(rawValue: origin % 100), kind: "article",
                    fields: [
                        FieldChange(
                            field: field, value: .text(Array(json.utf8)),
                            replaces: sequence > 1 ? [name(origin, sequence - 1)] : [])
                    ])
            ])
    }
}

/// Keeps the first message that passes.
private final class Recorder: Transport {
    private let link: PathTransport
    private(set) var first: [UInt8] = []
    var location: String { link.location }

    init(_ link: PathTransport) { self.link = link }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        if first.isEmpty { first = message }
        return try link.exchange(message, receive: receive)
    }
}

/// A peer that hears the same message whatever it is sent.
private struct Deaf: Transport {
    private let link: PathTransport
    private let hears: [UInt8]
    var location: String { link.location }

    init(_ link: PathTransport, hears: [UInt8]) {
        self.link = link
        self.hears = hears
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        try link.exchange(hears, receive: receive)
    }
}

/// A peer that answers soundly, and says each time that it holds something else.
private final class Fickle: Transport {
    private let links: [any Transport]
    private var turn = 0
    var location: String { links[0].location }

    init(_ links: [any Transport]) { self.links = links }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        turn += 1
        return try links[turn % links.count].exchange(message, receive: receive)
    }
}

/// Changes one bit of the first replies.
private final class FlippingLink: Transport {
    private let link: PathTransport
    private var left: Int
    var location: String { link.location }

    init(_ link: PathTransport, count: Int) {
        self.link = link
        left = count
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var reply: [UInt8] = []
        let cost = try link.exchange(message) { reply.append(contentsOf: $0) }
        if left > 0 {
            left -= 1
            reply[reply.count / 2] ^= 4
        }
        try reply.withUnsafeBytes { try receive($0) }
        return cost
    }
}

@Suite struct StubbornPeerTests {
    @Test func `a peer whose vector keeps changing does not hold the caller for ever`() throws {
        let group = try Replicas(4)
        try group.add([("title", "\"A\"")], id: 1, at: 1)
        try group.add([("title", "\"B\"")], id: 2, at: 2)
        let recorder = Recorder(try group.link(to: 1))
        _ = try Synchronizer(group[3], over: recorder).run(agreement: nil)
        // Two that take nothing answer in turn, so that each vector told is another than the one before.
        let deaf = try [1, 2].map { Deaf(try group.link(to: $0), hears: recorder.first) }
        try group.add([("title", "\"C\"")], id: 3, at: 0)
        let link = BoundedLink(Fickle(deaf), messages: 40)
        #expect(try !Synchronizer(group[0], over: link).run(agreement: nil).0.inSync)
    }

    @Test func `a reply that was altered in transit is requested again`() throws {
        let group = try Replicas(2)
        try group.add([("title", "\"A\"")], id: 1, at: 1)
        let link = FlippingLink(try group.link(to: 1), count: 3)
        let report = try Synchronizer(group[0], over: link).run(agreement: nil).0
        #expect(report.inSync)
        #expect(throws: (any Error).self) {
            _ = try Synchronizer(group[0], over: FlippingLink(try group.link(to: 1), count: 99)).run(
                agreement: nil)
        }
    }
}
