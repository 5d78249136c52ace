import QuipuCausality
import QuipuReplication
import QuipuStorage
import QuipuWire
import Support
import Testing

@Suite struct CachedReplyTests {
    private let group: Replicas
    private let agreement: Agreement?

    init() throws {
        group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        agreement = try group.sync(0, 1).1
    }

    private func answer(_ message: [UInt8], laterMilliseconds: Int64 = 0) throws -> [UInt8]? {
        let cachedReply = try CachedReply(of: group[1])
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let now = group.world.environment().nowMilliseconds() + laterMilliseconds
        return cachedReply.answer(request, nowMilliseconds: now)
    }

    /// Of one who holds the same; that asks for no records.
    private func idleMessage() throws -> [UInt8] {
        while true {
            let message = try MessageRecorder.firstMessage(of: group[0], agreement: agreement)
            var request = try IncomingMessage()
            try message.withUnsafeBytes { try request.feed($0) }
            if request.header?.sampleCount == 0 { return message }
        }
    }

    @Test func `a caller with nothing to send or fetch gets the answer that the responder would give`() throws
    {
        let message = try idleMessage()
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let expected = try Responder.answer(request, from: group[1])
        func withoutProof(_ message: [UInt8]?) throws -> MessageHeader {
            var incoming = try IncomingMessage()
            try message?.withUnsafeBytes { try incoming.feed($0) }
            var header = incoming.header ?? MessageHeader()
            #expect(header.proof != nil)
            (header.nonce, header.proof) = (nil, nil)
            return header
        }
        #expect(try withoutProof(answer(message)) == withoutProof(expected))
    }

    @Test func `the cached state proves equality to a caller that proves it too`() throws {
        let cachedReply = try CachedReply(of: group[1])
        let now = group.world.environment().nowMilliseconds()
        // One exchange in sixteen asks for records, which it has not got.
        let link = CachedReplyLink { request in cachedReply.answer(request, nowMilliseconds: now) }
        var proved = 0
        for _ in 0..<32 {
            if let report = try? Synchronizer(group[0], over: link).run(agreement: agreement).0 {
                #expect(report.inSync && report.roundTrips == 1)
                proved += 1
            }
        }
        #expect((20..<32).contains(proved))
        let message = try idleMessage()
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        var header = request.header ?? MessageHeader()
        header.proof = header.proof.map { $0 ^ 1 }
        let liar = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        let bytes = try #require(try answer(liar))
        var reply = try IncomingMessage()
        try bytes.withUnsafeBytes { try reply.feed($0) }
        #expect(reply.header != nil && reply.header?.proof == nil)
    }

    @Test func `a caller that is unknown, sends edits or lacks edits is passed to the responder`() throws {
        // Nobody it knows.
        #expect(try answer(MessageRecorder.firstMessage(of: group[0])) == nil)
        // One who brings an edit.
        try group.add([("title", "\"Fire\"")], id: 8, at: 0)
        #expect(try answer(MessageRecorder.firstMessage(of: group[0], agreement: agreement)) == nil)
        // One who lacks an edit.
        try group.sync(0, 1)
        let behind = try MessageRecorder.firstMessage(of: group[0], agreement: agreement)
        try group.add([("title", "\"Earth\"")], id: 9, at: 1)
        #expect(try answer(behind) == nil)
        // One of another archive.
        let other = try Replicas(1, seed: 2)
        #expect(try answer(MessageRecorder.firstMessage(of: other[0])) == nil)
    }

    @Test func `callers with distant clocks are left to the responder, and an old cached reply is not used`()
        throws
    {
        let message = try idleMessage()
        #expect(try answer(message, laterMilliseconds: 1_000) != nil)
        #expect(try answer(message, laterMilliseconds: 1_001) == nil)
        #expect(try answer(message, laterMilliseconds: -1) == nil)
        group.world.advance(milliseconds: 100 * 86_400_000)
        #expect(try answer(message) == nil)
    }

    @Test func `each reply carries the current clock`() throws {
        let message = try idleMessage()
        let cachedReply = try CachedReply(of: group[1])
        let now = group.world.environment().nowMilliseconds()
        let clocks = try [0, 1, 21].map { (later: Int64) -> Int64 in
            var request = try IncomingMessage()
            try message.withUnsafeBytes { try request.feed($0) }
            let answer = cachedReply.answer(request, nowMilliseconds: now + later)
            let bytes = try #require(answer)
            var reply = try IncomingMessage()
            try bytes.withUnsafeBytes { try reply.feed($0) }
            let header = reply.header
            return try #require(header).clockMilliseconds - now
        }
        #expect(clocks == [0, 1, 21])
    }
}

/// Answers as long as there is an answer.
private struct CachedReplyLink: Transport {
    struct Refusal: Error {}

    let location = "standing"
    let answer: (borrowing IncomingMessage) -> [UInt8]?

    init(_ answer: @escaping (borrowing IncomingMessage) -> [UInt8]?) { self.answer = answer }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        guard let reply = answer(request) else { throw Refusal() }
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}
