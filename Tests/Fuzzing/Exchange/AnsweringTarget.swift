import QuipuCausality
import QuipuReplication
import QuipuStorage
import QuipuWire

extension FuzzTarget {
    /// A session of several messages from a liar against the answering side on a real archive.
    static let answering = FuzzTarget(
        name: "answering", subject: "the exchange, answering: messages against a real archive",
        maximumInputBytes: 1_024
    ) { bytes in
        let scene = try ExchangeScene.shared.get()
        var liar = Forger(bytes, in: scene)
        let copy = try OpenCopy(of: scene.image, clockOffsetMilliseconds: liar.clockOffset())
        for _ in 0..<4 where !liar.isAtEnd {
            let message = liar.message()
            do {
                var request = try IncomingMessage()
                try message.withUnsafeBytes { try request.feed($0) }
                let reply = try Responder.answer(request, from: copy.store)
                var incoming = try IncomingMessage()
                try reply.withUnsafeBytes { try incoming.feed($0) }
                let (header, _) = try incoming.finish()
                try expect(
                    header.vectorHash == copy.store.log.knowledge().hash, "the reply tells of another state")
            } catch {
                guard ExchangeScene.isRefusal(error) else { throw error }
                // As a server does with a message of which no more comes.
                var request = try IncomingMessage()
                try? message.withUnsafeBytes { try request.feed($0) }
                if let part = request.partialMessage { _ = try Responder.keep(part, in: copy.store) }
            }
        }
        try scene.examine(copy)
    }
}
