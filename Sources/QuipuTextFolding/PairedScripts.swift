/// Scripts that write no spaces between words, and Hangul, whose words carry their endings: a run of their letters
/// is searched by overlapping pairs.
enum PairedScripts {
    static func contains(_ codePoint: UInt32) -> Bool {
        switch codePoint {
        // Thai, Lao, Myanmar with its extensions, Khmer.
        case 0x0E01...0x0E7F, 0x0E80...0x0EFF, 0x1000...0x109F, 0xA9E0...0xA9FE, 0xAA60...0xAA7F,
            0x1780...0x17D3, 0x17D7...0x17DC:
            !isSign(codePoint)
        // Hangul: letters that no syllable was made of, and syllables.
        case 0x1100...0x11FF, 0xA960...0xA97C, 0xAC00...0xD7FB: true
        // Kana, Bopomofo, and Han with its radicals, numerals and repetition marks.
        case 0x3005...0x3007, 0x3021...0x3029, 0x3031...0x3035, 0x3038...0x303C, 0x3041...0x3096,
            0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x3105...0x312F, 0x31F0...0x31FF,
            0x2E80...0x2FD5, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x1AFF0...0x1B16F,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// Punctuation and currency between those letters.
    private static func isSign(_ codePoint: UInt32) -> Bool {
        switch codePoint {
        case 0x0E3F, 0x0E4F, 0x0E5A, 0x0E5B, 0x104A...0x104F, 0x17D8...0x17DB: true
        default: false
        }
    }
}
