internal import Synchronization

/// A text in which quotations are found again: word for word, then told apart by what stands around them, then by edit
/// distance.
///
/// What is found is a function of the text and the quotation alone, so that all replicas show the same.
///
/// **Cost.** Looking word for word is linear. Nearly, a quotation of m code points in a text of n costs m/64 · n words, as long
/// as that is at most ``mostSteps``, which is some 30 ms; where it is more, pieces of the quotation vote for the parts of
/// the text in which it may stand (`GramIndex`, made once for a text), and only those are searched: four times `mostSteps` in
/// all, and as much for where the matches begin.
/// Quotations of more than ``mostQuoted`` code points are looked for word for word alone.
public struct AnchoringText: Sendable {
    /// Words of 64 rows that one search of a whole text may compute.
    static let mostSteps = 8 << 20
    public static let mostQuoted = 16_384
    /// Of a context, next to the quotation.
    static let mostContext = 64
    /// Places that stand word for word, of which the context is compared.
    private static let mostCompared = 256
    /// A quotation that is shorter than this is no evidence by itself, if most of what stood around it is gone. (Two texts
    /// that have nothing in common still agree in a third of their letters, by edit distance.)
    private static let leastAlone = 8
    /// Signs of quotation and context that must stand there where a passage is found by edit distance.
    private static let leastEvidence = 12

    public let scalars: [Unicode.Scalar]
    private let derived = Derived()

    public init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    /// Nil where no place keeps ``Anchor/floor`` of the quotation.
    public func anchor(_ quotation: Quotation) -> Anchor? {
        guard !quotation.exact.isEmpty, quotation.exact.count <= scalars.count + mostMore(quotation) else {
            return nil
        }
        let places = ExactSearch.places(of: quotation.exact, in: scalars)
        if !places.isEmpty {
            let text = { (range: Range<Int>) in scalars[range].lazy.map(\.value) }
            let whole = Whole(
                exact: quotation.exact.count, prefix: quotation.prefix.map(\.value),
                suffix: quotation.suffix.map(\.value))
            if let best = best(of: places.map { ($0, 0) }, whole, near: quotation.place, scalars.count, text)
            {
                return Anchor(
                    range: best.range, score: places.count == 1 ? 1 : best.score,
                    method: places.count == 1 ? .exact : .context)
            }
        }
        guard quotation.exact.count <= Self.mostQuoted, scalars.count < Int(Int32.max) else { return nil }
        return nearly(quotation)
    }

    /// A quotation that is longer than the text can still be most of it.
    private func mostMore(_ quotation: Quotation) -> Int { quotation.exact.count / 3 + 1 }

    /// By edit distance, in the folded text.
    private func nearly(_ quotation: Quotation) -> Anchor? {
        let pattern = FoldedPassages(quotation.exact).trimmed
        guard !pattern.isEmpty else { return nil }
        let folded = derived.folded(scalars)
        let whole = Whole(
            exact: pattern.count,
            prefix: FoldedPassages(quotation.prefix.suffix(4 * Self.mostContext)).values,
            suffix: FoldedPassages(quotation.suffix.prefix(4 * Self.mostContext)).values)
        let text = { (range: Range<Int>) in folded.values[range] }
        let place = quotation.place.map { folded.place(of: $0) }
        let same = ExactSearch.find(Array(pattern), in: folded.values)
        var candidates = same.map { ($0, 0) }
        let most = Int(Double(pattern.count) * (1 - Anchor.floor))
        if candidates.isEmpty, most > 0 { candidates = near(Array(pattern), folded, most) }
        guard let best = best(of: candidates, whole, near: place, folded.values.count, text) else {
            return nil
        }
        let isSame = !same.isEmpty
        guard isSame || best.score >= Anchor.floor && best.kept >= Self.leastEvidence else { return nil }
        return Anchor(
            range: folded.origin(of: best.range), score: same.count == 1 ? 1 : best.score, method: .fuzzy)
    }

