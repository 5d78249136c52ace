/// A passage of a text as it was quoted elsewhere or before: what it says, and what stood around it.
public struct Quotation: Sendable {
    public var exact: [Unicode.Scalar]
    public var prefix: [Unicode.Scalar]
    public var suffix: [Unicode.Scalar]
    /// Where it is expected, in code points of the text: it only decides between places that are alike.
    public var place: Int?

    public init(
        exact: [Unicode.Scalar], prefix: [Unicode.Scalar] = [], suffix: [Unicode.Scalar] = [],
        place: Int? = nil
    ) {
        (self.exact, self.prefix, self.suffix, self.place) = (exact, prefix, suffix, place)
    }

    /// A position in another program's text, in proportion: others count UTF-16 units of whole pages.
    ///
    /// - Parameters:
    ///   - length: of the other text, in the same units; where it is unknown, the position is taken as it is.
    ///   - count: of this text, in code points.
    public static func place(ofForeign start: Int, length: Int?, in count: Int) -> Int {
        guard let length, length > 0 else { return min(max(0, start), count) }
        return Int(min(1, max(0, Double(start) / Double(length))) * Double(count))
    }
}

/// Where a quotation stands in a text.
public struct Anchor: Sendable, Equatable {
    /// How it was found; the raw value is what is stored.
    public enum Method: String, Sendable, CaseIterable {
        /// Word for word, at one place only.
        case exact
        /// Word for word at several places, told apart by what stands around them.
        case context
        /// Nearly: by edit distance.
        case fuzzy
    }

    /// Below this share of quotation and context a passage is lost.
    public static let floor = 0.7

    /// Code points of the text.
    public let range: Range<Int>
    /// The share of the quotation, and of its context where that took part, that stands there: ``floor`` to 1.
    public let score: Double
    public let method: Method
}
