internal import CQuipuMicroHTTPD
internal import Glibc

/// A certificate chain and its matching private key, as GnuTLS objects. Each connection keeps the certificate that it
/// began with, so that the server's can be replaced meanwhile.
///
/// Unchecked: it is immutable, and GnuTLS only reads it.
final class LoadedCertificate: @unchecked Sendable {
    /// A chain is a few certificates long.
    private static let maximumCount = 16

    let chain: UnsafeMutablePointer<gnutls_pcert_st>
    private(set) var count: UInt32 = 0
    private(set) var key: gnutls_privkey_t?

    struct Flaw: Error {
        /// GnuTLS's error message.
        let reason: String
    }

    /// - Parameters:
    ///   - chainPEM: the certificate, followed by those that sign it.
    ///   - keyPEM: the certificate's private key.
    init(chainPEM: String, keyPEM: String) throws(Flaw) {
        chain = .allocate(capacity: Self.maximumCount)
        var chainText = Array(chainPEM.utf8)
        var keyText = Array(keyPEM.utf8)
        // The key must not stay in memory that is reused.
        defer {
            keyText.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        try chainText.withDatum { (pem) throws(Flaw) in
            try keyText.withDatum { (keyPEM) throws(Flaw) in
                var (chainPEM, keyPEM) = (pem, keyPEM)
                try Self.checkPair(&chainPEM, &keyPEM)
                var count = UInt32(Self.maximumCount)
                try Self.require(
                    gnutls_pcert_list_import_x509_raw(chain, &count, &chainPEM, GNUTLS_X509_FMT_PEM, 0))
                self.count = count
                try Self.require(gnutls_privkey_init(&key))
                try Self.require(
                    gnutls_privkey_import_x509_raw(key, &keyPEM, GNUTLS_X509_FMT_PEM, nil, 0))
            }
        }
    }

    deinit {
        for index in 0..<Int(count) { gnutls_pcert_deinit(chain + index) }
        if let key { gnutls_privkey_deinit(key) }
        chain.deallocate()
    }

    /// GnuTLS compares the two only if it is given both at once.
    private static func checkPair(
        _ chain: inout gnutls_datum_t, _ key: inout gnutls_datum_t
    ) throws(Flaw) {
        var credentials: gnutls_certificate_credentials_t?
        try require(gnutls_certificate_allocate_credentials(&credentials))
        defer { gnutls_certificate_free_credentials(credentials) }
        try require(gnutls_certificate_set_x509_key_mem(credentials, &chain, &key, GNUTLS_X509_FMT_PEM))
    }

    private static func require(_ result: Int32) throws(Flaw) {
        if result < 0 { throw Flaw(reason: String(cString: gnutls_strerror(result))) }
    }
}

extension [UInt8] {
    /// The bytes as a GnuTLS datum, during the call.
    fileprivate mutating func withDatum(
        _ body: (gnutls_datum_t) throws(LoadedCertificate.Flaw) -> Void
    ) throws(LoadedCertificate.Flaw) {
        let result = withUnsafeMutableBufferPointer { bytes in
            Result { () throws(LoadedCertificate.Flaw) in
                try body(gnutls_datum_t(data: bytes.baseAddress, size: UInt32(clamping: bytes.count)))
            }
        }
        try result.get()
    }
}
