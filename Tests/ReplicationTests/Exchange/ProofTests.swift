import QuipuCausality
import QuipuReplication
import QuipuSQLite
import QuipuStorage
import QuipuWire
import Support
import Testing

/// "In sync" is said of a peer that has shown that it holds the same, and of no other.
@Suite struct ProofTests {
    private let group: Replicas

    init() throws {
        group = try Replicas(2)
        for id in 1...9 {
            try group.add([("title", "\"Water \(id)\""), ("body", "\"Body\"")], id: UInt128(id) << 60, at: 0)
        }
    }

    /// - Parameter distort: changes what the peer answers; it is given what it was asked as well.
    private func sync(
        agreement: Agreement? = nil, _ distort: @escaping (inout MessageHeader, MessageHeader) -> Void
    ) throws -> (SyncReport, Agreement?) {
        let link = DistortedLink(over: try group.link(to: 1), distort)
        return try Synchronizer(group[0], over: link).run(agreement: agreement)
    }

    @Test func `two mirrors prove equality to each other over a path, in both directions`() throws {
        let (report, agreement) = try group.sync(0, 1)
        #expect(report.inSync && !report.isUnproved && agreement != nil)
        #expect(try group.sync(1, 0).0.inSync)
    }

    @Test func `a peer that echoes the caller's own values is not believed`() throws {
        let parrot = Parrot(of: group[0])
        let (report, agreement) = try Synchronizer(group[0], over: parrot).run(agreement: nil)
        #expect(!report.inSync && report.isUnproved && agreement == nil)
        parrot.repeatsProof = true
        let error = #expect(throws: ReplicationError.self) {
            try Synchronizer(group[0], over: parrot).run(agreement: nil)
        }
        #expect(error?.code == .damaged)
    }

    @Test func `a peer of an older version is synced with and not reported as in sync`() throws {
        let (report, agreement) = try sync { reply, _ in (reply.nonce, reply.proof) = (nil, nil) }
        #expect(report.isUnproved && !report.inSync && agreement == nil)
        #expect(try group[1].log.vector() == group[0].log.vector(), "what there was went over all the same")
    }

    @Test func `an old proof is not valid under a new nonce`() throws {
        var old: (UInt128?, UInt128?)
        let (_, agreement) = try sync { reply, _ in old = (reply.nonce, reply.proof) }
        let error = #expect(throws: ReplicationError.self) {
            try sync(agreement: agreement) { reply, _ in (reply.nonce, reply.proof) = old }
        }
        #expect(error?.code == .damaged)
        #expect(try sync(agreement: agreement) { _, _ in }.0.inSync)
    }

    @Test func `a peer that lacks the texts cannot prove equality at the first exchange`() throws {
        try group.sync(0, 1)
        func lie(_ reply: inout MessageHeader, _ asked: MessageHeader, _ sample: [UInt8]) throws {
            let key = AgreementKey(
                archive: group[0].id, knowledge: try group[0].log.knowledge(), digest: try group[0].digest)
            reply.proof = key.proof(
                by: .responder, nonce: asked.nonce!, counterNonce: reply.nonce!, sample: sample)
        }
        // It leaves the sample out.
        let (report, agreement) = try sync { reply, asked in
            reply.sampleCount = 0
            try? lie(&reply, asked, [])
        }
        #expect(report.isUnproved && !report.inSync && agreement == nil)
        // It makes one up.
        let error = #expect(throws: ReplicationError.self) {
            try sync { reply, asked in try? lie(&reply, asked, [0x80]) }
        }
        #expect(error?.code == .damaged)
    }

    @Test func `a mirror that shows another value is detected when that record is sampled`() throws {
        let (_, agreement) = try group.sync(0, 1)
        try Connection(path: group[1].folder.storePath, options: .init(mode: .readWrite)).execute(
            "UPDATE record SET fields = json_set(fields, '$.title', 'X')")
        let error = #expect(throws: ReplicationError.self) { try group.sync(0, 1) }
        #expect(error?.code == .damaged)
        // Where there was agreement before, one exchange in sixteen looks.
        var failures = 0
        for _ in 0..<200 where (try? group.sync(0, 1, agreement: agreement)) == nil { failures += 1 }
        #expect((1..<40).contains(failures))
    }

    @Test func `a replica that lacks texts proves the rest, and deleted records do not prevent a proof`()
        throws
    {
        let long = "\"" + String(repeating: "a", count: 100_000) + "\""
        try group.add([("body", long)], id: 77, at: 0)
        _ = try group[0].delete(RecordID(rawValue: 3 << 60), kind: "article", author: "ana")
        #expect(try group.sync(0, 1).0.inSync)
        for store in group.stores { _ = try store.compact() }
        #expect(try group.sync(0, 1).0.inSync)
        // A third replica lacks a text, and the one that asks it lacks none.
        let third = try group.copy(1)
        try Connection(path: group[third].folder.storePath, options: .init(mode: .readWrite)).execute(
            """
            INSERT INTO missing SELECT value, record, field FROM version WHERE flags & 8 AND length(value) = 32
                AND record = (SELECT row FROM record WHERE length(fields) > 1000);
            UPDATE record SET fields = json_remove(fields, '$.body') WHERE length(fields) > 1000
            """)
        #expect(try group[third].texts.missingCount == 1)
        let link = DistortedLink(over: try group.link(to: third)) { reply, _ in
            #expect(reply.sampleCount == 0 || reply.missingTexts == 0)
        }
        #expect(try Synchronizer(group[0], over: link).run(agreement: nil).0.inSync)
        #expect(try group[third].texts.missingCount == 0)
    }

    @Test func `a caller with a wrong proof gets no proof`() throws {
        try group.sync(0, 1)
        func answer(_ distort: (inout MessageHeader) -> Void) throws -> MessageHeader {
            let message = try MessageRecorder.firstMessage(of: group[0])
            var header = try DistortedLink.read(message).header
            distort(&header)
            let sent = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
            var request = try IncomingMessage()
            try sent.withUnsafeBytes { try request.feed($0) }
            return try DistortedLink.read(try Responder.answer(request, from: group[1])).header
        }
        #expect(try answer { _ in }.proof != nil)
        #expect(try answer { $0.proof = nil }.proof == nil)
        #expect(try answer { $0.proof! ^= 1 }.proof == nil)
        #expect(try answer { $0.nonce = nil }.proof == nil)
        // However much is asked for, so many records are looked at.
        #expect(try answer { $0.sampleCount = .max }.sampleCount == 4)
    }

    @Test func `a handshake reports whether equality is proved, claimed or neither`() throws {
        func inquire(_ distort: @escaping (inout MessageHeader, MessageHeader) -> Void) throws
            -> Handshake.Equality
        {
            try Handshake(
                over: DistortedLink(over: try group.link(to: 1), distort), archive: group[0].id,
                environment: group.world.environment()
            ).equality(with: group[0])
        }
        #expect(try inquire { _, _ in } == .different)
        try group.sync(0, 1)
        #expect(try inquire { _, _ in } == .proved)
        #expect(try inquire { reply, _ in reply.proof = nil } == .claimed)
        #expect(try inquire { reply, _ in reply.proof! ^= 1 } == .disproved)
    }
}

