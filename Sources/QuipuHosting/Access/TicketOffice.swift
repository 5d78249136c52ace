package import QuipuCausality
package import QuipuStorage

/// Makes addresses that open one content for a minute: an image or a download cannot send a header.
///
/// A ticket is `EXPIRY.CONTENT.CODE`: Unix milliseconds in hexadecimal digits, the SHA-256 of the content, and the HMAC-SHA256
/// (RFC 2104) of both and the archive's name under a key that this process draws and never tells.
package final class TicketOffice: Sendable {
    package static let lifetimeSeconds = 60
    private static let keyBytes = 32

    private let key: [UInt8]
    private let nowMilliseconds: @Sendable () -> Int64

    package convenience init() { self.init(in: .system) }

    package init(in environment: Environment) {
        key = environment.randomBytes(Self.keyBytes)
        nowMilliseconds = environment.nowMilliseconds
    }

    package func ticket(for content: BlobHash, of archive: String) -> String {
        let expiry = nowMilliseconds() + Int64(Self.lifetimeSeconds) * 1_000
        let text = String(expiry, radix: 16) + "." + content.hexadecimal
        return text + "." + code(text, archive).hexadecimal
    }

    /// The content that a ticket opens.
    ///
    /// - Throws: `Problem`, 403.
    package func content(of ticket: String, in archive: String) throws -> BlobHash {
        let parts = ticket.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let expiry = Int64(parts[0], radix: 16),
            let content = BlobHash(text: parts[1]),
            let shown = BlobHash(text: parts[2]),
            ConstantTime.areEqual(shown.bytes, code(parts[0] + "." + parts[1], archive).bytes)
        else { throw Problem.badTicket }
        // One from the future was made before the clock was set back.
        let now = nowMilliseconds()
        guard (now...now + Int64(Self.lifetimeSeconds) * 1_000).contains(expiry) else {
            throw Problem.expiredTicket
        }
        return content
    }

    private func code(_ text: String, _ archive: String) -> BlobHash {
        MessageAuthentication.code(of: Array("\(archive)\n\(text)".utf8), key: key)
    }
}

/// HMAC-SHA256 (RFC 2104).
enum MessageAuthentication {
    private static let blockBytes = 64

    /// - Parameter key: at most 64 bytes.
    static func code(of message: [UInt8], key: [UInt8]) -> BlobHash {
        precondition(key.count <= blockBytes, "a longer key would have to be hashed")
        let padded = key + [UInt8](repeating: 0, count: blockBytes - key.count)
        let inner = hash(padded.map { $0 ^ 0x36 } + message)
        return hash(padded.map { $0 ^ 0x5c } + inner.bytes)
    }

    private static func hash(_ bytes: [UInt8]) -> BlobHash {
        var sum = SHA256()
        bytes.withUnsafeBytes { sum.update($0) }
        return sum.finish()
    }
}
