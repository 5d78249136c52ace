/// The ends of lines of texts that editors get: always LF there, whatever they were.
package enum LineEnds {
    private static let (lineFeed, carriageReturn): (UInt8, UInt8) = (0x0A, 0x0D)

    /// The text without the CR before each LF. What is given again is the same.
    package static func folded(_ text: String) -> String {
        guard text.utf8.contains(carriageReturn) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == lineFeed { while bytes.last == carriageReturn { bytes.removeLast() } }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether all lines of a text end in CR LF, and there is one.
    package static func areCRLF(_ text: String) -> Bool {
        var (last, count): (UInt8, Int) = (0, 0)
        for byte in text.utf8 {
            if byte == lineFeed {
                if last != carriageReturn { return false }
                count += 1
            }
            last = byte
        }
        return count > 0
    }

    /// A folded text with CR LF again.
    package static func withCRLF(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == lineFeed { bytes.append(carriageReturn) }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lines of a text, without their ends; one more than it has ends.
    package static func lines(of text: String) -> [String] {
        text.utf8.split(separator: lineFeed, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
