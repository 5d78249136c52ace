internal import Glibc

/// A certificate and its key as C strings that stay where they are: the library keeps the pointers.
///
/// Unchecked: both pointers are set once, and nobody writes through them before the last owner is gone.
final class PEMCopy: @unchecked Sendable {
    let chain: UnsafeMutablePointer<CChar>?
    let key: UnsafeMutablePointer<CChar>?

    init(_ certificate: HTTPListener.Certificate) {
        chain = strdup(certificate.chain)
        key = strdup(certificate.key)
    }

    deinit {
        // The key must not linger in memory that others are given next.
        if let key { explicit_bzero(key, strlen(key)) }
        free(chain)
        free(key)
    }
}
