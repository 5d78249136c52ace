internal import QuipuCanonicalJSON
internal import QuipuNaturalKeys

/// A title for a text that has none: its first sentence.
///
/// Without knowing the language: a sentence ends at `.`, `!`, `?`, `…` or their kin in other scripts, closing
/// quotation marks and brackets included, before white space or the end - but not before a small letter, and
/// a full stop neither after a single letter (an initial) nor after a common abbreviation. Where the guess is
/// wrong, the title is too long or too short; the body has it all.
enum DerivedTitle {
    static let maximumCodePoints = 160

    /// nil when the text is nothing but white space.
    static func firstSentence(_ text: String) -> String? {
        let scalars = collapsed(text)
        let end = scalars.indices.first { SentenceEnd.isEnd(scalars, at: $0) }
        let sentence = scalars[..<(end.map { $0 + 1 } ?? scalars.count)]
        if sentence.isEmpty { return nil }
        return sentence.count > maximumCodePoints ? cut(sentence) : string(sentence)
    }

    /// A title from elsewhere in one line of bounded length.
    static func bounded(_ title: String) -> String? {
        let scalars = collapsed(title)
        if scalars.isEmpty { return nil }
        return scalars.count > maximumCodePoints ? cut(scalars[...]) : string(scalars)
    }

    /// The beginning of the text, each run of white space one space: as much as a title can hold and a little
    /// more, to see what follows it.
    private static func collapsed(_ text: String) -> [Unicode.Scalar] {
        var out: [Unicode.Scalar] = []
        out.reserveCapacity(maximumCodePoints + SentenceEnd.lookAhead + 1)
        for scalar in text.unicodeScalars {
            if WhiteSpace.contains(scalar) {
                if !out.isEmpty, out.last != " " { out.append(" ") }
            } else {
                out.append(scalar)
            }
            if out.count > maximumCodePoints + SentenceEnd.lookAhead { return out }
        }
        if out.last == " " { out.removeLast() }
        return out
    }

    private static func cut(_ sentence: ArraySlice<Unicode.Scalar>) -> String {
        var kept = Array(sentence.prefix(maximumCodePoints - 1))
        if let space = kept.lastIndex(of: " "), space > 0 {
            if sentence.count > kept.count, sentence[kept.count] != " " { kept = Array(kept[..<space]) }
        } else {
            // No words to cut between: at least no character is cut in two.
            var characters = string(kept)
            if characters.count > 1 { characters.removeLast() }
            kept = Array(characters.unicodeScalars)
        }
        while let last = kept.last, " ,;:-–—.".unicodeScalars.contains(last), kept.count > 1 {
            kept.removeLast()
        }
        return string(kept) + "…"
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(maximumCodePoints * 2)
        for scalar in scalars {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let encoded = UTF8.encode(scalar) {
                bytes.append(contentsOf: encoded)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
