/// Scanning inside JSON strings, eight bytes at a time. A byte that must stop the scan is found with the
/// carry trick for "has a byte less than n" (Bit Twiddling Hacks, "Determine if a word has a byte less than
/// n"): borrows only run upwards, so in little-endian order the lowest mark is always a true one.
enum StringContent {
    @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always) private static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// High bits mark the bytes that are a control character, a quotation mark or a backslash.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5c5c_5c5c_5c5c_5c5c
        return
            ((word &- 0x2020_2020_2020_2020) & ~word | (quote &- ones) & ~quote | (backslash &- ones)
                & ~backslash)
            & highs
    }

    @inline(__always)
    private static func word(_ base: UnsafePointer<UInt8>, _ index: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }

    /// Where text that may stand in a JSON string as it is ends: at a quotation mark, a backslash, a control
    /// character, a byte that is not UTF-8, or `end`.
    @inline(__always)
    static func endOfPlainText(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while true {
            while index &+ 8 <= end {
                let word = word(base, index)
                let marks = special(word) | word & highs
                if marks == 0 {
                    index &+= 8
                    continue
                }
                index &+= marks.trailingZeroBitCount >> 3
                break
            }
            while index < end, base[index] < 0x80 {
                let byte = base[index]
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
                index &+= 1
            }
            guard index < end else { return end }
            repeat {
                let length = UTF8Sequence.length(base, at: index, end: end)
                if length == 0 { return index }
                index &+= length
            } while index < end && base[index] >= 0x80
        }
    }

    /// The string of bytes that `endOfPlainText` has passed over, and of what escapes stand for: `String(decoding:as:)` would
    /// go through all of them once more.
    static func string(ofValid bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text = UTF8Span(unchecked: bytes.span)
        _ = text.checkForASCII()
        return String(copying: text)
    }

    /// The first byte that a writer must escape, in bytes known to be UTF-8; or `end`.
    @inline(__always)
    static func endOfUnescaped(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let marks = special(word(base, index))
            if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < end {
            let byte = base[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index &+= 1
        }
        return index
    }
}
