internal import QuipuCanonicalJSON

/// A normalised text (see `TextSelector`) in which passages are looked for.
public struct PassageText: Sendable {
    private let scalars: [Unicode.Scalar]

    public init(_ text: String) { scalars = Self.normalised(text) }

    /// Code points.
    public var count: Int { scalars.count }

    package static func normalised(_ text: String) -> [Unicode.Scalar] {
        var lines = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar {
            case "\n": if !isAfterReturn { lines.append("\n") }
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append("\n")
            default: lines.append(scalar)
            }
        }
        return Array(String(lines).nfc.unicodeScalars)
    }

    public subscript(range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range.clamped(to: 0..<count)])
        return String(text)
    }

    /// Every place where a quotation stands, from the first on; places may overlap. None for an empty one.
    public func occurrences(of quote: String) -> [Range<Int>] {
        places(of: Self.normalised(quote))
    }

    /// The selector of a passage.
    public func selector(for range: Range<Int>) -> TextSelector {
        let length = TextSelector.contextLength
        return TextSelector(
            exact: self[range], prefix: self[max(0, range.lowerBound - length)..<range.lowerBound],
            suffix: self[range.upperBound..<min(count, range.upperBound + length)], start: range.lowerBound,
            end: range.upperBound)
    }

    /// Finds a passage again in a text that may have changed since.
    public func find(_ selector: TextSelector) -> TextFinding {
        let exact = Self.normalised(selector.exact)
        let places = self.places(of: exact)
        if let there = places.first(where: { $0.lowerBound == selector.start }) { return .found(there) }
        let prefix = Self.normalised(selector.prefix)
        let suffix = Self.normalised(selector.suffix)
        if let best = places.max(by: { isWorse($0, $1, prefix, suffix, selector.start) }) {
            return .moved(best)
        }
        return between(prefix, suffix, length: exact.count, start: selector.start)
    }

    /// Where a quotation stands if letter case, white space and typographic signs are not looked at: what a
    /// person who typed it most likely meant.
    public func nearest(to quote: String) -> Range<Int>? {
        let (wanted, _) = Self.folded(Self.normalised(quote))
        let (text, origins) = Self.folded(scalars)
        guard let place = Self.places(of: wanted, in: text).first else { return nil }
        return origins[place.lowerBound]..<origins[place.upperBound - 1] + 1
    }

    private func places(of wanted: [Unicode.Scalar]) -> [Range<Int>] { Self.places(of: wanted, in: scalars) }

    /// More places than this are not told apart by anyone.
    private static let mostPlaces = 10_000

    /// Knuth, Morris, Pratt: "Fast pattern matching in strings", 1977: linear also in hostile texts.
    private static func places(of wanted: [Unicode.Scalar], in text: [Unicode.Scalar]) -> [Range<Int>] {
        guard !wanted.isEmpty, wanted.count <= text.count else { return [] }
        var fallback = [Int](repeating: 0, count: wanted.count)
        var matched = 0
        for index in wanted.indices.dropFirst() {
            while matched > 0, wanted[index] != wanted[matched] { matched = fallback[matched - 1] }
            if wanted[index] == wanted[matched] { matched += 1 }
            fallback[index] = matched
        }
        var found: [Range<Int>] = []
        matched = 0
        for index in text.indices {
            while matched > 0, text[index] != wanted[matched] { matched = fallback[matched - 1] }
            if text[index] == wanted[matched] { matched += 1 }
            if matched == wanted.count {
                found.append(index + 1 - matched..<index + 1)
                if found.count == mostPlaces { break }
                matched = fallback[matched - 1]
            }
        }
        return found
    }
}

extension PassageText {
    /// Whether the first place is less likely than the second: by how much of what stood around is still
    /// there, then by distance.
    private func isWorse(
        _ one: Range<Int>, _ other: Range<Int>, _ prefix: [Unicode.Scalar], _ suffix: [Unicode.Scalar],
        _ start: Int
    ) -> Bool {
        let left = kept(around: one, prefix, suffix)
        let right = kept(around: other, prefix, suffix)
        if left != right { return left < right }
        return abs(one.lowerBound - start) > abs(other.lowerBound - start)
    }

    private func kept(around range: Range<Int>, _ prefix: [Unicode.Scalar], _ suffix: [Unicode.Scalar]) -> Int
    {
        let before = zip(scalars[..<range.lowerBound].reversed(), prefix.reversed()).prefix { $0 == $1 }.count
        return before + zip(scalars[range.upperBound...], suffix).prefix { $0 == $1 }.count
    }

    /// The passage between what stood before and after it, as near to its old place as there is one. Anchors
    /// are tried whole, then the half and the quarter that is next to the passage.
    private func between(
        _ prefix: [Unicode.Scalar], _ suffix: [Unicode.Scalar], length: Int, start: Int
    ) -> TextFinding {
        // A rewritten passage grows, but what is many times longer is another one.
        let longest = length * 4 + 4 * TextSelector.contextLength
        for anchor in [32, 16, 8] where anchor == 32 || max(prefix.count, suffix.count) > anchor {
            let before = Array(prefix.suffix(anchor))
            let after = Array(suffix.prefix(anchor))
            // Without text before it the passage began the text; without text after it, ended it.
            let starts = before.isEmpty ? [0] : places(of: before).map(\.upperBound)
            let ends = after.isEmpty ? [count] : places(of: after).map(\.lowerBound)
            if before.isEmpty && after.isEmpty { continue }
            var best: Range<Int>?
            var next = 0
            for from in starts {
                while next < ends.count, ends[next] < from { next += 1 }
                guard next < ends.count, ends[next] - from <= longest else { continue }
                if let best, abs(best.lowerBound - start) <= abs(from - start) { continue }
                best = from..<ends[next]
            }
            if let best { return .changed(best) }
        }
        return .lost
    }

    /// Letters in lower case, white space runs as one space, typographic signs as those of a typewriter; with
    /// where each came from.
    private static func folded(_ scalars: [Unicode.Scalar]) -> (text: [Unicode.Scalar], origins: [Int]) {
        var text: [Unicode.Scalar] = []
        var origins: [Int] = []
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\u{AD}", "\u{200B}"..."\u{200D}", "\u{2060}", "\u{FEFF}": continue
            case "\u{2018}"..."\u{201B}", "\u{2032}": text.append("'")
            case "\u{AB}", "\u{BB}", "\u{201C}"..."\u{201F}", "\u{2033}": text.append("\"")
            case "\u{2010}"..."\u{2015}", "\u{2212}": text.append("-")
            default:
                if scalar.properties.isWhitespace {
                    if text.last == " " || text.isEmpty { continue }
                    text.append(" ")
                } else {
                    for lower in scalar.properties.lowercaseMapping.unicodeScalars { text.append(lower) }
                }
            }
            while origins.count < text.count { origins.append(index) }
        }
        if text.last == " " {
            text.removeLast()
            origins.removeLast()
        }
        return (text, origins)
    }
}