    /// Places with at most so many edits, and how many they have.
    private func near(
        _ pattern: [UInt32], _ folded: FoldedPassages, _ most: Int
    ) -> [(range: Range<Int>, distance: Int)] {
        let search = ApproximateSearch(pattern)
        let text = folded.values
        guard search.steps(in: text.count) > Self.mostSteps else {
            return starts(of: search.ends(in: text, most: most), pattern, text)
        }
        let index = derived.index(folded)
        var found: [(range: Range<Int>, distance: Int)] = []
        for window in index.windows(of: pattern, in: text.count).prefix(Self.mostParts(of: search, pattern)) {
            let ends = search.ends(in: text[window], most: most).map {
                ApproximateSearch.End(end: $0.end + window.lowerBound, distance: $0.distance)
            }
            for match in starts(of: ends, pattern, text)
            where !found.contains(where: { $0.range == match.range }) {
                found.append(match)
            }
        }
        return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// How many parts of the text, each two and a half times as long as the pattern, are searched; at least two.
    private static func mostParts(of search: ApproximateSearch, _ pattern: [UInt32]) -> Int {
        max(2, 4 * mostSteps / search.steps(in: pattern.count * 5 / 2 + 1))
    }

    /// Where matches begin whose ends are known: the same search backwards from each end.
    private func starts(
        of ends: [ApproximateSearch.End], _ pattern: [UInt32], _ text: [UInt32]
    ) -> [(range: Range<Int>, distance: Int)] {
        guard !ends.isEmpty else { return [] }
        let backwards = ApproximateSearch(pattern.reversed())
        let likely = ends.sorted { ($0.distance, $0.end) < ($1.distance, $1.end) }
            .prefix(Self.mostParts(of: backwards, pattern))
        return likely.compactMap { end in
            let lower = max(0, end.end - pattern.count - end.distance)
            // Matches that end near one another are told as one, so the search is cut where this one can begin.
            let starts = backwards.ends(
                in: text[lower..<end.end].reversed(), most: end.distance, each: true)
            let best = starts.filter { $0.distance <= end.distance }.min {
                ($0.distance, abs($0.end - pattern.count)) < ($1.distance, abs($1.end - pattern.count))
            }
            guard let best, best.end > 0 else { return nil }
            return (end.end - best.end..<end.end, end.distance)
        }
    }
}

extension AnchoringText {
    /// What was quoted: the quotation's length, and its context.
    private struct Whole {
        let exact: Int
        let prefix: [UInt32]
        let suffix: [UInt32]

        init(exact: Int, prefix: [UInt32], suffix: [UInt32]) {
            self.exact = exact
            self.prefix = Array(prefix.suffix(AnchoringText.mostContext).reversed().drop { $0 == 0x20 })
            self.suffix = Array(suffix.prefix(AnchoringText.mostContext).drop { $0 == 0x20 })
        }

        var context: Int { prefix.count + suffix.count }
    }

    /// The place that keeps most of quotation and context; of places that are alike the nearest to where it is expected,
    /// else the first.
    ///
    /// - Returns: nil where there is none, or most of what stood around a short quotation is gone everywhere.
    private func best<Piece: BidirectionalCollection<UInt32>>(
        of candidates: [(range: Range<Int>, distance: Int)], _ whole: Whole, near place: Int?, _ count: Int,
        _ text: (Range<Int>) -> Piece
    ) -> (range: Range<Int>, score: Double, kept: Int)? {
        func distance(_ range: Range<Int>) -> Int { place.map { abs(range.lowerBound - $0) } ?? 0 }
        var candidates = candidates
        if candidates.count > Self.mostCompared {
            // By what stands right beside it first, which costs little.
            let ranks = candidates.map { candidate in
                let before = text(max(0, candidate.range.lowerBound - 16)..<candidate.range.lowerBound)
                let after = text(candidate.range.upperBound..<min(count, candidate.range.upperBound + 16))
                return zip(before.reversed().drop { $0 == 0x20 }, whole.prefix).prefix { $0 == $1 }.count
                    + zip(after.drop { $0 == 0x20 }, whole.suffix).prefix { $0 == $1 }.count
            }
            let order = candidates.indices.sorted {
                (ranks[$1], distance(candidates[$0].range), $0) < (
                    ranks[$0], distance(candidates[$1].range), $1
                )
            }
            candidates = order.prefix(Self.mostCompared).sorted().map { candidates[$0] }
        }
        let total = Double(whole.exact + whole.context)
        var best: (range: Range<Int>, score: Double, kept: Int)?
        for (range, edits) in candidates {
            let before = text(max(0, range.lowerBound - 2 * Self.mostContext - 1)..<range.lowerBound)
            let after = text(range.upperBound..<min(count, range.upperBound + 2 * Self.mostContext + 1))
            let around =
                EditDistance.ofBeginning(whole.prefix, Array(before.reversed().drop { $0 == 0x20 })).distance
                + EditDistance.ofBeginning(whole.suffix, Array(after.drop { $0 == 0x20 })).distance
            let kept = whole.exact - edits + whole.context - around
            if whole.exact < Self.leastAlone, whole.context >= Self.leastAlone,
                2 * (whole.context - around) < whole.context
            {
                continue
            }
            let score = Double(kept) / total
            if let known = best, (known.score, -distance(known.range)) >= (score, -distance(range)) {
                continue
            }
            best = (range, score, kept)
        }
        return best
    }

    /// What is made of a text when it is first needed, and kept with it.
    private final class Derived: Sendable {
        private struct Parts {
            var folded: FoldedPassages?
            var index: GramIndex?
        }

        private let parts = Mutex(Parts())

        func folded(_ scalars: [Unicode.Scalar]) -> FoldedPassages {
            parts.withLock { parts in
                if let folded = parts.folded { return folded }
                let folded = FoldedPassages(scalars)
                parts.folded = folded
                return folded
            }
        }

        func index(_ folded: FoldedPassages) -> GramIndex {
            parts.withLock { parts in
                if let index = parts.index { return index }
                let index = GramIndex(folded.values)
                parts.index = index
                return index
            }
        }
    }
}
