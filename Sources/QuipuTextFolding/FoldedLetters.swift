internal import CQuipuUTF8Proc

/// What each code point is to a search: nothing, an end of words, or one or more letters.
///
/// A code point is decomposed (NFKD), loses its marks and what is ignorable by default, is case folded in full, and
/// letters that look like another with something attached become that one (`PlainLetters`). Text whose marks are all
/// gone needs no composition, except Hangul syllables, which stay whole here. Answers are remembered, so the tables of
/// utf8proc are asked once for each code point.
struct FoldedLetters {
    enum Role: UInt8 {
        /// Ends a word.
        case separator
        /// A letter or digit of a word that spaces end.
        case letter
        /// A letter of a script that is searched by pairs.
        case paired
    }

    struct Letter {
        /// UTF-8, the first byte lowest.
        let bytes: UInt32
        let count: UInt8
        let role: Role

        init(_ scalar: Unicode.Scalar, role: Role) {
            var bytes: UInt32 = 0
            var count: UInt8 = 0
            for unit in String(scalar).utf8 {
                bytes |= UInt32(unit) << (8 * UInt32(count))
                count += 1
            }
            (self.bytes, self.count, self.role) = (bytes, count, role)
        }
    }

    private static let unknown = UInt32.max
    private static let blockSize = 256

    private(set) var letters: [Letter] = []
    /// For each code point the place of its first letter × 256 + how many there are.
    private var blocks = [[UInt32]](repeating: [], count: 0x11_0000 / blockSize)

    /// The places in `letters` of what a code point becomes.
    @inline(__always)
    mutating func places(of codePoint: UInt32) -> Range<Int> {
        let block = Int(codePoint >> 8)
        if !blocks[block].isEmpty {
            let known = blocks[block][Int(codePoint & 0xFF)]
            if known != Self.unknown { return Self.range(known) }
        }
        return learn(codePoint)
    }

    @inline(__always)
    private static func range(_ packed: UInt32) -> Range<Int> {
        Int(packed >> 8)..<Int(packed >> 8) + Int(packed & 0xFF)
    }

    private mutating func learn(_ codePoint: UInt32) -> Range<Int> {
        let start = letters.count
        for scalar in Self.folded(codePoint) {
            letters.append(Letter(scalar, role: Self.role(of: scalar)))
        }
        let packed = UInt32(start) << 8 | UInt32(letters.count - start)
        let block = Int(codePoint >> 8)
        if blocks[block].isEmpty {
            blocks[block] = [UInt32](repeating: Self.unknown, count: Self.blockSize)
        }
        blocks[block][Int(codePoint & 0xFF)] = packed
        return Self.range(packed)
    }

    private static func folded(_ codePoint: UInt32) -> [Unicode.Scalar] {
        guard let scalar = Unicode.Scalar(codePoint) else { return [] }
        if case 0xAC00...0xD7A3 = codePoint { return [scalar] }
        // Marks first: folded first, an iota below a Greek vowel would become a letter.
        return decomposed(codePoint, UTF8PROC_STRIPMARK).flatMap { decomposed($0, UTF8PROC_CASEFOLD) }
            .compactMap { Unicode.Scalar($0) }.flatMap(plain)
    }

    /// NFKD without ignorable code points.
    private static func decomposed(_ codePoint: UInt32, _ further: utf8proc_option_t) -> [UInt32] {
        let options =
            UTF8PROC_COMPAT.rawValue | UTF8PROC_DECOMPOSE.rawValue | UTF8PROC_IGNORE.rawValue
            | further.rawValue
        // No code point becomes more than 18 (U+FDFA).
        var out = [utf8proc_int32_t](repeating: 0, count: 32)
        var boundary: Int32 = 0
        let count = utf8proc_decompose_char(
            utf8proc_int32_t(codePoint), &out, out.count, utf8proc_option_t(options), &boundary)
        guard (0...out.count).contains(count) else { return [codePoint] }
        return out.prefix(count).map { UInt32($0) }
    }

    private static func plain(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if let letters = PlainLetters.table[scalar] { return Array(letters.unicodeScalars) }
        if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue,
            let digit = Unicode.Scalar(UInt32(value) + 0x30)
        {
            return [digit]
        }
        return [scalar]
    }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        if PairedScripts.contains(scalar.value) { return .paired }
        switch utf8proc_category(utf8proc_int32_t(scalar.value)) {
        // Unassigned code points are letters of a later Unicode more often than anything else.
        case UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LL, UTF8PROC_CATEGORY_LT, UTF8PROC_CATEGORY_LM,
            UTF8PROC_CATEGORY_LO, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL, UTF8PROC_CATEGORY_NO,
            UTF8PROC_CATEGORY_CO, UTF8PROC_CATEGORY_CN:
            return .letter
        default: return .separator
        }
    }
}
