internal import Quipu

/// Why a quotation leads to no passage, and what to do about it.
struct QuoteText {
    let obstacle: QuoteObstacle
    let article: Record
    /// What was asked for.
    let occurrence: Int?

    var error: QuipuError {
        switch obstacle {
        case .fewer(let count):
            QuipuError(
                .quoteNotFound,
                "--occurrence \(occurrence ?? 1): the quotation occurs "
                    + (count == 1 ? "once" : "\(count) times"),
                hint: hint)
        default: QuipuError(obstacle, in: article).hinting(hint)
        }
    }

    private var hint: String {
        let handle = article.id.handle
        switch obstacle {
        case .absent(let nearest):
            return nearest.map { "did you mean: \(TerminalSanitizer.line($0))" }
                ?? "see the text: quipu show \(handle)"
        case .fewer(let count): return "give a number from 1 to \(count)"
        case .noText:
            return "write a note on it instead: quipu add note target=\(handle) 'text=…'"
        case .ambiguous(let count, let places):
            let listed = places.enumerated().map { index, place in
                "\(index + 1): " + TerminalSanitizer.line("…\(place.before)[\(place.passage)]\(place.after)…")
            }
            let rest = count - listed.count
            let more = rest > 0 ? ["and \(rest) more"] : []
            return (["choose one with --occurrence N, or quote more of it:"] + listed + more)
                .joined(separator: "\n")
        }
    }
}
