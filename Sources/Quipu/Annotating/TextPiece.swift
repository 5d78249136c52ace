internal import QuipuStorage

/// A piece of a record's text that is quoted as a whole, or not at all.
///
///     for piece in page.textPieces() { print(piece.isQuoted ? "[\(piece.text)]" : piece.text) }
public struct TextPiece: Sendable, Equatable {
    public let text: String
    /// Of those in `RecordPage.dependents` whose passage begins with this piece: their places in the list.
    public let begins: [Int]
    /// Of those whose passage ends with this piece.
    public let ends: [Int]
    /// Whether any passage contains it.
    public let isQuoted: Bool
}

extension RecordPage {
    /// The text of an article in pieces that together are all of it, cut where a passage that an annotation quotes begins or
    /// ends. Where something is quoted, line ends are LF and the text is in normal form C. Empty without a text.
    public func textPieces() -> [TextPiece] {
        guard let body = record.fields.string("body") else { return [] }
        let places = dependents.enumerated().compactMap { index, item in
            item.passage?.range.map { (index: index, range: $0) }
        }
        guard !places.isEmpty else { return [TextPiece(text: body, begins: [], ends: [], isQuoted: false)] }
        let text = PassageText(body)
        let passages = places.map { (index: $0.index, range: $0.range.clamped(to: 0..<text.count)) }.filter {
            !$0.range.isEmpty
        }
        let begins = Dictionary(grouping: passages) { $0.range.lowerBound }
        let ends = Dictionary(grouping: passages) { $0.range.upperBound }
        let cuts = Set([0, text.count] + begins.keys + ends.keys).sorted()
        var depth = 0
        return zip(cuts, cuts.dropFirst()).map { start, end in
            depth += (begins[start]?.count ?? 0) - (ends[start]?.count ?? 0)
            return TextPiece(
                text: text[start..<end], begins: begins[start]?.map(\.index) ?? [],
                ends: ends[end]?.map(\.index) ?? [], isQuoted: depth > 0)
        }
    }
}
