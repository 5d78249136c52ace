internal import QuipuCanonicalJSON
internal import QuipuCausality

/// What an annotation keeps of how its passage was found last: its field `anchor`, which syncs as all fields do.
///
/// It is written by an import and by who edits the text, not by reading: where a passage is shown follows from the text and
/// the annotation alone.
public enum AnchorState: Sendable, Equatable {
    /// Word for word at one place, word for word and told apart by the context, or by edit distance.
    public enum Method: String, Sendable { case exact, context, fuzzy }

    /// - Parameter score: the share of the quotation and its context that stands there, 0.7 to 1.
    case found(Method, score: Double)
    /// It was not in the text whose hash this is, in hexadecimal: that of the field `body`.
    case lost(at: String)

    /// - Returns: nil for what is no such field.
    public init?(_ json: [UInt8]) {
        guard let value = try? JSONParser().parse(json) else { return nil }
        if let hash = value["lostAt"]?.string {
            self = .lost(at: hash)
        } else if let method = value["method"]?.string.flatMap(Method.init),
            let score = value["score"]?.number
        {
            self = .found(method, score: score)
        } else {
            return nil
        }
    }

    /// Lost in this text.
    public init(lostInBody json: [UInt8]) { self = .lost(at: ValueHash(of: json).hexadecimal) }

    /// The field: canonical JSON, the score in thousandths.
    public var json: [UInt8] {
        switch self {
        case .found(let method, let score):
            let rounded = (score * 1_000).rounded() / 1_000
            return (["method": .string(method.rawValue), "score": .number(rounded)] as JSONValue)
                .canonicalBytes()
        case .lost(let hash): return (["lostAt": .string(hash)] as JSONValue).canonicalBytes()
        }
    }
}
