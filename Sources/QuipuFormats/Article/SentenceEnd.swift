internal import QuipuNaturalKeys

/// Whether a sentence ends at a place in a text whose white space is collapsed.
enum SentenceEnd {
    /// Code points after the end mark that may have to be seen: closing marks, the space, the next letter.
    static let lookAhead = 8

    /// True on the last code point of the sentence, closing marks included.
    static func isEnd(_ text: [Unicode.Scalar], at index: Int) -> Bool {
        if isWithinWords(text[index]) { return false }
        var mark = index
        while mark > 0, index - mark < 3, isClosing(text[mark]) { mark -= 1 }
        let isWide = isWideMark(text[mark])
        guard isWide || isMark(text[mark]) else { return false }
        if index + 1 < text.count {
            if isClosing(text[index + 1]) || isMark(text[index + 1]) || isWideMark(text[index + 1]) {
                return false
            }
            if isWide { return true }
            guard text[index + 1] == " " else { return false }
        }
        if index + 2 < text.count, isLowercase(nextLetter(text, from: index + 2)) { return false }
        return text[mark] != "." || !isAbbreviation(text, beforeStop: mark)
    }

    /// What most text is made of, and no sentence ends with.
    @inline(__always)
    private static func isWithinWords(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x20 || scalar.value < 0x80 && ASCII.isLetter(UInt8(truncatingIfNeeded: scalar.value))
    }

    /// The code point that decides, opening marks passed over.
    private static func nextLetter(_ text: [Unicode.Scalar], from start: Int) -> Unicode.Scalar {
        var index = start
        while index + 1 < text.count, "\"'“‘«„(¿¡[".unicodeScalars.contains(text[index]) { index += 1 }
        return text[index]
    }

    private static func isLowercase(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isLowercase }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "!", "?", "…", "؟", "۔", "।", "॥", "።", "‼", "⁇", "⁈", "⁉": true
        default: false
        }
    }

    /// Marks of scripts that write no space between sentences.
    private static func isWideMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "。", "！", "？", "．", "｡": true
        default: false
        }
    }

    private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "”", "’", "»", "›", ")", "]", "」", "』", "）": true
        default: false
        }
    }

    private static func isAbbreviation(_ text: [Unicode.Scalar], beforeStop stop: Int) -> Bool {
        var start = stop
        while start > 0, text[start - 1].properties.isAlphabetic { start -= 1 }
        let length = stop - start
        if length == 0 || length > 6 { return false }
        if length == 1 { return !isWideScript(text[start]) }
        var word = String.UnicodeScalarView()
        word.append(contentsOf: text[start..<stop])
        let lowered = String(word).lowercased()
        if alwaysFollowed.contains(lowered) { return true }
        guard beforeNumbers.contains(lowered), stop + 2 < text.count else { return false }
        return text[stop + 2].properties.numericType != nil
    }

    private static func isWideScript(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x2E80 }

    /// Titles and the like, which something always follows.
    private static let alwaysFollowed: Set<String> = [
        "al", "approx", "bzw", "ca", "capt", "cf", "col", "dr", "dra", "eds", "fr", "gen", "gov", "hon", "hr",
        "lt",
        "mlle", "mme", "mr", "mrs", "ms", "msgr", "mt", "pres", "prof", "rep", "rev", "sen", "sgt", "sr",
        "sra",
        "srta", "st", "ste", "ud", "uds", "vgl", "viz", "vs",
    ]

    /// Words that are abbreviations only when a number follows.
    private static let beforeNumbers: Set<String> = [
        "abs", "apr", "art", "aug", "bd", "ch", "chap", "dec", "ed", "feb", "fig", "jan", "jul", "jun", "mar",
        "no",
        "nos", "nov", "nr", "núm", "oct", "p", "pp", "sec", "sep", "sept", "vol",
    ]
}
