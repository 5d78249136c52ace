internal import QuipuTextFolding

/// A short passage of one field of a record around what a query found in it.
struct Snippet {
    /// Code points before the first match, and in all.
    private static let before = 40
    private static let length = 120
    /// Code points in which an end looks for a space or a border of characters.
    private static let slack = 20
    /// Fields are looked at in this order; where it is the title that matched, a listing shows it anyway.
    private static let order: [SearchableText.Rank] = [.body, .remark, .title, .rest]

    /// `[` and `]` around what matched, `…` where text was left out; white space is one space. Empty where nothing
    /// matches.
    private(set) var text = ""

    init(of record: SearchableText, _ query: SearchQuery, _ folder: inout WordFolder) {
        var best: (text: String, matches: [Range<Int>], terms: Int)?
        for rank in Self.order {
            for part in record.parts where part.rank == rank {
                let matches = query.matches(in: folder.words(of: part.text))
                guard let (first, terms) = Self.densest(matches), terms > best?.terms ?? 0 else { continue }
                best = (part.text, matches[first...].map(\.source), terms)
                // No other field can have more.
                if terms == query.terms.count { break }
            }
            if best?.terms == query.terms.count { break }
        }
        if let best { text = Self.passage(of: best.text, around: best.matches) }
    }

    /// The match from which most terms stand within a snippet's length, and how many.
    private static func densest(_ matches: [(term: Int, source: Range<Int>)]) -> (first: Int, terms: Int)? {
        var best: (first: Int, terms: Int)?
        for (index, match) in matches.enumerated() {
            // Overlapping matches of one place would make this quadratic in a hostile text.
            let near = matches[index...].prefix(Search.maximumWords * 2).prefix {
                $0.source.lowerBound < match.source.lowerBound + length - before
            }
            let terms = Set(near.map(\.term)).count
            if terms > best?.terms ?? 0 { best = (index, terms) }
        }
        return best
    }

    private static func passage(of text: String, around matches: [Range<Int>]) -> String {
        guard let first = matches.first else { return "" }
        let scalars = text.unicodeScalars
        func index(_ offset: Int) -> String.Index { text.utf8.index(text.startIndex, offsetBy: offset) }
        let matchStart = index(first.lowerBound)
        let start =
            scalars.index(matchStart, offsetBy: -before, limitedBy: scalars.startIndex) ?? scalars.startIndex
        let end =
            scalars.index(start, offsetBy: length, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let window = border(after: start, upTo: matchStart, in: text)..<border(before: end, in: text)
        return drawn(
            text, window: window,
            marks: matches.map { index($0.lowerBound)..<index($0.upperBound) }.filter {
                $0.lowerBound < window.upperBound
            })
    }

    /// Behind the next white space, else at the next border of characters.
    private static func border(after start: String.Index, upTo limit: String.Index, in text: String)
        -> String.Index
    {
        let scalars = text.unicodeScalars
        if start == scalars.startIndex { return start }
        if let space = scalars[start..<limit].prefix(slack).lastIndex(where: { $0.properties.isWhitespace }) {
            return scalars.index(after: space)
        }
        return scalars[start..<limit].prefix(slack).indices.first { isBorder($0, in: text) } ?? limit
    }

    /// Before the last white space, else at the last border of characters.
    private static func border(before end: String.Index, in text: String) -> String.Index {
        let scalars = text.unicodeScalars
        if end == scalars.endIndex { return end }
        let rest = scalars[..<end].suffix(slack)
        if let space = rest.firstIndex(where: { $0.properties.isWhitespace }) { return space }
        return rest.indices.last { isBorder($0, in: text) } ?? end
    }

    private static func isBorder(_ index: String.Index, in text: String) -> Bool {
        String.Index(index, within: text) != nil
    }

    private static func drawn(_ text: String, window: Range<String.Index>, marks: [Range<String.Index>])
        -> String
    {
        var out = String.UnicodeScalarView()
        if window.lowerBound > text.startIndex { out.append("…") }
        var marks = marks[...]
        /// The end of the match in hand.
        var open: String.Index?
        var index = window.lowerBound
        while index < window.upperBound {
            // What overlaps or touches is one match: pairs of a run do.
            while let next = marks.first, next.lowerBound <= index {
                marks.removeFirst()
                if next.upperBound <= index { continue }
                if open == nil { out.append("[") }
                open = max(open ?? next.upperBound, next.upperBound)
            }
            if let end = open, end <= index {
                out.append("]")
                open = nil
            }
            let scalar = text.unicodeScalars[index]
            if !scalar.properties.isWhitespace {
                out.append(scalar)
            } else if out.last != " ", !out.isEmpty {
                out.append(" ")
            }
            index = text.unicodeScalars.index(after: index)
        }
        if open != nil { out.append("]") }
        if window.upperBound < text.endIndex { out.append("…") }
        return String(out)
    }
}
