/// A self-signed certificate of an Ed25519 key (RFC 5280, RFC 8410) as DER, from a fixed template: nothing in it but the key
/// and the signature differs between two certificates.
///
/// It is valid from 2000 to 2049, since clocks are wrong where machines share without a network: the share's own 30
/// minutes are counted on the server. Callers look at the key alone. It is of version 3, as TLS 1.3 requires (RFC 8446,
/// section 4.4.2.2), with the one use that TLS makes of the key.
enum ShareCertificate {
    /// SEQUENCE { OBJECT IDENTIFIER 1.3.101.112 }
    private static let ed25519: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70]

    /// SubjectPublicKeyInfo.
    static func publicKeyInfo(_ key: [UInt8]) -> [UInt8] { sequence(ed25519, bits(key)) }

    /// What is signed: TBSCertificate.
    static func body(publicKey: [UInt8]) -> [UInt8] {
        let version = element(0xA0, element(0x02, [2]))
        let serialNumber = element(0x02, [1])
        // CN=quipu share, the subject and the issuer.
        let commonName = sequence([0x06, 0x03, 0x55, 0x04, 0x03], element(0x0C, Array("quipu share".utf8)))
        let name = sequence(element(0x31, commonName))
        let validity = sequence(
            element(0x17, Array("000101000000Z".utf8)), element(0x17, Array("491231235959Z".utf8)))
        // keyUsage, critical: digitalSignature, the first bit.
        let keyUsage = sequence(
            [0x06, 0x03, 0x55, 0x1D, 0x0F], element(0x01, [0xFF]),
            element(0x04, element(0x03, [7, 0x80])))
        return sequence(
            version, serialNumber, ed25519, name, validity, name, publicKeyInfo(publicKey),
            element(0xA3, sequence(keyUsage)))
    }

    /// The certificate out of what is signed and its signature.
    static func whole(body: [UInt8], signature: [UInt8]) -> [UInt8] {
        sequence(body, ed25519, bits(signature))
    }

    /// PrivateKeyInfo: the seed is an octet string within an octet string.
    static func privateKeyInfo(seed: [UInt8]) -> [UInt8] {
        sequence(element(0x02, [0]), ed25519, element(0x04, element(0x04, seed)))
    }

    private static func bits(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    private static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }

    /// Tag, length, content. Nothing here is longer than 65,535 bytes.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            switch count {
            case ..<0x80: [UInt8(count)]
            case ..<0x100: [0x81, UInt8(count)]
            default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
            }
        return [tag] + length + content
    }
}
