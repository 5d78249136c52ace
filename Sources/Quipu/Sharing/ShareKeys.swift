internal import CQuipuSodium
internal import QuipuCausality

/// All that follows from a code: the server's key pair, so that the caller knows the only key that the server's certificate
/// may have before it connects, and the token that the caller shows.
///
/// argon2id makes each guess of the code cost 64 MiB and three passes over it. A server shows its certificate to every client
/// that connects, so codes can be guessed without asking it, at that cost for each of 2^60.
struct ShareKeys: Sendable {
    private static let passes = 3 as UInt64
    private static let memoryBytes = 64 << 20
    private static let seedBytes = Int(crypto_sign_SEEDBYTES)
    private static let tokenBytes = 32
    private static let tokenPrefix = "quipu-share_"
    /// There is nothing else that both sides know. 16 bytes, which name what the keys are for.
    private static let salt = Array("quipu share v1..".utf8)

    let publicKey: [UInt8]
    /// What the caller shows. It is no token of `TokenSecret`'s form, so no other server takes it.
    let token: String
    private let seed: [UInt8]

    /// Takes some tenths of a second, and 64 MiB.
    ///
    /// - Throws: `internalFailure` if there is no memory for it.
    init(_ code: ShareCode) throws(QuipuError) {
        precondition(Self.salt.count == Int(crypto_pwhash_SALTBYTES))
        let letters = code.letters.utf8.map { CChar(bitPattern: $0) }
        var derived = [UInt8](repeating: 0, count: Self.seedBytes + Self.tokenBytes)
        let result = crypto_pwhash(
            &derived, UInt64(derived.count), letters, UInt64(letters.count), Self.salt, Self.passes,
            Self.memoryBytes, Int32(crypto_pwhash_ALG_ARGON2ID13))
        guard result == 0 else {
            throw QuipuError(
                .internalFailure, "there is no memory for the key of a share: it takes 64 MiB",
                hint: "close other programs, or look at the limits (ulimit -a)")
        }
        seed = Array(derived.prefix(Self.seedBytes))
        token = Self.tokenPrefix + Hexadecimal.text(derived.suffix(Self.tokenBytes))
        publicKey = Self.keyPair(of: seed).publicKey
    }

    /// What the caller's session pins: SHA-256 of the public key as certificates have it.
    var pin: String {
        "sha256//"
            + Self.base64(SHA256.hash(ShareCertificate.publicKeyInfo(publicKey)))
    }

    /// The server's certificate, PEM.
    var certificate: String {
        let body = ShareCertificate.body(publicKey: publicKey)
        var secretKey = Self.keyPair(of: seed).secretKey
        defer { sodium_memzero(&secretKey, secretKey.count) }
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        crypto_sign_detached(&signature, nil, body, UInt64(body.count), secretKey)
        return Self.pem("CERTIFICATE", ShareCertificate.whole(body: body, signature: signature))
    }

    /// Its private key, PEM (PKCS #8, RFC 8410, section 7).
    var privateKey: String { Self.pem("PRIVATE KEY", ShareCertificate.privateKeyInfo(seed: seed)) }

    private static func keyPair(of seed: [UInt8]) -> (publicKey: [UInt8], secretKey: [UInt8]) {
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretKey = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
        return (publicKey, secretKey)
    }

    private static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        let text = base64(bytes)
        let lines = stride(from: 0, to: text.utf8.count, by: 64).map { text.dropFirst($0).prefix(64) }
        return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let variant = Int32(sodium_base64_VARIANT_ORIGINAL)
        var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, variant))
        sodium_bin2base64(&text, text.count, bytes, bytes.count, variant)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SHA256 {
    fileprivate static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var state = SHA256()
        bytes.withUnsafeBytes { state.update($0) }
        return state.finish().bytes
    }
}
