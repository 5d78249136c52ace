internal import CQuipuSodium

/// The private key of a replica. An origin is the hash of its public key. Bundles are signed with it; transactions are
/// not, but can be some day without new names.
public struct SigningKey: Sendable {
    public static let seedSize = 32
    public static let publicKeySize = 32
    public static let signatureSize = 64

    private let secretKey: [UInt8]
    public let publicKey: [UInt8]

    /// - Parameter seed: 32 random bytes; they stay on this machine.
    /// - Returns: nil if the seed has another size.
    public init?(seed: [UInt8]) {
        guard seed.count == Self.seedSize else { return nil }
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretKey = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        guard crypto_sign_seed_keypair(&publicKey, &secretKey, seed) == 0 else { return nil }
        self.secretKey = secretKey
        self.publicKey = publicKey
    }

    /// - Parameter seed: 32 random bytes; they stay on this machine.
    /// - Returns: BLAKE2b-128 of the Ed25519 public key; nil when the seed has another size.
    public static func origin(ofSeed seed: [UInt8]) -> Origin? {
        guard seed.count == seedSize else { return nil }
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretKey = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        defer { sodium_memzero(&secretKey, secretKey.count) }
        guard crypto_sign_seed_keypair(&publicKey, &secretKey, seed) == 0 else { return nil }
        return origin(ofPublicKey: publicKey)
    }

    public static func origin(ofPublicKey key: [UInt8]) -> Origin { Origin(rawValue: BLAKE2b.hash16(key)) }

    /// The Ed25519 signature (RFC 8032) of a message: 64 bytes.
    public func signature(of message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Self.signatureSize)
        guard crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey) == 0 else {
            preconditionFailure("a key that could be made can sign")
        }
        return signature
    }

    /// Whether a signature is that of a message by the owner of a public key.
    public static func isSignature(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureSize, publicKey.count == publicKeySize else { return false }
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), publicKey) == 0
    }
}
