internal import QuipuCausality
internal import QuipuStorage
internal import QuipuWire

/// What a reply proves that states the same vector and digest.
enum PeerProof: Equatable {
    /// No proof: the peer may be an older version, or echo what it was sent.
    case none
    case right
    case wrong
    /// The proof covers texts that are missing here.
    case unverifiable
}

extension MessageHeader {
    /// Requests a proof from the peer, and adds the caller's own.
    mutating func ask(under nonce: UInt128, sampleCount: Int, knowing own: Knowledge) {
        guard let archive else { return }
        self.nonce = nonce
        self.sampleCount = UInt64(sampleCount)
        proof = AgreementKey(archive: archive, knowledge: own, digest: digest).proof(
            by: .caller, nonce: nonce)
    }

    /// Adds the proof that this archive holds what the reply states, unless the caller claims the same state without
    /// proving it.
    ///
    /// - Parameter store: in the read transaction that this header describes.
    mutating func prove(to caller: MessageHeader, knowing own: Knowledge, in store: Store) throws {
        guard let nonce = caller.nonce else { return }
        let key = AgreementKey(archive: store.id, knowledge: own, digest: digest)
        guard isProofDue(to: caller, with: key) else { return }
        // A replica that lacks texts cannot prove them.
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

    /// Whether a caller that claims the same state has proved it.
    func isProofDue(to caller: MessageHeader, with key: AgreementKey) -> Bool {
        guard let nonce = caller.nonce else { return false }
        if caller.vectorHash != vectorHash || caller.digest != digest { return true }
        return caller.proof == key.proof(by: .caller, nonce: nonce)
    }

    /// Verifies this reply's proof for a caller that claims the same state.
    ///
    /// - Parameters:
    ///   - asked: the nonce and the number of records that were requested.
    ///   - store: in the read transaction of `own`.
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
