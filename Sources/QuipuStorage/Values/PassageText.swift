internal import QuipuAnchoring
internal import QuipuCanonicalJSON

/// A normalised text (see `TextSelector`) in which passages are looked for.
public struct PassageText: Sendable {
    private let anchoring: AnchoringText

    private var scalars: [Unicode.Scalar] { anchoring.scalars }

    public init(_ text: String) { anchoring = AnchoringText(Self.normalised(text)) }

    /// Code points.
    public var count: Int { scalars.count }

    /// A text with line ends as LF and in normal form C.
    public static func normalised(_ text: String) -> [Unicode.Scalar] {
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
    public func find(_ selector: TextSelector) -> TextFinding { anchor(selector).finding }

    /// Likewise, with how it was found, which is what an annotation keeps.
    public func anchor(_ selector: TextSelector) -> (finding: TextFinding, state: AnchorState?) {
        let exact = Self.normalised(selector.exact)
        if stands(exact, at: selector.start) {
            let range = selector.start..<selector.start + exact.count
            return (.found(range), .found(.exact, score: 1))
        }
        let prefix = Self.normalised(selector.prefix)
        let suffix = Self.normalised(selector.suffix)
        let quotation = Quotation(exact: exact, prefix: prefix, suffix: suffix, place: selector.start)
        if let anchor = anchoring.anchor(quotation) {
            let method = AnchorState.Method(rawValue: anchor.method.rawValue) ?? .fuzzy
            let finding = method == .fuzzy ? TextFinding.changed(anchor.range) : .moved(anchor.range)
            return (finding, .found(method, score: anchor.score))
        }
        return between(prefix, suffix, exact, start: selector.start)
    }

    private func stands(_ exact: [Unicode.Scalar], at start: Int) -> Bool {
        !exact.isEmpty && start + exact.count <= count && scalars[start...].starts(with: exact)
    }

    /// Where a quotation stands if letter case, white space and typographic signs are not looked at: what a
    /// person who typed it most likely meant.
    public func nearest(to quote: String) -> Range<Int>? {
        let (wanted, _) = Self.folded(Self.normalised(quote))
        let (text, origins) = Self.folded(scalars)
        guard let place = ExactSearch.places(of: wanted, in: text).first else { return nil }
        return origins[place.lowerBound]..<origins[place.upperBound - 1] + 1
    }

    private func places(of wanted: [Unicode.Scalar]) -> [Range<Int>] {
        ExactSearch.places(of: wanted, in: scalars)
    }
}

extension PassageText {
    /// The passage between what stood before and after it, as near to its old place as there is one. Anchors
    /// are tried whole, then the half and the quarter that is next to the passage.
    ///
    /// What stands there now is the passage as long as enough of it and its context is left, or nothing stands there: it was
    /// removed.
    private func between(
        _ prefix: [Unicode.Scalar], _ suffix: [Unicode.Scalar], _ exact: [Unicode.Scalar], start: Int
    ) -> (finding: TextFinding, state: AnchorState?) {
        // A rewritten passage grows, but what is many times longer is another one.
        let longest = exact.count * 4 + 4 * TextSelector.contextLength
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
            guard let best else { continue }
            if best.isEmpty { return (.changed(best), nil) }
            let score = Anchor.score(
                of: exact, standing: Array(scalars[best]), keptContext: before.count + after.count)
            return score >= Anchor.floor ? (.changed(best), .found(.fuzzy, score: score)) : (.lost, nil)
        }
        return (.lost, nil)
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
