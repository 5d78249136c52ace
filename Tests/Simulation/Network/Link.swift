internal import QuipuReplication

/// A link from one machine to another, for one exchange.
final class Link: Transport {
    let location: String
    private let world: World
    private let peer: Machine
    private let weather: Weather
    private var messageCount = 0

    init(to peer: Machine, in world: World, weather: Weather) {
        self.peer = peer
        self.world = world
        self.weather = weather
        location = "machine\(peer.index)"
    }

    func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        let number = messageCount
        messageCount += 1
        guard number < weather.messages ?? .max else { throw cut() }
        world.post.keep(request: message, to: peer.index)
        if weather.losesRequests { throw cut() }
        if let cut = weather.cut, cut.message == number, !cut.isReply {
            let part = message.prefix(message.count * cut.permille / 1_000)
            try deliver(part, of: message)
            try world.keep(Array(part), at: peer)
            throw self.cut()
        }
        var reply = try world.deliver(message, to: peer)
        if weather.isTwice { reply = try world.deliver(message, to: peer) }
        if let stale = weather.staleReply, let old = world.post.reply(stale, from: peer.index) {
            reply = old.bytes
            world.statistics.add("stale replies")
        }
        world.post.keep(reply: reply, from: peer.index)
        if let cut = weather.cut, cut.message == number, cut.isReply {
            try reply.prefix(reply.count * cut.permille / 1_000).withUnsafeBytes { try receive($0) }
            throw self.cut()
        }
        // In two portions, as bytes arrive.
        try reply.prefix(reply.count / 2).withUnsafeBytes { try receive($0) }
        try reply.dropFirst(reply.count / 2).withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }

    /// A part of a request: it must be refused unless it is all of it.
    private func deliver(_ part: ArraySlice<UInt8>, of message: [UInt8]) throws {
        do {
            _ = try world.deliver(Array(part), to: peer)
        } catch let error as ReplicationError where error.code == .refused { return }
        if part.count < message.count {
            throw Violation("a message cut short is refused", "\(part.count) of \(message.count) bytes")
        }
    }

    private func cut() -> ReplicationError {
        world.statistics.add("messages cut or lost")
        return ReplicationError(.cut, "the link was cut")
    }
}
