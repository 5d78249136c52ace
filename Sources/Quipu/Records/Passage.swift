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
