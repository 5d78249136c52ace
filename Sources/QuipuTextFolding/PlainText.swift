/// Words of ASCII, folded without a branch for each letter.
enum PlainText {
    private static let space = UInt8(ascii: " ")

    /// What each byte becomes; what is neither letter nor digit, a space.
    private static let lowerCase: [UInt8] = (0...UInt8.max).map { byte in
        let lower = byte | 0x20
        if lower &- UInt8(ascii: "a") < 26 { return lower }
        return byte &- UInt8(ascii: "0") < 10 ? byte : space
    }

    /// Writes the letters and digits at the beginning of a text, a space behind each word, up to what is not ASCII.
    /// - Parameters:
    ///   - out: at least as long as the text.
    ///   - isInWord: whether what was before ends within a word.
    /// - Returns: how much of the text that is, how much was written, and whether it ends within a word.
    static func fold(
        _ text: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>, isInWord: Bool
    ) -> (taken: Int, used: Int, isInWord: Bool) {
        guard let source = text.baseAddress, let target = out.baseAddress else { return (0, 0, isInWord) }
        return lowerCase.withUnsafeBufferPointer { lowerCase in
            let table = lowerCase.baseAddress!
            var index = 0
            var used = 0
            var inWord: UInt8 = isInWord ? 1 : 0
            @inline(__always)
            func take() {
                let letter = table[Int(source[index])]
                target[used] = letter
                let isLetter: UInt8 = letter == space ? 0 : 1
                used &+= Int(isLetter | inWord)
                inWord = isLetter
                index &+= 1
            }
            while index &+ 8 <= text.count {
                let block = UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
                if block & 0x8080_8080_8080_8080 != 0 { break }
                for _ in 0..<8 { take() }
            }
            while index < text.count, source[index] < 0x80 { take() }
            return (index, used, inWord == 1)
        }
    }
}
