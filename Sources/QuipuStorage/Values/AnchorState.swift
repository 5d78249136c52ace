internal import QuipuCanonicalJSON
internal import QuipuCausality

/// What an annotation keeps of how its passage was found last: its field `anchor`, which syncs as all fields do.
///
/// The program writes it, with what this replica writes into the text (`Writer.reanchor`), not by reading: where a passage is
/// shown follows from the text and the annotation alone. So it is nobody's edit: it is never in conflict, and no undo takes
/// it back, since the text that comes back is looked into again.
public enum AnchorState: Sendable, Equatable {
    /// Word for word at one place, word for word and told apart by the context, or by edit distance.
    public enum Method: String, Sendable { case exact, context, fuzzy }

    /// - Parameter score: the share of the quotation and its context that stands there, 0.7 to 1.
    case found(Method, score: Double)
    /// It was not in the text whose hash this is, in hexadecimal: that of the field `body`.
    case lost(at: String)

    static let field = "anchor"

    static func isNote(_ field: String, of kind: String) -> Bool {
        field == Self.field && kind == "annotation"
    }

    private var isWordForWord: Bool {
        switch self {
        case .found(.exact, _), .found(.context, _): true
        case .found(.fuzzy, _), .lost: false
        }
    }

    /// Whether it is to be noted after what was noted last. Most annotations stand where they stood, and need not say so.
    func isNews(after last: AnchorState?) -> Bool {
        if isWordForWord { return last.map { !$0.isWordForWord } ?? false }
        return last?.json != json
    }

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
