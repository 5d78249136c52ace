internal import QuipuStorage

extension StorageError.Code {
    static let quoteNotFound = Self(rawValue: "quote-not-found")
    static let quoteAmbiguous = Self(rawValue: "quote-ambiguous")
}

/// Finds the passage that a person quotes, or says what is there instead.
struct QuoteSearch {
    let text: PassageText
    /// The article's, for messages.
    let handle: String

    private static let mostListed = 9
    private static let contextLength = 24

    /// - Parameter occurrence: from 1.
    /// - Throws: `StorageError` when the quotation is not there, or several times and it is not said which.
    func selector(for quote: String, occurrence: Int?) throws(StorageError) -> TextSelector {
        let places = text.occurrences(of: quote)
        if let occurrence {
            guard !places.isEmpty else { throw absent(quote) }
            guard occurrence <= places.count else {
                let times = places.count == 1 ? "once" : "\(places.count) times"
                throw StorageError(
                    .quoteNotFound,
                    "--occurrence \(occurrence): the quotation stands there \(times)",
                    hint: "give a number from 1 to \(places.count)")
            }
            return text.selector(for: places[occurrence - 1])
        }
        guard let only = places.first else { throw absent(quote) }
        guard places.count == 1 else { throw ambiguous(places) }
        return text.selector(for: only)
    }

    private func absent(_ quote: String) -> StorageError {
        let hint =
            text.nearest(to: quote).map { "did you mean: \(TerminalSanitizer.line(text[$0]))" }
            ?? "see the text: quipu show \(handle)"
        return StorageError(.quoteNotFound, "the quotation is not in the text of \(handle)", hint: hint)
    }

    private func ambiguous(_ places: [Range<Int>]) -> StorageError {
        let listed = places.prefix(Self.mostListed).enumerated().map { index, place in
            let before = text[max(0, place.lowerBound - Self.contextLength)..<place.lowerBound]
            let after = text[place.upperBound..<min(text.count, place.upperBound + Self.contextLength)]
            return "\(index + 1): " + TerminalSanitizer.line("…\(before)[\(text[place])]\(after)…")
        }
        let rest = places.count - listed.count
        let more = rest > 0 ? ["and \(rest) more"] : []
        return StorageError(
            .quoteAmbiguous, "the quotation stands \(places.count) times in the text of \(handle)",
            hint: (["say which with --occurrence N, or quote more of it:"] + listed + more).joined(
                separator: "\n"))
    }
}
