internal import QuipuStorage

extension Snapshot {
    /// The passage at a place of an article's text.
    ///
    /// - Parameter range: code points of the text, with line ends as LF and in normal form C.
    /// - Throws: `quoteNotFound` for a place that the text does not have; `textMissing`, `wrongType`.
    package func passage(at range: Range<Int>, in article: Record) throws(QuipuError) -> QuotedPassage {
        let text = try text(of: article)
        guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= text.count else {
            throw QuipuError(
                .quoteNotFound,
                "the text of \(article.id.handle) has \(text.count) characters, and no passage at \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return QuotedPassage(selector: text.selector(for: range))
    }

    /// The passage that a quotation with what stands around it leads to.
    ///
    /// - Throws: `quoteNotFound`; `textMissing`, `wrongType`.
    package func passage(
        quoting exact: String, after prefix: String, before suffix: String, near start: Int?,
        in article: Record
    ) throws(QuipuError) -> QuotedPassage {
        let text = try text(of: article)
        let wanted = TextSelector(
            exact: exact, prefix: prefix, suffix: suffix, start: start ?? 0,
            end: (start ?? 0) + exact.unicodeScalars.count)
        switch text.find(wanted) {
        case .found(let range), .moved(let range):
            return QuotedPassage(selector: text.selector(for: range))
        case .changed, .lost: throw QuipuError(.absent(nearest: nil), in: article)
        }
    }

    private func text(of article: Record) throws(QuipuError) -> PassageText {
        guard let body = article.fields.string("body") else { throw QuipuError(.noText, in: article) }
        return PassageText(body)
    }
}
