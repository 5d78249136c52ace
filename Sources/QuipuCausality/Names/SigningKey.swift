internal import CQuipuSodium

/// The private key of a replica. Nothing is signed yet; but an origin is the hash of the public key already, so that
/// signatures can be added without new names.
public struct SigningKey: Sendable {
    public static let seedSize = 32

    /// - Parameter seed: 32 random bytes; they stay on this machine.
    /// - Returns: BLAKE2b-128 of the Ed25519 public key; nil when the seed has another size.
    public static func origin(ofSeed seed: [UInt8]) -> Origin? {
        guard seed.count == seedSize else { return nil }
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretKey = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        defer { sodium_memzero(&secretKey, secretKey.count) }
        guard crypto_sign_seed_keypair(&publicKey, &secretKey, seed) == 0 else { return nil }
        return Origin(rawValue: BLAKE2b.hash16(publicKey))
    }
}
