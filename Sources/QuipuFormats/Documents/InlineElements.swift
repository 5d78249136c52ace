internal import QuipuNaturalKeys

/// Links, emphasis and code within a run of a reading text (Markdown): where elements open and close, and which characters are
/// markup. What is no link of the web or of mail stays as it stands there.
struct InlineElements {
    /// A border between characters, at which elements close, then open.
    struct Border {
        var closing = ""
        var opening = ""
        /// Links that are open behind it.
        var links = 0
    }

    /// By the index of the character behind them.
    private(set) var borders: [Int: Border] = [:]
    /// Characters that are not shown.
    private(set) var hidden: [Range<Int>] = []

    private static let longestText = 2_000
    private static let longestAddress = 2_000
    private static let marks: Set<Unicode.Scalar> = ["[", "!", "*", "_", "`", "<", "\\"]
    private static let deepest = 4

    init(_ text: ArraySlice<Unicode.Scalar>) {
        guard text.contains(where: Self.marks.contains) else { return }
        read(text, isInLink: false, depth: 0)
    }

    private mutating func read(_ text: ArraySlice<Unicode.Scalar>, isInLink: Bool, depth: Int) {
        var index = text.startIndex
        while index < text.endIndex {
            index = step(text, index, isInLink, depth) ?? index + 1
        }
    }

    /// Behind what begins at `index`; nil where that is a character like others.
    private mutating func step(
        _ text: ArraySlice<Unicode.Scalar>, _ index: Int, _ isInLink: Bool, _ depth: Int
    ) -> Int? {
        let rest = text[index...]
        switch text[index] {
        case "\\":
            guard let next = rest.dropFirst().first, "\\`*_{}[]()<>#+-.!|~=".unicodeScalars.contains(next)
            else {
                return nil
            }
            hidden.append(index..<index + 1)
            return index + 2
        case "`": return code(rest)
        case "<" where !isInLink:
            guard let end = rest.prefix(Self.longestAddress).firstIndex(of: ">"),
                let address = Self.address(rest[(index + 1)..<end])
            else { return nil }
            add("a href=\"\(address)\"", "a", around: index + 1..<end, isLink: true)
            hide(index..<index + 1, end..<end + 1)
            return end + 1
        case "!":
            guard !isInLink, rest.dropFirst().first == "[" else { return nil }
            return link(rest.dropFirst(), from: index, depth)
        case "[": return isInLink ? nil : link(rest, from: index, depth)
        case "*", "_": return depth < Self.deepest ? emphasis(text, index, isInLink, depth) : nil
        default: return nil
        }
    }

    private mutating func code(_ rest: ArraySlice<Unicode.Scalar>) -> Int? {
        let count = rest.prefix { $0 == "`" }.count
        let start = rest.startIndex + count
        var index = start
        let stop = min(rest.endIndex, start + Self.longestText)
        while index < stop {
            guard rest[index] == "`" else {
                index += 1
                continue
            }
            let end = rest[index...].prefix { $0 == "`" }.count
            if end == count, index > start {
                add("code", "code", around: start..<index)
                hide(rest.startIndex..<start, index..<index + count)
                return index + count
            }
            index += end
        }
        return start
    }

    /// `[words](address)`, also with a title behind the address; of an image the words link to it.
    private mutating func link(_ rest: ArraySlice<Unicode.Scalar>, from first: Int, _ depth: Int) -> Int? {
        let start = rest.startIndex + 1
        let stop = min(rest.endIndex, start + Self.longestText)
        var level = 1
        var end = start
        while end < stop {
            switch rest[end] {
            case "\\": end += 1
            case "[": level += 1
            case "]": level -= 1
            default: break
            }
            if level == 0 { break }
            end += 1
        }
        guard end < stop, level == 0, end > start, rest[(end + 1)...].first == "(" else { return nil }
        let target = end + 2
        var close = target
        var brackets = 1
        let last = min(rest.endIndex, target + Self.longestAddress)
        while close < last {
            if rest[close] == "(" { brackets += 1 }
            if rest[close] == ")" { brackets -= 1 }
            if brackets == 0 { break }
            close += 1
        }
        guard close < last, brackets == 0 else { return nil }
        var written = rest[target..<close]
        while let space = written.first, WhiteSpace.contains(space) { written = written.dropFirst() }
        if written.first == "<" {
            written = written.dropFirst().prefix { $0 != ">" }
        } else {
            written = written.prefix { !WhiteSpace.contains($0) }
        }
        guard let address = Self.address(written) else { return nil }
        add("a href=\"\(address)\"", "a", around: start..<end, isLink: true)
        hide(first..<start, end..<close + 1)
        if depth < Self.deepest { read(rest[start..<end], isInLink: true, depth: depth + 1) }
        return close + 1
    }

    /// `*words*`, `**words**`, and with `_` around whole words.
    private mutating func emphasis(
        _ text: ArraySlice<Unicode.Scalar>, _ index: Int, _ isInLink: Bool, _ depth: Int
    ) -> Int? {
        let mark = text[index]
        let count = text[index...].prefix { $0 == mark }.count
        let start = index + count
        let before = index > text.startIndex ? text[index - 1] : nil
        guard count <= 2, start < text.endIndex, !WhiteSpace.contains(text[start]),
            mark == "*" || !Self.isWord(before)
        else { return start }
        var end = start + 1
        let stop = min(text.endIndex, start + Self.longestText)
        while end < stop {
            guard text[end] == mark else {
                end += text[end] == "\\" ? 2 : 1
                continue
            }
            let closing = text[end...].prefix { $0 == mark }.count
            let after = end + closing < text.endIndex ? text[end + closing] : nil
            if closing == count, !WhiteSpace.contains(text[end - 1]), mark == "*" || !Self.isWord(after) {
                let name = count == 2 ? "strong" : "em"
                add(name, name, around: start..<end)
                hide(index..<start, end..<end + count)
                read(text[start..<end], isInLink: isInLink, depth: depth + 1)
                return end + count
            }
            end += closing
        }
        return start
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? false
    }

    /// Written for an attribute; nil for what is no address of the web or of mail.
    private static func address(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        let start = String(String.UnicodeScalarView(scalars.prefix(8))).lowercased()
        guard
            ["http://", "https://", "mailto:"].contains(where: {
                start.hasPrefix($0) && scalars.count > $0.count
            }),
            !scalars.contains(where: { WhiteSpace.contains($0) || $0.value < 0x20 || $0 == "<" || $0 == ">" })
        else { return nil }
        return TextMarkup.escaped(scalars)
    }

    private mutating func hide(_ ranges: Range<Int>...) { hidden += ranges }

    private mutating func add(_ start: String, _ end: String, around range: Range<Int>, isLink: Bool = false)
    {
        borders[range.lowerBound, default: Border()].opening += "<\(start)>"
        let closing = borders[range.upperBound]?.closing ?? ""
        // What is around is told first, and closes last.
        borders[range.upperBound, default: Border()].closing = "</\(end)>" + closing
        if isLink {
            borders[range.lowerBound, default: Border()].links += 1
            borders[range.upperBound, default: Border()].links -= 1
        }
    }
}
