import QuipuCausality
import QuipuStorage

@testable import QuipuReplication
@testable import QuipuWire

/// Changes the headers of what passes.
final class ChangingLink: Transport {
    private let link: PathTransport
    private(set) var messages = 0
    var request: (inout MessageHeader) -> Void = { _ in }
    var reply: (inout MessageHeader) -> Void = { _ in }
    var location: String { link.location }

    init(_ link: PathTransport) { self.link = link }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        messages += 1
        var reply: [UInt8] = []
        let cost = try link.exchange(try changed(message, request)) { reply += $0 }
        try changed(reply, self.reply).withUnsafeBytes { try receive($0) }
        return cost
    }

    private func changed(_ message: [UInt8], _ change: (inout MessageHeader) -> Void) throws -> [UInt8] {
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        guard var header = incoming.header, let end = incoming.end else {
            throw ReplicationError(.cut, "the message was cut")
        }
        let before = header
        change(&header)
        if header == before { return message }
        var writer = try MessageWriter(header: header)
        for transaction in incoming.transactions { try writer.append(transaction) }
        return try writer.finish(end)
    }
}

/// Takes nothing from a caller.
struct ReadOnlyLink: Transport {
    private let store: Store
    let location = "a server that takes nothing"

    init(to store: Store) { self.store = store }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        let reply = try Responder.answer(incoming, from: store, isReadOnly: true)
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}

/// Somebody who knows something, and answers questions about that.
struct AnsweringLink: Transport {
    private let knowledge: Knowledge
    let location = "somebody"

    init(_ knowledge: Knowledge) { self.knowledge = knowledge }

    func exchange(_ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void) throws
        -> TransportCost
    {
        var incoming = try IncomingMessage()
        try message.withUnsafeBytes { try incoming.feed($0) }
        var header = MessageHeader()
        header.vectorHash = knowledge.hash
        if let question = incoming.header?.question {
            header.briefAnswer = KnowledgeRanges(knowledge, nonce: question.nonce)
                .briefAnswer(question.outline, roomBytes: 48 << 10)
        }
        let reply = try MessageWriter(header: header).finish(MessageEnd(hasMore: false, ends: []))
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }
}
