import NaiveModel
import QuipuReplication
import QuipuStorage

/// A link between two open stores that passes as many messages as a step of a small world allows.
final class ShortLink: Transport {
    let location = "next door"
    private let answering: Store
    private let isComplete: Bool
    private let losesReply: Bool
    private var messagesLeft: Int

    init(to answering: Store, by step: Step) {
        self.answering = answering
        switch step {
        case .pull: (isComplete, losesReply, messagesLeft) = (false, false, 1)
        case .cut: (isComplete, losesReply, messagesLeft) = (false, true, 1)
        default: (isComplete, losesReply, messagesLeft) = (true, false, .max)
        }
    }

    /// - Parameter peer: the name under which the caller remembers what it agreed upon with the other.
    /// - Returns: nil when the link was cut, as it was meant to be.
    func run(_ caller: Store, as peer: String?) throws -> SyncReport? {
        var options = Synchronizer.Options()
        if !isComplete {
            // Room for one transaction in each message.
            options.firstBudgetBytes = 1
            options.maximumBudgetBytes = 1
            options.minimumBudgetBytes = 1
            options.maximumAttempts = 1
        }
        do {
            let known = try peer.flatMap { try caller.remotes.named($0).agreement }
            let (report, agreement) = try Synchronizer(caller, over: self, options: options)
                .run(agreement: known)
            if let peer { try caller.remotes.noteAgreement(agreement, remote: peer) }
            return report
        } catch let error as ReplicationError where error.code == .cut && !isComplete {
            return nil
        }
    }

    func exchange(
        _ message: [UInt8], receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> TransportCost {
        if messagesLeft == 0 {
            if losesReply { _ = try answer(message) }
            throw ReplicationError(.cut, "the link was cut")
        }
        messagesLeft -= 1
        let reply = try answer(message)
        try reply.withUnsafeBytes { try receive($0) }
        return TransportCost(bytesSent: message.count, bytesReceived: reply.count)
    }

    private func answer(_ message: [UInt8]) throws -> [UInt8] {
        var request = try IncomingMessage()
        try message.withUnsafeBytes { try request.feed($0) }
        return try Responder.answer(request, from: answering)
    }
}

extension Step {
    /// Who calls whom.
    var exchanging: (Int, Int)? {
        switch self {
        case .exchange(let one, let other), .pull(let one, let other), .cut(let one, let other): (one, other)
        default: nil
        }
    }
}
