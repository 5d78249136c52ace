internal import QuipuCanonicalJSON

/// Where in a text an annotation is: by what is written there and around it, and by where it stood.
///
/// These are the TextQuoteSelector and TextPositionSelector of the W3C Web Annotation Data Model (4.2.4,
/// 4.2.5). Both speak of the *normalised text*, so that neither an editor's line ends nor the way accents are
/// encoded moves a passage:
///
/// 1. each of CR LF, CR, U+0085, U+2028 and U+2029 is replaced by LF;
/// 2. the result is put into Unicode normal form C.
///
/// `start` and `end` count code points of the normalised text from its beginning, `end` exclusive. `exact` is
/// the passage itself, `prefix` and `suffix` are the code points before and after it: 32, or as many as there
/// are.
public struct TextSelector: Sendable, Equatable {
    public static let contextLength = 32

    public var exact: String
    public var prefix: String
    public var suffix: String
    public var start: Int
    public var end: Int

    public init(exact: String, prefix: String, suffix: String, start: Int, end: Int) {
        self.exact = exact
        self.prefix = prefix
        self.suffix = suffix
        self.start = start
        self.end = end
    }

    /// Reads the fields `quote` and `position` of an annotation, which may come from any author.
    /// - Returns: nil without an `exact`; other members may be missing.
    public init?(quote: [UInt8]?, position: [UInt8]?) {
        let quote = quote.flatMap { try? JSONParser().parse($0) }
        let position = position.flatMap { try? JSONParser().parse($0) }
        guard let exact = quote?["exact"]?.string, !exact.isEmpty else { return nil }
        func number(_ name: String) -> Int? {
            guard case .number(let value)? = position?[name] else { return nil }
            return Int(exactly: value).flatMap { (0...Self.furthest).contains($0) ? $0 : nil }
        }
        let start = number("start") ?? 0
        self.init(
            exact: exact, prefix: quote?["prefix"]?.string ?? "", suffix: quote?["suffix"]?.string ?? "",
            start: start, end: max(start, number("end") ?? start))
    }

    /// The field `quote`: canonical JSON.
    public var quoteJSON: [UInt8] {
        (["exact": .string(exact), "prefix": .string(prefix), "suffix": .string(suffix)] as JSONValue)
            .canonicalBytes()
    }

    /// The field `position`: canonical JSON.
    public var positionJSON: [UInt8] {
        (["start": .number(Double(start)), "end": .number(Double(end))] as JSONValue).canonicalBytes()
    }

    /// Positions beyond this are no text's, and would overflow what is computed from them.
    private static let furthest = 1 << 40
}

/// Where a passage is now. Ranges are of code points of the normalised text.
public enum TextFinding: Sendable, Equatable {
    /// As it was, where it was.
    case found(Range<Int>)
    /// As it was, elsewhere.
    case moved(Range<Int>)
    /// The surrounding text is there, the text between has changed.
    case changed(Range<Int>)
    case lost

    public var range: Range<Int>? {
        switch self {
        case .found(let range), .moved(let range), .changed(let range): range
        case .lost: nil
        }
    }

    /// A stable word for programs.
    public var word: String {
        switch self {
        case .found: "found"
        case .moved: "moved"
        case .changed: "changed"
        case .lost: "lost"
        }
    }
}
