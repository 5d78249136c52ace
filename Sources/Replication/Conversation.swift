internal import Causality
internal import Storage
internal import Wire

/// The caller's side of an exchange as a pure value: it is told what the replica holds and what came back, and
/// says what to send next or how it ended. The driver does the reading, writing and sending.
struct Conversation {
    /// What the replica holds, read in one snapshot.
    struct Holdings {
        var vector: Vector
        var digest: Digest
        var position: Int64
        var missingTexts: Int
    }

    struct Request: Equatable {
        /// Send every entry of the vector; otherwise only those that changed since the agreement.
        var sendsWholeVector: Bool
        var agreed: PieceHeader.AgreedState?
        /// What the peer is known to hold; nil when nothing is known of it.
        var peerVector: Vector?
        /// Texts the peer asked for in its last reply.
        var wants: [PieceHeader.Want]
    }

    enum Outcome: Equatable {
        /// Vectors and digests are equal; `missingTexts` wanted values are not here and not there.
        case agreed(missingTexts: Int, peerPosition: Int64)
        /// Equal vectors, unequal digests: something is damaged.
        case damaged
        /// Neither side had anything for the other any more, and yet they are not equal: others keep writing, or
        /// something was refused.
        case unsettled
    }

    enum Next: Equatable {
        case send(Request)
        case finish(Outcome)
    }

    /// What one round brought.
    struct Round {
        var reply: PieceHeader
        var appliedCount: Int
        /// Parts of texts that brought a text further.
        var textCount: Int
    }

    /// Rounds without progress before the caller gives up.
    static let maximumIdleRounds = 3

    private let agreement: Agreement?
    /// The vector at the agreement: what the peer's changes build upon.
    private let agreedVector: Vector?
    private var peerVector: Vector?
    private var sendsWholeVector: Bool
    private var idleRounds = 0
    /// What the peer lacked when it last spoke: how many texts, and of those it asked for how much it had.
    private var peerMissingTexts: UInt64 = 0
    private var peerWants: [ValueHash: UInt64] = [:]

    init(agreement: Agreement?, agreedVector: Vector?) {
        let isKnown = agreement != nil && agreedVector?.hash == agreement?.vectorHash
        self.agreement = isKnown ? agreement : nil
        self.agreedVector = isKnown ? agreedVector : nil
        peerVector = self.agreedVector
        sendsWholeVector = !isKnown
    }

    func begin() -> Request { request(wants: []) }

    private func request(wants: [PieceHeader.Want]) -> Request {
        Request(
            sendsWholeVector: sendsWholeVector,
            agreed: sendsWholeVector
                ? nil
                : agreement.map { .init(position: UInt64($0.theirPosition), vectorHash: $0.vectorHash) },
            peerVector: peerVector, wants: wants)
    }

    /// - Parameter holdings: as they are once the round is applied.
    mutating func next(after round: Round, holding holdings: Holdings) -> Next {
        let reply = round.reply
        let ownHash = holdings.vector.hash
        // What was sent counts by what the peer then holds: it may refuse the same piece again and again.
        var hasProgress = round.appliedCount > 0 || round.textCount > 0 || hasTakenTexts(reply)
        if ownHash == reply.vectorHash {
            guard holdings.digest == reply.digest else { return .finish(.damaged) }
            if peerVector != holdings.vector { hasProgress = true }
            peerVector = holdings.vector
            // A message asks for some of the texts only: with many missing the next one may ask for others.
            func mayHelp(_ missing: Int) -> Bool {
                missing > 0
                    && (hasProgress
                        || missing > PieceHeader.maximumWants && idleRounds + 1 < Self.maximumIdleRounds)
            }
            let isUntried = !reply.wants.isEmpty && idleRounds == 0
            if !isUntried, !mayHelp(reply.wants.isEmpty ? 0 : Int(clamping: reply.missingTexts)),
                !mayHelp(holdings.missingTexts)
            {
                return .finish(
                    .agreed(
                        missingTexts: holdings.missingTexts, peerPosition: Int64(clamping: reply.position)))
            }
        } else if reply.needsWholeVector, !sendsWholeVector {
            sendsWholeVector = true
            peerVector = reply.isWholeVector ? Vector(reply.entries) : nil
            hasProgress = true
        } else if let told = vectorTold(by: reply) {
            if told != peerVector { hasProgress = true }
            peerVector = told
        } else {
            // What the peer told does not add up to its hash: our memory of it is of no use.
            hasProgress = hasProgress || !sendsWholeVector
            sendsWholeVector = true
            peerVector = nil
        }
        idleRounds = hasProgress ? 0 : idleRounds + 1
        if idleRounds >= Self.maximumIdleRounds { return .finish(.unsettled) }
        return .send(request(wants: reply.wants))
    }

    /// Notes what texts the peer lacks, and whether those are fewer or shorter than before.
    private mutating func hasTakenTexts(_ reply: PieceHeader) -> Bool {
        let hasTaken =
            reply.missingTexts < peerMissingTexts
            || reply.wants.contains { want in peerWants[want.hash].map { $0 < want.offset } ?? false }
        peerMissingTexts = reply.missingTexts
        peerWants = [:]
        for want in reply.wants { peerWants[want.hash] = want.offset }
        return hasTaken
    }

    private func vectorTold(by reply: PieceHeader) -> Vector? {
        var told = reply.isWholeVector ? Vector() : agreedVector
        for entry in reply.entries { told?[entry.origin] = entry }
        return told?.hash == reply.vectorHash ? told : nil
    }
}
