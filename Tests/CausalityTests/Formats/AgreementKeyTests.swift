import QuipuCausality
import Testing

struct AgreementKeyTests {
    private static let archive = ArchiveID(bytes: Array(0..<16))!
    private static let nonce = UInt128(bytes: 0x11)
    private static let counterNonce = UInt128(bytes: 0x22)

    private static func key(
        starts: [UInt8] = [9, 3], digest: UInt8 = 5, sequence: UInt64 = 300, archive: ArchiveID = archive
    ) -> AgreementKey {
        func chain(_ byte: UInt8) -> ChainHash { ChainHash(bytes: [UInt8](repeating: byte, count: 32))! }
        let vector = Vector([
            .init(origin: Origin(rawValue: .init(bytes: 7)), sequence: sequence, chain: chain(8)),
            .init(origin: Origin(rawValue: .init(bytes: 1)), sequence: 3, chain: chain(2)),
        ])
        return AgreementKey(
            archive: archive, knowledge: Knowledge(vector: vector, branchStarts: Set(starts.map(chain))),
            digest: Digest(rawValue: .init(bytes: digest)))
    }

    private static func text(_ proof: UInt128) -> String { Hexadecimal.text(Digest(rawValue: proof).bytes) }

    /// Computed by another implementation, from `Schema/exchange.cddl`.
    @Test func `the encoded form matches its frozen bytes`() {
        let key = Self.key()
        #expect(Self.text(key.proof(by: .caller, nonce: Self.nonce)) == "a45373016ecddd9b8711ad73826a7695")
        let reply = key.proof(by: .responder, nonce: Self.nonce, counterNonce: Self.counterNonce)
        #expect(Self.text(reply) == "317a67e1b51d85219efc352a0a6650e0")
        let sampled = key.proof(
            by: .responder, nonce: Self.nonce, counterNonce: Self.counterNonce, sample: Array("abc".utf8))
        #expect(Self.text(sampled) == "d17175813f4a398d89aee2c37639dfab")
        let plain = Self.key(starts: []).proof(
            by: .responder, nonce: Self.nonce, counterNonce: Self.counterNonce)
        #expect(Self.text(plain) == "b0aa1d50f0f554a8da9698feb0c0755d")
        #expect(
            AgreementKey.places(nonce: Self.nonce, count: 2).map(Self.text)
                == ["fa0448f98db3f77c4e10acfa29e153bf", "2bd6cdd0c958c3d819ab652116c4d836"])
    }

    @Test func `a proof changes with the state, the nonces and the side that proves`() {
        let sound = Self.key()
        let proof = sound.proof(by: .responder, nonce: 1, counterNonce: 2, sample: [3])
        let others =
            [
                sound.proof(by: .caller, nonce: 1, counterNonce: 2, sample: [3]),
                sound.proof(by: .responder, nonce: 2, counterNonce: 1, sample: [3]),
                sound.proof(by: .responder, nonce: 1, counterNonce: 2),
            ]
            + [
                Self.key(starts: [9]), Self.key(digest: 6), Self.key(sequence: 301),
                Self.key(archive: ArchiveID(rawValue: 1)),
            ].map { $0.proof(by: .responder, nonce: 1, counterNonce: 2, sample: [3]) }
        #expect(!others.contains(proof))
        #expect(Set(others).count == others.count)
    }

    @Test func `the first exchange requests a sample, and one in sixteen does after that`() {
        #expect(AgreementKey.sampleCount(nonce: 5, isFirst: true) == 4)
        let counts = (0..<160).map { AgreementKey.sampleCount(nonce: UInt128($0), isFirst: false) }
        #expect(counts.count { $0 == 4 } == 10 && counts.allSatisfy { $0 == 0 || $0 == 4 })
    }
}

extension UInt128 {
    /// Sixteen times the same.
    fileprivate init(bytes byte: UInt8) {
        self = [UInt8](repeating: byte, count: 16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