/// Answers as the caller spoke.
private final class Parrot: Transport {
    let location = "parrot"
    var repeatsProof = false
    private let archive: ArchiveID

    init(of store: Store) { archive = store.id }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        let heard = try DistortedLink.read(message).header
        var header = MessageHeader()
        header.archive = archive
        header.clockMilliseconds = heard.clockMilliseconds
        header.vectorHash = heard.vectorHash
        header.digest = heard.digest
        header.position = heard.position
        if repeatsProof {
            (header.nonce, header.proof, header.sampleCount) = (heard.nonce, heard.proof, heard.sampleCount)
        }
        let reply = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}

/// A link to an honest peer, on which the heads of replies are changed.
private struct DistortedLink: Transport {
    let inner: PathTransport
    let distort: (inout MessageHeader, MessageHeader) -> Void

    init(over inner: PathTransport, _ distort: @escaping (inout MessageHeader, MessageHeader) -> Void) {
        (self.inner, self.distort) = (inner, distort)
    }

    var location: String { inner.location }

    static func read(_ message: [UInt8]) throws -> (
        header: MessageHeader, items: [Transaction], end: MessageEnd
    ) {
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        let (header, end) = try incoming.finish()
        return (header, incoming.transactions, end)
    }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var reply: [UInt8] = []
        let cost = try inner.exchange(message) { reply += $0 }
        var (header, items, end) = try Self.read(reply)
        distort(&header, try Self.read(message).header)
        var writer = try MessageWriter(header: header)
        for item in items { try writer.append(item) }
        reply = try writer.finish(end)
        try reply.withUnsafeBytes { try receive($0) }
        return cost
    }
}
