import Foundation
import Support
import Testing

@testable import Quipu

/// What both sides derive from a code. Released versions must derive the same, so the values are written out here.
@Suite struct ShareKeysTests {
    private let keys: ShareKeys
    private let folder: TemporaryFolder

    init() throws {
        keys = try ShareKeys(ShareCode("9ww7-yk3p-ya51-w"))
        folder = try TemporaryFolder()
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = folder.path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func openssl(_ words: String...) throws -> ChildProgram.Ending {
        try ChildProgram(["openssl"] + words, in: folder.path, environment: QuipuProcess.environment())
            .finish()
    }

    @Test func `the pin and the token of a code never change`() {
        #expect(keys.pin == "sha256//5s2HRM1q21ImEQ/0P20n33SE2kzYM8hAYGcoYwVBhqE=")
        #expect(
            keys.token == "quipu-share_3b71a3919e7db152cb3c639a9cf4e1a03b0e3664f8bc64df4e3c9884c2d06740")
    }

    @Test func `two share codes have different keys and tokens`() throws {
        let other = try ShareKeys(ShareCode(randomBytes: [UInt8](repeating: 1, count: 8)))
        #expect(other.pin != keys.pin && other.token != keys.token)
    }

    @Test func `OpenSSL reads the certificate, finds its signature right and its time from 2000 to 2049`()
        throws
    {
        let certificate = try file("certificate.pem", keys.certificate)
        let shown = try openssl(
            "x509", "-in", certificate, "-noout", "-subject", "-issuer", "-startdate", "-enddate", "-serial",
            "-text",
            "-nameopt", "RFC2253")
        #expect(shown.exitCode == 0, "\(shown.errors)")
        for words in [
            "subject=CN=quipu share", "issuer=CN=quipu share", "notBefore=Jan  1 00:00:00 2000 GMT",
            "notAfter=Dec 31 23:59:59 2049 GMT", "Version: 3", "Public Key Algorithm: ED25519",
            "Digital Signature",
        ] {
            #expect(shown.output.contains(words), "\(words) in \(shown.output)")
        }
        let verified = try openssl("verify", "-check_ss_sig", "-CAfile", certificate, certificate)
        #expect(verified.exitCode == 0, "\(verified.errors)")
    }

    @Test func `OpenSSL reads the private key, which belongs to the certificate and to the pin`() throws {
        let certificate = try file("certificate.pem", keys.certificate)
        let key = try file("key.pem", keys.privateKey)
        let ofKey = try openssl("pkey", "-in", key, "-pubout")
        let ofCertificate = try openssl("x509", "-in", certificate, "-noout", "-pubkey")
        #expect(ofKey.exitCode == 0 && ofKey.output == ofCertificate.output, "\(ofKey.errors)")
        let info = try file("public.pem", ofCertificate.output)
        _ = try openssl("pkey", "-pubin", "-in", info, "-outform", "DER", "-out", folder.path + "/public.der")
        let hash = try openssl("dgst", "-sha256", "-binary", folder.path + "/public.der")
        #expect(keys.pin == "sha256//" + Data(hash.outputBytes).base64EncodedString())
    }
}
