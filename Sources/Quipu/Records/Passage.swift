internal import QuipuStorage

/// Where in the text of a record an annotation is. Offsets count code points of the text, with line ends as LF and in
/// Unicode normal form C.
public enum Passage: Sendable, Equatable {
    /// As it was, where it was.
    case found(Range<Int>)
    /// As it was, elsewhere.
    case moved(Range<Int>)
    /// The surrounding text is there, the text between has changed.
    case changed(Range<Int>)
    /// It is no longer in the text.
    case lost

    /// Nil where it is lost.
    public var range: Range<Int>? {
        switch self {
        case .found(let range), .moved(let range), .changed(let range): range
        case .lost: nil
        }
    }

    /// How a passage was found in the text that is shown, or since when it is not there.
    public enum Match: Sendable, Equatable {
        /// Word for word, at one place or where it stood; word for word, told from other places by its context; by edit
        /// distance, or between its context.
        public enum Method: String, Sendable { case exact, context, fuzzy }

        /// - Parameter score: the share of the quotation and its context that stands there, 0.7 to 1.
        case found(Method, score: Double)
        /// - Parameter version: what gave the article the text that it was lost in; nil where that is not known here.
        case lost(at: Version?)
    }

    init(_ finding: TextFinding) {
        self =
            switch finding {
            case .found(let range): .found(range)
            case .moved(let range): .moved(range)
            case .changed(let range): .changed(range)
            case .lost: .lost
            }
    }
}

extension Passage {
    /// A stable word for programs.
    package var word: String {
        switch self {
        case .found: "found"
        case .moved: "moved"
        case .changed: "changed"
        case .lost: "lost"
        }
    }

    /// Its place in the text, how it was found there, and in which version it was lost: what the command and the HTTP interface tell
    /// alike.
    package func members(_ match: Match?) -> [(String, JSONText)] {
        var found: (method: String, score: JSONText)?
        var lostAt: Version?
        switch match {
        case .found(let method, let score):
            found = (method.rawValue, JSONText(raw: Array(Self.text(ofScore: score).utf8)))
        case .lost(let version): lostAt = version
        case nil: break
        }
        return [
            ("start", range.map { JSONText($0.lowerBound) } ?? nil),
            ("end", range.map { JSONText($0.upperBound) } ?? nil), ("method", JSONText(found?.method)),
            ("score", found?.score ?? nil), ("lostAt", JSONText(lostAt?.description)),
        ]
    }

    /// A score to three decimals.
    package static func text(ofScore score: Double) -> String {
        let thousandths = Int((score * 1_000).rounded())
        if thousandths >= 1_000 { return "1" }
        let digits = String(thousandths)
        return "0." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
