import Causality
import Replication
import Storage
import Support
import Testing
import Wire

@Suite struct StandingTests {
    private let group: Replicas
    private let agreement: Agreement?

    init() throws {
        group = try Replicas(2)
        try group.add([("title", "\"Water\"")], id: 7, at: 0)
        agreement = try group.sync(0, 1).1
    }

    private func answer(_ message: [UInt8], laterMilliseconds: Int64 = 0) throws -> [UInt8]? {
        var standing = try Standing(of: group[1])
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let now = group.world.environment().nowMilliseconds() + laterMilliseconds
        return standing.answer(request, nowMilliseconds: now)
    }

    @Test func `one who has nothing to send or to fetch is told what the responder would say`() throws {
        let message = try MessageRecorder.firstMessage(of: group[0], agreement: agreement)
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        let expected = try Responder.answer(request, from: group[1])
        #expect(try answer(message) == expected)
    }

    @Test func `whoever brings, lacks or asks for more is left to the responder`() throws {
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

    @Test func `clocks that are far apart are left to the responder, and so is a standing of long ago`()
        throws
    {
        let message = try MessageRecorder.firstMessage(of: group[0], agreement: agreement)
        #expect(try answer(message, laterMilliseconds: 1_000) != nil)
        #expect(try answer(message, laterMilliseconds: 1_001) == nil)
        #expect(try answer(message, laterMilliseconds: -1) == nil)
        group.world.advance(milliseconds: 100 * 86_400_000)
        #expect(try answer(message) == nil)
    }

    @Test func `a reply that serves again says nothing of the clock that is old`() throws {
        let message = try MessageRecorder.firstMessage(of: group[0], agreement: agreement)
        var standing = try Standing(of: group[1])
        let now = group.world.environment().nowMilliseconds()
        let clocks = try [0, 20, 21].map { (later: Int64) -> Int64 in
            var request = try IncomingMessage()
            try message.withUnsafeBytes { try request.feed($0) }
            let answer = standing.answer(request, nowMilliseconds: now + later)
            let bytes = try #require(answer)
            var reply = try IncomingMessage()
            try bytes.withUnsafeBytes { try reply.feed($0) }
            let header = reply.header
            return try #require(header).clockMilliseconds - now
        }
        #expect(clocks == [0, 0, 21])
    }
}
