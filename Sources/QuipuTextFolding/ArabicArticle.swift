/// The article ال, which is written as one word with its noun, as are some particles before it.
enum ArabicArticle {
    private static let prefixes: [[UInt8]] = ["ال", "وال", "بال", "كال", "فال", "لل"].map { Array($0.utf8) }
    /// Two letters: what is shorter is no noun with an article.
    private static let leastRestBytes = 4
    private static let arabicLeads: ClosedRange<UInt8> = 0xD8...0xDB

    /// Takes the article off the word that `bytes` ends with.
    @inline(__always)
    static func remove(from bytes: inout [UInt8], wordStart: Int) {
        guard wordStart < bytes.count, arabicLeads.contains(bytes[wordStart]) else { return }
        removeArabic(from: &bytes, wordStart: wordStart)
    }

    private static func removeArabic(from bytes: inout [UInt8], wordStart: Int) {
        for prefix in prefixes
        where bytes.count - wordStart >= prefix.count + leastRestBytes
            && bytes[wordStart...].starts(with: prefix)
        {
            bytes.removeSubrange(wordStart..<wordStart + prefix.count)
            return
        }
    }
}
