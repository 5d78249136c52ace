import QuipuCausality
import QuipuStorage
import QuipuWire
import Support
import Testing

@testable import QuipuReplication

/// A peer may ask for as little as it likes, and is answered.
@Suite struct SmallBudgetTests {
    @Test(arguments: [CompressionLevel.fast, .standard, .high], [1, 2, 3, 4, 5, 100])
    func `a request for a few bytes of a text is answered with those bytes`(
        compressionLevel: CompressionLevel, budgetBytes: UInt64
    ) throws {
        let group = try Replicas(1)
        let text = "\"" + String(repeating: "The river came at night. ", count: 4_000) + "\""
        try group.add([("body", text)], id: 1, at: 0)
        let store = group[0]
        var header = try MessageHeader(describing: store, knowing: try store.log.knowledge())
        header.wants = [.init(hash: ValueHash(of: Array(text.utf8)), offset: 0)]
        header.budgetBytes = budgetBytes
        header.compressionLevel = compressionLevel
        var request = try IncomingMessage()
        try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
            .withUnsafeBytes { try request.feed($0) }
        var reply = try IncomingMessage()
        try Responder.answer(request, from: store).withUnsafeBytes { try reply.feed($0) }
        #expect(reply.texts.reduce(0) { $0 + $1.bytes.count } == Int(budgetBytes))
        #expect(reply.end?.hasMore == true)
    }
}
