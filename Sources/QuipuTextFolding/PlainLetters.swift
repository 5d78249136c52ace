/// Letters that Unicode does not decompose although people type the plain one for them, in lower case.
enum PlainLetters {
    static let table: [Unicode.Scalar: String] = {
        var table: [Unicode.Scalar: String] = [:]
        for (plain, letters) in groups {
            for scalar in letters.unicodeScalars { table[scalar] = plain }
        }
        return table
    }()

    private static let groups: KeyValuePairs<String, String> = [
        // Latin.
        "a": "ⱥɐɑ", "ae": "æ", "b": "ƀɓƃ", "c": "ȼƈɕ", "d": "đðɖɗƌȡ", "e": "əǝɛɇ", "f": "ƒ", "g": "ǥɠɣ",
        "h": "ħɦⱨ", "hv": "ƕ", "i": "ıɨɩɪ", "j": "ɉȷ", "k": "ĸƙⱪ", "l": "łƚɫȴⱡɬ", "m": "ɱ", "n": "ŋɲƞȵɳ",
        "o": "øɔɵ", "oe": "œ", "ou": "ȣ", "p": "ƥᵽ", "q": "ɋ", "r": "ɍɽ", "s": "ȿʂ", "t": "ŧƭʈȶⱦ", "th": "þ",
        "u": "ʉʊ", "v": "ʋ", "w": "ⱳ", "y": "ƴɏ", "z": "ƶȥɀⱬ",
        // Cyrillic with strokes, hooks and descenders.
        "г": "ґғҕ", "ж": "җ", "з": "ҙ", "к": "қҝҟҡ", "н": "ңӈ", "с": "ҫ", "т": "ҭ", "ү": "ұ", "х": "ҳ",
        "ч": "ҷҹ",
        // Arabic: forms of alef, and letters of its other languages that look the same. Hamza above and below are marks.
        "\u{627}": "\u{671}\u{672}\u{673}", "\u{64A}": "\u{649}\u{6CC}", "\u{643}": "\u{6A9}",
        "\u{647}": "\u{629}\u{6BE}\u{6C1}\u{6D5}",
        // Without a sound of their own: tatweel, high hamza, and the primes and half rings of transliterations.
        "": "\u{640}\u{674}ʹʺʻʽʾʿˈˌꞌ",
        // An apostrophe ends a word whichever it is.
        "'": "ʼ",
    ]
}
