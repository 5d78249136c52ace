internal import QuipuStorage

/// A code that a person reads on one machine and types on another: 60 random bits as twelve letters and a check letter,
/// such as `9ww7-yk3p-ya51-w`.
///
/// The letters are those of Crockford's base 32, which leaves out I, L, O and U. Typing is forgiving: capitals, hyphens and
/// spaces do not matter, and I, L and O are read as the digits that they look like.
public struct ShareCode: Sendable, Equatable {
    static let letterCount = 12
    /// Nobody types more than this by mistake.
    private static let maximumTypedBytes = 64
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The values of the twelve letters, each 0 to 31.
    private let values: [UInt8]

    /// Reads what a person typed.
    ///
    /// - Throws: `badShare` if it has another length, a character that no code has, or a check letter that does not
    ///   fit: any one wrong letter is noticed, and any two that were exchanged.
    public init(_ typed: String) throws(QuipuError) {
        func refusal(_ reason: String) -> QuipuError {
            QuipuError(
                .badShare, reason,
                hint: "type the code again as the other machine shows it; nothing was sent")
        }
        guard typed.utf8.count <= Self.maximumTypedBytes else { throw refusal("that is too long for a code") }
        var values: [UInt8] = []
        for character in typed where character != "-" && !character.isWhitespace {
            guard let value = Self.value(of: character) else {
                throw refusal("'\(character)' is in no code")
            }
            values.append(value)
        }
        guard values.count == Self.letterCount + 1 else {
            throw refusal("a code has \(Self.letterCount + 1) letters, and this has \(values.count)")
        }
        let check = values.removeLast()
        guard check == Self.check(of: values) else {
            throw refusal("a letter of the code is mistyped: its last letter does not fit the others")
        }
        self.values = values
    }

    /// - Parameter bytes: random ones; the last 60 bits of the first 8 are used.
    init(randomBytes bytes: [UInt8]) {
        precondition(bytes.count >= 8, "a code needs 60 random bits")
        let bits = bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        values = (0..<Self.letterCount).reversed().map { UInt8(truncatingIfNeeded: bits >> (5 * $0)) & 31 }
    }

    /// A new random code.
    public static func random() -> ShareCode { random(in: .system) }

    static func random(in environment: ArchiveEnvironment) -> ShareCode {
        ShareCode(randomBytes: environment.stored.randomBytes(8))
    }

    /// As it is shown, in groups of four: `9ww7-yk3p-ya51-w`.
    public var text: String {
        let letters = Self.text(of: values + [Self.check(of: values)])
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }

    /// The twelve letters, from which keys are derived.
    var letters: String { Self.text(of: values) }

    private static func text(of values: [UInt8]) -> String {
        String(decoding: values.map { alphabet[Int($0)] }, as: UTF8.self)
    }

    private static func value(of character: Character) -> UInt8? {
        switch character.lowercased() {
        case "o": 0
        case "i", "l": 1
        case let letter:
            letter.utf8.count == 1
                ? letter.utf8.first.flatMap { alphabet.firstIndex(of: $0) }.map { UInt8($0) } : nil
        }
    }

    /// The sum of the letters in the field of 32 elements, each times another power of α: from α^21 for the first letter to
    /// α^10 for the last. No factor is 0, so one wrong letter changes the sum. No two are equal and none is 1, the factor
    /// of the check letter itself, so an exchange of two different letters changes it too.
    private static func check(of values: [UInt8]) -> UInt8 {
        let sum = values.reduce(0) { timesAlpha($0) ^ $1 }
        return (0..<10).reduce(sum) { sum, _ in timesAlpha(sum) }
    }

    /// α is a root of x^5 + x^2 + 1.
    private static func timesAlpha(_ value: UInt8) -> UInt8 { (value << 1 & 31) ^ (value >> 4 & 1) * 0b00101 }
}

extension QuipuError.Code {
    /// What was typed is no code of `serve --share`.
    public static let badShare = Self(rawValue: "bad-share-code")
    /// The server at the address does not have the key that follows from the code.
    public static let wrongFingerprint = Self(rawValue: "wrong-fingerprint")
    /// A code is valid for 30 minutes.
    public static let shareExpired = Self(rawValue: "share-expired")
    /// Another replica has used the code.
    public static let shareTaken = Self(rawValue: "share-taken")
    /// Too many wrong codes have ended the share.
    public static let shareEnded = Self(rawValue: "share-ended")
}
