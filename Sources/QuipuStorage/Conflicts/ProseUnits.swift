/// A text as the units that a merge keeps whole: words and what stands between them.
///
/// Paragraphs are often one long line, and two people who correct different words of one must not be in conflict.
/// So a unit is a word, with its punctuation, up to the next white space; a line end; or other white space. One
/// space between two words is implied and no unit: a word that is added, even at the end, leaves its neighbours
/// as they were. Scripts that put no spaces between words are cut after a mark that ends a clause, where the next
/// word is *joined*: no space is implied before it.
///
/// The rules are about bytes and know no table of Unicode, which changes from version to version: two replicas
/// that merge the same texts must come to the same result.
enum ProseUnits {
    struct Unit: Hashable {
        enum Role: UInt8 {
            case word
            /// A word that follows the one before it without a space.
            case joinedWord
            case whiteSpace
        }

        let role: Role
        /// UTF-8. Compared as bytes: a text in one normal form is not one in another.
        let bytes: ArraySlice<UInt8>

        func hash(into hasher: inout Hasher) {
            hasher.combine(role.rawValue)
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// - Parameter text: UTF-8.
    /// - Returns: units that `text(of:)` puts together to the same bytes.
    static func units(of text: [UInt8]) -> [Unit] {
        var units: [Unit] = []
        var start = 0
        // Whether a space that is no unit stands before `start`.
        var isSpaced = false
        while start < text.count {
            let end: Int
            if isWhiteSpace(text[start]) {
                end = endOfWhiteSpace(in: text, from: start)
                let isImplied =
                    end == start + 1 && text[start] == space && end < text.count && !isWhiteSpace(text[end])
                    && units.last.map { $0.role != .whiteSpace } == true
                if !isImplied { units.append(Unit(role: .whiteSpace, bytes: text[start..<end])) }
                isSpaced = isImplied
            } else {
                end = endOfWord(in: text, from: start)
                let isJoined = !isSpaced && units.last.map { $0.role != .whiteSpace } == true
                units.append(Unit(role: isJoined ? .joinedWord : .word, bytes: text[start..<end]))
                isSpaced = false
            }
            start = end
        }
        return units
    }

    static func text(of units: some Sequence<Unit>) -> [UInt8] {
        var text: [UInt8] = []
        var follows = false
        for unit in units {
            if unit.role == .word, follows { text.append(space) }
            text.append(contentsOf: unit.bytes)
            follows = unit.role != .whiteSpace
        }
        return text
    }

    private static let space = UInt8(ascii: " ")
    private static let newLine = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Space, and tab to carriage return.
    private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == space || (0x09...0x0d).contains(byte) }

    /// One line end, or white space up to the next.
    private static func endOfWhiteSpace(in text: [UInt8], from start: Int) -> Int {
        if text[start] == carriageReturn, start + 1 < text.count, text[start + 1] == newLine {
            return start + 2
        }
        var end = start + 1
        if isLineEnd(text[start]) { return end }
        while end < text.count, isWhiteSpace(text[end]), !isLineEnd(text[end]) { end += 1 }
        return end
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == newLine || byte == carriageReturn }

    private static func endOfWord(in text: [UInt8], from start: Int) -> Int {
        var end = start
        while end < text.count, !isWhiteSpace(text[end]) {
            if endsClause(text, at: end) {
                repeat { end += 3 } while endsClause(text, at: end)
                return end
            }
            end += 1
        }
        return end
    }

    /// Ideographic space, comma and full stop, and the wide `！`, `，`, `：`, `；` and `？`: three bytes each.
    private static func endsClause(_ text: [UInt8], at place: Int) -> Bool {
        guard place + 2 < text.count else { return false }
        switch (text[place], text[place + 1], text[place + 2]) {
        case (0xe3, 0x80, 0x80...0x82), (0xef, 0xbc, 0x81), (0xef, 0xbc, 0x8c), (0xef, 0xbc, 0x9a...0x9b),
            (0xef, 0xbc, 0x9f):
            return true
        default: return false
        }
    }
}
