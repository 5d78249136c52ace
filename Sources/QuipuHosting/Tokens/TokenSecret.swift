internal import QuipuCausality

/// A token as its holder has it: `quipu_` and 32 random bytes in base64url (RFC 4648, section 5). The prefix is for
/// people, and for programs that search for leaked secrets.
///
/// It is shown once, at creation; only its hash is stored. A plain hash is enough: 256 random bits cannot be guessed.
package struct TokenSecret: Sendable {
    package static let prefix = "quipu_"
    package static let randomBytes = 32
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package let text: String

    /// - Parameter bytes: 32 random bytes.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == Self.randomBytes, "a token is made of 32 random bytes")
        var encoded: [UInt8] = []
        var (pending, count) = (0 as UInt32, 0)
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                encoded.append(Self.letters[Int(pending >> UInt32(count) & 63)])
            }
        }
        if count > 0 { encoded.append(Self.letters[Int(pending << UInt32(6 - count) & 63)]) }
        text = Self.prefix + String(decoding: encoded, as: UTF8.self)
    }

    /// Nil if the text has not the form of a token.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.utf8.starts(with: Self.prefix.utf8), digits.count == (Self.randomBytes * 8 + 5) / 6,
            digits.allSatisfy({ Self.letters.contains($0) })
        else { return nil }
        self.text = text
    }

    package var hash: TokenHash {
        let (high, low) = BLAKE2b.hash32(Array(text.utf8))
        return TokenHash(high: high, low: low)
    }
}

/// BLAKE2b of a token's text.
package struct TokenHash: Hash32 {
    package let high: UInt128
    package let low: UInt128

    package init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// Compares in constant time. (The database finds a token by its id, which is public.)
    package func isEqual(to other: TokenHash) -> Bool { ConstantTime.areEqual(bytes, other.bytes) }

    /// The token's id.
    package var id: TokenID { TokenID(of: self) }
}

/// The id of a token in lists, logs and for revocation: the first 40 bits of its hash in Crockford's base 32, like
/// the handles of records. It is not secret.
package struct TokenID: Sendable, Hashable, CustomStringConvertible {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let count = 8

    package let text: String

    init(of hash: TokenHash) {
        let bits = hash.high >> 88
        text = String(
            decoding: (0..<Self.count).reversed().map { Self.digits[Int(bits >> UInt128(5 * $0) & 31)] },
            as: UTF8.self)
    }

    /// Nil if the text is not an id.
    package init?(_ text: String) {
        guard text.utf8.count == Self.count, text.utf8.allSatisfy({ Self.digits.contains($0) }) else {
            return nil
        }
        self.text = text
    }

    package var description: String { text }
}
