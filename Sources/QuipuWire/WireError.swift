public import QuipuCBOR
package import QuipuCompression

/// Why bytes from a peer are not a message: it is CBOR, so what is wrong with it is wrong with its CBOR, or with the
/// compression around that.
public typealias WireError = CBORError

extension WireError {
    package init(_ error: ZstdError) {
        switch error {
        case .outOfMemory: self.init(.tooLarge, "out of memory")
        case .malformed: self.init(.malformed, "the message is not compressed as the exchange requires")
        case .trailingBytes: self.init(.malformed, "something follows the compressed frame")
        case .tooLarge: self.init(.tooLarge, "the message expands to more than it may")
        case .failed: self.init(.malformed, "compression failed")
        }
    }
}
