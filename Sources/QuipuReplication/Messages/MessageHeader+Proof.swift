internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// What a reply that tells the same vector and digest is worth.
enum PeerProof: Equatable {
    /// It proves nothing: that may be an older version, or somebody who says back what he was told.
    case none
    case right
    case wrong
    /// It takes in texts that are not here.
    case unverifiable
}

extension MessageHeader {
    /// Asks for a proof, and gives the one that somebody can give who begins.
    mutating func ask(under nonce: UInt128, sampleCount: Int, knowing own: Knowledge) {
        guard let archive else { return }
        self.nonce = nonce
        self.sampleCount = UInt64(sampleCount)
        proof = AgreementKey(archive: archive, knowledge: own, digest: digest).proof(
            by: .caller, nonce: nonce)
    }

    /// Proves to a caller that this archive holds what this reply says, unless the caller says that it holds the same and
    /// does not.
    ///
    /// - Parameter store: read within the view that this header describes.
    mutating func prove(to caller: MessageHeader, knowing own: Knowledge, in store: Store) throws {
        guard let nonce = caller.nonce else { return }
        let key = AgreementKey(archive: store.id, knowledge: own, digest: digest)
        guard isProofDue(to: caller, with: key) else { return }
        // What lacks texts cannot show them.
        sampleCount = missingTexts > 0 ? 0 : min(caller.sampleCount, UInt64(AgreementKey.sampleCount))
        let sample = try store.ranges.sample(pickedBy: nonce, count: Int(sampleCount))
        prove(to: nonce, with: key, counterNonce: Self.freshNonce(store.environment), sample: sample)
    }

    mutating func prove(
        to nonce: UInt128, with key: AgreementKey, counterNonce: UInt128, sample: [UInt8] = []
    ) {
        self.nonce = counterNonce
        proof = key.proof(by: .responder, nonce: nonce, counterNonce: counterNonce, sample: sample)
    }

    /// Whether a caller who says that it holds the same has proved it.
    func isProofDue(to caller: MessageHeader, with key: AgreementKey) -> Bool {
        guard let nonce = caller.nonce else { return false }
        if caller.vectorHash != vectorHash || caller.digest != digest { return true }
        return caller.proof == key.proof(by: .caller, nonce: nonce)
    }

    /// What this reply's proof is worth to a caller that holds the same by its word.
    ///
    /// - Parameters:
    ///   - asked: the nonce and the number of records that were sent.
    ///   - store: read within the view that `own` is of.
    func proof(
        under asked: (nonce: UInt128, sampleCount: Int), knowing own: Knowledge, in store: Store
    ) throws -> PeerProof {
        guard let proof, let counterNonce = nonce else { return .none }
        if sampleCount > 0, try store.texts.missingCount > 0 { return .unverifiable }
        let expected = missingTexts > 0 ? 0 : asked.sampleCount
        guard sampleCount >= UInt64(expected) else { return .none }
        guard sampleCount <= UInt64(asked.sampleCount) else { return .wrong }
        let sample = try store.ranges.sample(pickedBy: asked.nonce, count: Int(sampleCount))
        let right = try AgreementKey(archive: store.id, knowledge: own, digest: store.digest)
            .proof(by: .responder, nonce: asked.nonce, counterNonce: counterNonce, sample: sample)
        return proof == right ? .right : .wrong
    }

    static func freshNonce(_ environment: Environment) -> UInt128 {
        environment.randomBytes(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
