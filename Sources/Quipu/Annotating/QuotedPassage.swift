internal import QuipuCanonicalJSON
internal import QuipuCausality
internal import QuipuStorage

/// A quoted passage of an article's text.
package struct QuotedPassage: Sendable {
    let selector: TextSelector

    /// The passage itself.
    package var exact: String { selector.exact }

    /// Counts code points of the text, with line ends as LF and in normal form C.
    package var range: Range<Int> { selector.start..<selector.end }
}

/// Why a quotation leads to no passage, and what is there instead.
package enum QuoteObstacle: Error, Sendable {
    /// Where the quotation occurs, with some of the surrounding text.
    package struct Place: Sendable {
        package let before: String
        package let passage: String
        package let after: String
    }

    /// - Parameter nearest: the match that ignores letter case, white space and typographic signs.
    case absent(nearest: String?)
    /// It occurs several times, and the occurrence was not given: how often, and the first of them.
    case ambiguous(count: Int, places: [Place])
    /// It occurs less often than that.
    case fewer(count: Int)
    /// There is no text to quote.
    case noText
}

extension Snapshot {
    private static var mostListed: Int { 9 }
    private static var contextLength: Int { 24 }

    /// Finds the passage that a person quotes.
    ///
    /// - Parameter occurrence: which one, from 1, if it occurs several times.
    /// - Throws: `QuoteObstacle`.
    package func passage(
        _ quote: String, occurrence: Int?, in article: Record
    ) throws(QuoteObstacle) -> QuotedPassage {
        guard let body = article.fields.string("body") else { throw .noText }
        let text = PassageText(body)
        let places = text.occurrences(of: quote)
        guard let first = places.first else {
            throw .absent(nearest: text.nearest(to: quote).map { text[$0] })
        }
        if let occurrence {
            guard places.indices.contains(occurrence - 1) else { throw .fewer(count: places.count) }
            return QuotedPassage(selector: text.selector(for: places[occurrence - 1]))
        }
        guard places.count == 1 else {
            throw .ambiguous(
                count: places.count, places: places.prefix(Self.mostListed).map { Self.shown($0, in: text) })
        }
        return QuotedPassage(selector: text.selector(for: first))
    }

    private static func shown(_ place: Range<Int>, in text: PassageText) -> QuoteObstacle.Place {
        QuoteObstacle.Place(
            before: text[max(0, place.lowerBound - contextLength)..<place.lowerBound], passage: text[place],
            after: text[place.upperBound..<min(text.count, place.upperBound + contextLength)])
    }
}

extension Transaction {
    /// Makes an annotation on a passage of an article, which is found again where the text changes.
    ///
    ///     let id = try archive.write { t in
    ///         try t.annotate(try t.find("3k9x7t2m"), quote: "forty workers") { $0.text = "The union says sixty." }
    ///     }
    ///
    /// - Parameters:
    ///   - quote: the passage, exactly as it is written in the article's text.
    ///   - occurrence: which one, from 1, if it occurs several times.
    ///   - fill: sets the annotation's remark and tags.
    /// - Throws: `quoteNotFound`, `quoteAmbiguous`; `deleted`; as `add`.
    public mutating func annotate(
        _ article: Record, quote: String, occurrence: Int? = nil,
        _ fill: (inout Fields) throws -> Void = { _ in }
    ) throws -> RecordID {
        guard !article.isDeleted else {
            throw QuipuError(.deleted, "\(article.kind) \(article.id.handle) is deleted")
        }
        let passage: QuotedPassage
        do throws(QuoteObstacle) {
            passage = try before.passage(quote, occurrence: occurrence, in: article)
        } catch { throw QuipuError(error, in: article) }
        return try annotate(article, at: passage, fill)
    }

    package mutating func annotate(
        _ article: Record, at passage: QuotedPassage, _ fill: (inout Fields) throws -> Void
    ) throws -> RecordID {
        try add(.annotation) { fields in
            fields.assign("target", canonicalString(article.id.uuid))
            fields.assign("quote", passage.selector.quoteJSON)
            fields.assign("position", passage.selector.positionJSON)
            try fill(&fields)
        }
    }
}

extension QuipuError {
    package init(_ obstacle: QuoteObstacle, in article: Record) {
        let text = "the text of \(article.id.handle)"
        switch obstacle {
        case .absent: self.init(.quoteNotFound, "the quotation is not in \(text)")
        case .ambiguous(let count, _):
            self.init(.quoteAmbiguous, "the quotation occurs \(count) times in \(text)")
        case .fewer(let count):
            self.init(
                .quoteNotFound, "the quotation occurs \(count == 1 ? "once" : "\(count) times") in \(text)")
        case .noText:
            self.init(
                article.kind == .article ? .textMissing : .wrongType,
                "\(article.kind) \(article.id.handle) has no text here to annotate")
        }
    }
}
