/// Columns that text takes on a terminal in a fixed-width face: 2 for East Asian wide and emoji, 0 for marks
/// that sit on the character before, else 1 (UAX 11; the customs of `wcwidth`).
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// A character is as wide as its widest part; a selector for emoji form makes it wide.
    static func of(_ character: Character) -> Int {
        if character.isASCII { return 1 }
        var widest = 0
        var scalars = 0
        for scalar in character.unicodeScalars {
            widest = max(widest, scalar.value == 0xFE0F && widest > 0 ? 2 : of(scalar))
            scalars += 1
        }
        // Two regional indicators are drawn as one flag.
        let isFlag = scalars == 2 && regionalIndicators.contains(character.unicodeScalars.first?.value ?? 0)
        return isFlag ? 2 : widest
    }

    /// The text if it fits into so many columns, else its beginning and "…", together no wider than that.
    static func cut(_ text: String, to columns: Int) -> String {
        if text.utf8.count <= columns || of(text) <= columns { return text }
        guard columns > 0 else { return "" }
        var kept = ""
        var used = 1
        for character in text {
            used += of(character)
            if used > columns { break }
            kept.append(character)
        }
        while kept.last == " " { kept.removeLast() }
        return kept + "…"
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        switch value {
        case 0xAD: return 1
        case 0x1160...0x11FF: return 0
        case ..<0x300: return 1
        default: break
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if properties.isEmojiPresentation && !regionalIndicators.contains(value) { return 2 }
        return isWide(value) ? 2 : 1
    }

    private static let regionalIndicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF

    /// East Asian Width W and F apart from emoji, in blocks; unassigned places in a block count with it.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
            0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}
