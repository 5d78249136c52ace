/// A text without what differs between two writings of the same words, and where each code point came from.
///
/// White space runs are one space; typographic signs are those of a typewriter; invisible signs are left out. The text of an
/// archive is reading text with Markdown in it, while another program quotes what a page shows: signs of Markdown and
/// destinations of links, `](https://…)`, are left out of both.
struct FoldedPassages {
    private(set) var values: [UInt32] = []
    private(set) var origins: [Int32] = []

    /// A destination that is longer stays.
    private static let mostDestination = 2_048

    /// - Parameter text: fewer than 2^31 code points.
    init(_ text: some RandomAccessCollection<Unicode.Scalar>) {
        values.reserveCapacity(text.count)
        origins.reserveCapacity(text.count)
        var index = text.startIndex
        var offset: Int32 = 0
        var isLineStart = true
        func next() {
            index = text.index(after: index)
            offset += 1
        }
        while index < text.endIndex {
            let scalar = text[index]
            if scalar.value < 0x80 {
                switch scalar {
                case " ", "\t"..."\r":
                    space(at: offset)
                    if scalar != " ", scalar != "\t" { isLineStart = true }
                case "*", "_", "`", "[", "\\": break
                case "#" where isLineStart, ">" where isLineStart: break
                case "]":
                    if let end = Self.endOfDestination(in: text, behind: index) {
                        let count = text.distance(from: index, to: end)
                        index = text.index(before: end)
                        offset += Int32(count) - 1
                    }
                default: add(scalar.value, offset)
                }
                if scalar != " ", scalar != "\n", scalar != "#", scalar != ">" { isLineStart = false }
                next()
                continue
            }
            isLineStart = false
            switch scalar {
            case "\u{AD}", "\u{200B}"..."\u{200F}", "\u{2060}", "\u{FEFF}": break
            case "\u{2018}"..."\u{201B}", "\u{2032}": add(0x27, offset)
            case "\u{AB}", "\u{BB}", "\u{201C}"..."\u{201F}", "\u{2033}": add(0x22, offset)
            case "\u{2010}"..."\u{2015}", "\u{2212}": add(0x2D, offset)
            case "\u{2026}": for _ in 0..<3 { add(0x2E, offset) }
            case "\u{85}", "\u{A0}", "\u{1680}", "\u{2000}"..."\u{200A}", "\u{2028}", "\u{2029}", "\u{202F}",
                "\u{205F}", "\u{3000}":
                space(at: offset)
            default: add(scalar.value, offset)
            }
            next()
        }
        if values.last == 0x20 {
            values.removeLast()
            origins.removeLast()
        }
    }

    private mutating func add(_ value: UInt32, _ origin: Int32) {
        values.append(value)
        origins.append(origin)
    }

    private mutating func space(at origin: Int32) {
        if let last = values.last, last != 0x20 { add(0x20, origin) }
    }

    /// Without a space before it; there is none behind it.
    var trimmed: ArraySlice<UInt32> { values.drop { $0 == 0x20 } }

    /// The range of the text that a range of the folded one came from.
    func origin(of range: Range<Int>) -> Range<Int> {
        Int(origins[range.lowerBound])..<Int(origins[range.upperBound - 1]) + 1
    }

    /// The first folded place at or behind a place of the text.
    func place(of origin: Int) -> Int {
        var (low, high) = (0, origins.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(origins[middle]) < origin { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Behind `](destination)`, where that stands at a bracket.
    private static func endOfDestination<Text: RandomAccessCollection<Unicode.Scalar>>(
        in text: Text, behind bracket: Text.Index
    ) -> Text.Index? {
        var index = text.index(after: bracket)
        guard index < text.endIndex, text[index] == "(" else { return nil }
        var depth = 0
        var count = 0
        while index < text.endIndex, count < mostDestination {
            switch text[index] {
            case "(": depth += 1
            case ")":
                depth -= 1
                if depth == 0 { return text.index(after: index) }
            case "\n", " ": return nil
            default: break
            }
            index = text.index(after: index)
            count += 1
        }
        return nil
    }
}
